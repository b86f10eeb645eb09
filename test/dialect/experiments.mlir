// What the user declares, experiments, jobs and cells, printed and parsed again. The examples of the operations'
// descriptions are parsed behind what of this they do not declare themselves (Inputs/documented.py): a paragraph, a symbol.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: swy.network @net declared "lab.net" range 0.000000e+00 to 1.000000e+00 classes 10 {
swy.network @net declared "lab.net" range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x4x4xf32>):
  %y = swy.block "head" %x : tensor<1x4x4xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<1x4x4xf32>):
    %f = swy.flatten_layer %a path "head/0" : tensor<1x4x4xf32> -> tensor<16xf32>
    %d = swy.dense_layer %f units 10 path "head/1" : tensor<16xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.optimizer @descent scalars ["rate"] states ["v"] {
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<*xf32>, %{{.*}}: tensor<*xf32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<*xf32>):
swy.optimizer @descent scalars ["rate"] states ["v"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>, %v: tensor<*xf32>):
  %sum = swy.add %v, %g : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  %step = swy.mul %rate, %sum : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  // CHECK: swy.yield %{{.*}}, %{{.*}} : tensor<*xf32>, tensor<*xf32>
  swy.yield %new, %sum : tensor<*xf32>, tensor<*xf32>
}

// CHECK-LABEL: swy.network @net.none
swy.network @net.none range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x4x4xf32>):
  %y = swy.block "head" %x : tensor<1x4x4xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<1x4x4xf32>):
    %f = swy.flatten_layer %a path "head/0" : tensor<1x4x4xf32> -> tensor<16xf32>
    %d = swy.dense_layer %f units 10 path "head/1" : tensor<16xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.network @residual
swy.network @residual range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<10xf32>):
  %y = swy.block "all" %x : tensor<10xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<10xf32>):
    // CHECK: swy.residual %{{.*}} path "all/residual" : tensor<10xf32> -> tensor<10xf32> {
    %r = swy.residual %a path "all/residual" : tensor<10xf32> -> tensor<10xf32> {
    // CHECK-NEXT: ^bb0
    ^bb0(%m: tensor<10xf32>):
      // CHECK-NEXT: swy.relu_layer
      %s = swy.relu_layer %m path "all/residual/0" : tensor<10xf32> -> tensor<10xf32>
      swy.yield %s : tensor<10xf32>
    // CHECK: } shortcut {
    } shortcut {
    ^bb0(%m: tensor<10xf32>):
      swy.yield %m : tensor<10xf32>
    }
    swy.yield %r : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.network @choices
swy.network @choices range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<10xf32>):
  %y = swy.block "all" %x : tensor<10xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<10xf32>):
    // CHECK: swy.choose %{{.*}} path "all/choose" : tensor<10xf32> -> tensor<10xf32> {
    %c = swy.choose %a path "all/choose" : tensor<10xf32> -> tensor<10xf32> {
    // CHECK-NEXT: ^bb0
    ^bb0(%m: tensor<10xf32>):
      // CHECK-NEXT: swy.relu_layer
      %s = swy.relu_layer %m path "all/choose/0/0" : tensor<10xf32> -> tensor<10xf32>
      swy.yield %s : tensor<10xf32>
    // CHECK: }, {
    }, {
    ^bb0(%m: tensor<10xf32>):
      swy.yield %m : tensor<10xf32>
    // CHECK: }, {
    }, {
    ^bb0(%m: tensor<10xf32>):
      // CHECK: swy.choose %{{.*}} path "all/choose/2/choose" chances [7.500000e-01, 2.500000e-01] : tensor<10xf32> -> tensor<10xf32> {
      %i = swy.choose %m path "all/choose/2/choose" chances [7.5e-01, 2.5e-01] : tensor<10xf32> -> tensor<10xf32> {
      ^bb0(%n: tensor<10xf32>):
        swy.yield %n : tensor<10xf32>
      }, {
      ^bb0(%n: tensor<10xf32>):
        %t = swy.tanh_layer %n path "all/choose/2/choose/1/0" : tensor<10xf32> -> tensor<10xf32>
        swy.yield %t : tensor<10xf32>
      }
      swy.yield %i : tensor<10xf32>
    }
    swy.yield %c : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.defense @replacing
swy.defense @replacing {
  // CHECK: swy.insert instead_of every_later "choose"
  swy.insert instead_of every_later "choose" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}

// CHECK: swy.augmentation @grainy {
swy.augmentation @grainy {
^bb0(%x: tensor<1x4x4xf32>):
  %d = arith.constant dense<1.0e-01> : tensor<f32>
  %y = swy.gaussian_noise_layer %x, %d when always path "training.augment/0" :
    (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
  swy.yield %y : tensor<1x4x4xf32>
}

// CHECK: swy.defense @none {
swy.defense @none {
}

// CHECK: swy.defense @hrs {
swy.defense @hrs {
  // CHECK: swy.split [#swy.place<first, "dense">]
  swy.split [#swy.place<first, "dense">]
  // CHECK: swy.switch [5, 5]
  swy.switch [5, 5]
  // CHECK: swy.bottom_up draw per_example
  swy.bottom_up draw per_example
}

// CHECK: swy.defense @gaussian declared "paper.gaussian" scalars ["init", "inner"] {
swy.defense @gaussian declared "paper.gaussian" scalars ["init", "inner"] {
^bb0(%init: tensor<f32>, %inner: tensor<f32>):
}

// CHECK: swy.attack @step away true scalars ["eps"] {
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
  %p = arith.constant dense<0> : tensor<i32>
  // CHECK: swy.path_count : tensor<i32>
  %ways = swy.path_count : tensor<i32>
  // CHECK: swy.path %{{.*}} descending : tensor<i32>
  %way = swy.path %p descending : tensor<i32>
  // CHECK: swy.path_chance %{{.*}} : tensor<i32> -> tensor<f32>
  %chance = swy.path_chance %way : tensor<i32> -> tensor<f32>
  // CHECK: swy.model %{{.*}} pass %{{.*}} path %{{.*}} : tensor<i32> : tensor<1x4x4xf32>
  %on = swy.model %x pass %p path %way : tensor<i32> : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
  // CHECK: swy.model %{{.*}} pass %{{.*}} : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
  %z = swy.model %x pass %p : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
  %y = swy.add %x, %eps : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
  swy.yield %y : tensor<1x4x4xf32>
}

// CHECK: swy.attack @pgd declared "std.pgd" away true scalars ["eps", "steps", "step"] {
swy.attack @pgd declared "std.pgd" away true scalars ["eps", "steps", "step"] {
^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>,
    %steps: tensor<i32>, %step: tensor<f32>):
  swy.yield %x : tensor<1x4x4xf32>
}

// CHECK: swy.defense @trained scalars ["eps"] {
swy.defense @trained scalars ["eps"] {
^bb0(%eps: tensor<f32>):
  %n = arith.constant dense<7> : tensor<i32>
  // CHECK: swy.train_against @pgd(%{{.*}}, %{{.*}}, %{{.*}}) : tensor<f32>, tensor<i32>, tensor<f32>
  swy.train_against @pgd(%eps, %n, %eps) : tensor<f32>, tensor<i32>, tensor<f32>
}

// CHECK: swy.loss @hard declared "other" scalars ["weight", "by.eps"] {
swy.loss @hard declared "other" scalars ["weight", "by.eps"] {
^bb0(%x: tensor<1x4x4xf32>, %label: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %weight: tensor<f32>, %eps: tensor<f32>):
  %n = arith.constant dense<7> : tensor<i32>
  // CHECK: swy.attacked %{{.*}} by @pgd(%{{.*}}, %{{.*}}, %{{.*}}) : tensor<1x4x4xf32>, tensor<f32>, tensor<i32>, tensor<f32>
  %y = swy.attacked %x by @pgd(%eps, %n, %eps) : tensor<1x4x4xf32>, tensor<f32>, tensor<i32>, tensor<f32>
  %pass = arith.constant dense<0> : tensor<i32>
  %z = swy.model %y pass %pass : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
  %s = swy.log_sum_exp %z : tensor<10xf32> -> tensor<f32>
  %r = swy.mul %weight, %s : (tensor<f32>, tensor<f32>) -> tensor<f32>
  swy.yield %r : tensor<f32>
}
swy.loss @plain {
^bb0(%x: tensor<1x4x4xf32>, %label: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  %pass = arith.constant dense<0> : tensor<i32>
  %z = swy.model %x pass %pass : tensor<1x4x4xf32>, tensor<i32> -> tensor<10xf32>
  %s = swy.take %z, %label : tensor<10xf32>, tensor<i32> -> tensor<f32>
  swy.yield %s : tensor<f32>
}
swy.defense @descended scalars ["eps"] {
^bb0(%eps: tensor<f32>):
  // CHECK: swy.train_by @hard(%{{.*}}, %{{.*}}) : tensor<f32>, tensor<f32>
  swy.train_by @hard(%eps, %eps) : tensor<f32>, tensor<f32>
}

// CHECK: swy.experiment @e declared "mine" network @net
// CHECK-SAME: dataset <name = "digits", source = "numpy", test = 100, files = {images = "/a/\22x\22.npy"}, input = [1, 4, 4], low = -1.000000e-01, high = 1.000000e+00, classes = 10>
// CHECK-SAME: training <optimizer = @descent, scalars = {rate = 1.000000e-01 : f64}, batch = 16, epochs = 1> seed 1
// CHECK-SAME: judge <by = expected, draws = 20> pairs <images = 50, correct_only = true, goal = <aim = class, number = 3>>
// CHECK-SAME: random_images trainings 3 attacks 2
// CHECK-SAME: report <measures = [<name = "accuracy">, <name = "des", arguments = {offset = 2.000000e-03 : f64}>],
// CHECK-SAME: shows = [<as = table, measures = [<name = "defense_rate", aggregates = [<how = worst, over = ["attack"]>, <how = mean, over = ["eps", "gradients"]>]>], by = ["defense"]>,
// CHECK-SAME: <as = plot, measures = [<name = "attack_success_rate">], against = "eps", by = ["defense"], for_each = ["attack"]>,
// CHECK-SAME: <as = scatter, measures = [<name = "defense_rate">], against_measure = <name = "accuracy">, fit = true>],
// CHECK-SAME: comparisons = [<first = 0, second = 1>], baseline = 0, as_published = true>
// CHECK-SAME: precision <tf32> certificate <selection = 10, draws = 100, images = 0> {
swy.experiment @e declared "mine" network @net
    dataset <name = "digits", source = "numpy", test = 100, files = {images = "/a/\22x\22.npy"}, input = [1, 4, 4], low = -0.1,
             high = 1.0, classes = 10>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 16, epochs = 1> seed 1
    judge <by = expected, draws = 20> pairs <images = 50, correct_only = true, goal = <aim = class, number = 3>>
    random_images trainings 3 attacks 2
    report <measures = [<name = "accuracy">, <name = "des", arguments = {offset = 0.002}>],
            shows = [<as = table, measures = [<name = "defense_rate", aggregates = [<how = worst, over = ["attack"]>,
                                                                                   <how = mean, over = ["eps", "gradients"]>]>],
                      by = ["defense"]>,
                     <as = plot, measures = [<name = "attack_success_rate">], against = "eps", by = ["defense"],
                      for_each = ["attack"]>,
                     <as = scatter, measures = [<name = "defense_rate">], against_measure = <name = "accuracy">, fit = true>],
            comparisons = [<first = 0, second = 1>], baseline = 0, as_published = true>
    precision <tf32> certificate <selection = 10, draws = 100, images = 0> {
  // CHECK: swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // CHECK: swy.defend_with @hrs with @gaussian label "both" arguments [{}, {init = 2.000000e-01 : f64, inner = 1 : i64}]
  // CHECK-SAME: axes [#swy.axis<name = "s", text = "1", value = 1.000000e+00>, #swy.axis<name = "t", text = "first">] family "f" strength "1" mounted
  swy.defend_with @hrs with @gaussian label "both" arguments [{}, {init = 0.2, inner = 1}]
    axes [#swy.axis<name = "s", text = "1", value = 1.0>, #swy.axis<name = "t", text = "first">] family "f" strength "1" mounted
  // CHECK: swy.attack_with @step label "step" arguments {eps = 1.000000e-01 : f64} axes [] threat <norm = linf, radius = 5.000000e-01, clipped = true>
  swy.attack_with @step label "step" arguments {eps = 0.1} axes [] threat <norm = linf, radius = 0.5, clipped = true>
  // CHECK: swy.worst_of label "both" axes [#swy.axis<name = "eps", text = "0.5", value = 5.000000e-01>] threat <norm = linf, radius = 5.000000e-01, clipped = true> {
  // CHECK-NEXT: swy.attack_with @step label "step"
  swy.worst_of label "both" axes [#swy.axis<name = "eps", text = "0.5", value = 0.5>] threat <norm = linf, radius = 0.5, clipped = true> {
    swy.attack_with @step label "step" arguments {eps = 0.1} axes [] threat <norm = linf, radius = 0.5, clipped = true>
  }
  // CHECK: swy.gradients eot draws 10 label "eot" axes [#swy.axis<name = "n", text = "10", value = 1.000000e+01>] identity ["quantize"]
  swy.gradients eot draws 10 label "eot" axes [#swy.axis<name = "n", text = "10", value = 10.0>] identity ["quantize"]
  // CHECK: swy.gradients transfer draws 1 label "transfer from none" source 0
  swy.gradients transfer draws 1 label "transfer from none" source 0
  // CHECK: swy.gradients transfer draws 1 label "transfer from none of net" of @net model {
  // CHECK-NEXT: swy.defend_with @none label "none"
  swy.gradients transfer draws 1 label "transfer from none of net" of @net model {
    swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  }
}

// CHECK: swy.train_job @e.train.0 network @net.none label "net, none" dataset <{{.*}}> training <{{.*}}> augmentation @grainy loss @plain scalars {} seed 1 stream 1 digest "aa" init @init
swy.train_job @e.train.0 network @net.none label "net, none"
    dataset <name = "digits", source = "s", input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 16, epochs = 1>
    augmentation @grainy loss @plain scalars {} seed 1 stream 1
    digest "aa" init @init

// CHECK: func.func private @init
func.func private @init() -> tensor<10xf32>

// CHECK: swy.weights @e.weights.1 [#swy.parameter<name = "head/1/bias", type = tensor<10xf32>, from = [@e.train.0]>]
swy.weights @e.weights.1 [#swy.parameter<name = "head/1/bias", type = tensor<10xf32>, from = [@e.train.0]>]

// CHECK: swy.accuracy_job @e.accuracy.2 network @net.none weights @e.weights.1 label "net, none" scalars {} seed 1 draws 20 random true exact predict @init stages [@init]
swy.accuracy_job @e.accuracy.2 network @net.none weights @e.weights.1 label "net, none" scalars {} seed 1 draws 20 random true
    exact predict @init stages [@init]

// CHECK: swy.attack_job @e.attack.3 attack @step on @net.none weights @e.weights.1 scalars {} network @net.none weights @e.weights.1 scalars {}
// CHECK-SAME: gradients eot draws 10 label "step" attack_scalars {eps = 1.000000e-01 : f64} passes [10, 20]
// CHECK-SAME: evaluation <pairs = <images = 50, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
// CHECK-SAME: threat = <norm = none, radius = 0.000000e+00, clipped = false>> seed 1 1048577 random true random_images identity ["quantize"] digest "aa" examples "bb"
swy.attack_job @e.attack.3 attack @step on @net.none weights @e.weights.1 scalars {} network @net.none weights @e.weights.1
    scalars {} gradients eot draws 10 label "step" attack_scalars {eps = 0.1} passes [10, 20]
    evaluation <pairs = <images = 50, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
                threat = <norm = none, radius = 0.0, clipped = false>> seed 1 1048577 random true random_images identity ["quantize"] digest "aa" examples "bb"

// CHECK: swy.worst_job @e.worst.4 of [@e.attack.3] attacks ["step"] label "both" threat <norm = linf, radius = 5.000000e-01, clipped = true>
swy.worst_job @e.worst.4 of [@e.attack.3] attacks ["step"] label "both" threat <norm = linf, radius = 0.5, clipped = true>

// CHECK: swy.accuracy_job {{.*}} random true certificate <selection = 10, draws = 90, images = 5>
swy.accuracy_job @e.certificate.5 network @net.none weights @e.weights.1 label "net, none" scalars {} seed 1 draws 100
    random true certificate <selection = 10, draws = 90, images = 5>

// CHECK: swy.defense_entry @e defense "none" {{.*}} certificates [@e.certificate.5] noise 2.500000e-01
swy.defense_entry @e defense "none" label "none" family "" strength "" axes [] accuracy @e.accuracy.2
    certificates [@e.certificate.5] noise 0.25

// CHECK: swy.defense_entry @e defense "none" {{.*}} uncertified "so"
swy.defense_entry @e defense "none" label "none" family "" strength "" axes [] accuracy @e.accuracy.2 uncertified "so"

// CHECK: swy.defense_entry @e defense "none" label "none" family "" strength "" axes [] accuracy @e.accuracy.2 runs [@e.accuracy.2, @e.accuracy.2]
swy.defense_entry @e defense "none" label "none" family "" strength "" axes [] accuracy @e.accuracy.2
    runs [@e.accuracy.2, @e.accuracy.2]

// CHECK: swy.cell @e defense 0 attack "step" gradients "eot(10)" axes [] job @e.attack.3 reason ""
swy.cell @e defense 0 attack "step" gradients "eot(10)" axes [] job @e.attack.3 reason ""

// CHECK: swy.cell @e defense 0 attack "both" gradients "eot" of [#swy.axis<name = "n", text = "10", value = 1.000000e+01>] axes [] job @e.worst.4 reason ""
swy.cell @e defense 0 attack "both" gradients "eot" of [#swy.axis<name = "n", text = "10", value = 10.0>] axes [] job @e.worst.4 reason ""

// CHECK: swy.cell @e defense 1 attack "step" gradients "transfer" axes [] reason "so"
swy.cell @e defense 1 attack "step" gradients "transfer" axes [] reason "so"

// CHECK: swy.layer_program @noisy scalars ["size"]
swy.layer_program @noisy scalars ["size"] {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %size: tensor<f32>):
  %y = swy.add %x, %size : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// CHECK: swy.experiment @whole network @net
// CHECK-SAME: setting <dataset = "digits", network = "net", training = "long", title = "net, w = 2", axes = [<name = "w", text = "2", value = 2.000000e+00>]> {
swy.experiment @whole network @net
    dataset <name = "digits", source = "numpy", test = 100, input = [1, 4, 4], low = -0.1, high = 1.0, classes = 10>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 16, epochs = 1> seed 1
    judge <by = expected, draws = 20> report <measures = [<name = "accuracy">], baseline = -1>
    setting <dataset = "digits", network = "net", training = "long", title = "net, w = 2", axes = [<name = "w", text = "2", value = 2.0>]> {
}

// CHECK: swy.experiment @part network @net
// CHECK-SAME: setting <dataset = "digits", network = "net", training = "short", title = "net"> part_of @whole {
swy.experiment @part network @net
    dataset <name = "digits", source = "numpy", test = 100, input = [1, 4, 4], low = -0.1, high = 1.0, classes = 10>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 16, epochs = 1> seed 1
    judge <by = expected, draws = 20> report <measures = [<name = "accuracy">], baseline = -1>
    setting <dataset = "digits", network = "net", training = "short", title = "net"> part_of @whole {
}

// CHECK: swy.joint_show [@e, @whole] text "{}"
swy.joint_show [@e, @whole] text "{}"
