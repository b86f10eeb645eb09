// One error for each constraint (Cn) of the attributes of experiments and jobs.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{a data set has no -1 images}}
#a = #swy.dataset<name = "d", source = "s", train = -1, input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>

// -----

// expected-error @+1 {{an image needs sizes of at least 1}}
#a = #swy.dataset<name = "d", source = "s", input = [1, 0, 4], low = 0.0, high = 1.0, classes = 10>

// -----

// expected-error @+1 {{an image needs sizes of at least 1}}
#a = #swy.dataset<name = "d", source = "s", low = 0.0, high = 1.0, classes = 10>

// -----

// expected-error @+1 {{the range of pixels must be finite, low below high}}
#a = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 1.0, high = 1.0, classes = 10>

// -----

// expected-error @+1 {{the range of pixels must be finite, low below high}}
#a = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 0.0, high = 0x7FF0000000000000, classes = 10>

// -----

// expected-error @+1 {{a data set has 2 to 65534 classes, got 1}}
#a = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 0.0, high = 1.0, classes = 1>

// -----

// expected-error @+1 {{names of files are texts}}
#a = #swy.dataset<name = "d", source = "s", files = {images = 1 : i64}, input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>

// -----

// expected-error @+1 {{scalars of a training are finite reals}}
#a = #swy.training<optimizer = @descent, scalars = {rate = 0x7FF0000000000000 : f64}, batch = 1, epochs = 1>

// -----

// expected-error @+1 {{scalars of a training are finite reals}}
#a = #swy.training<optimizer = @descent, scalars = {rate = 1 : i64}, batch = 1, epochs = 1>

// -----

// expected-error @+1 {{a batch must be 1 to 2147483647, got 0}}
#a = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 0, epochs = 1>

// -----

// expected-error @+1 {{a number of epochs must be 1 to 2147483647, got 2147483648}}
#a = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 2147483648>

// -----

// expected-error @+1 {{parameter head/0/bias comes from no training}}
#a = #swy.parameter<name = "head/0/bias", type = tensor<10xf32>>

// -----

// expected-error @+1 {{a radius must be finite and not below 0, and 0 without a ball}}
#a = #swy.threat<norm = linf, radius = -0.1, clipped = true>

// -----

// expected-error @+1 {{a radius must be finite and not below 0, and 0 without a ball}}
#a = #swy.threat<norm = none, radius = 0.1, clipped = true>

// -----

// expected-error @+1 {{a goal has the number of a class with `class` alone}}
#a = #swy.goal<aim = class>

// -----

// expected-error @+1 {{a goal has the number of a class with `class` alone}}
#a = #swy.goal<aim = away, number = 3>

// -----

// expected-error @+1 {{a number of images must be 1 to 2147483647, got 0}}
#a = #swy.pairs<images = 0, correct_only = false, goal = <aim = away>>

// -----

// expected-error @+1 {{eot has no 0 draws}}
#a = #swy.sample_set<by = eot, draws = 0>

// -----

// expected-error @+1 {{frozen_draw has no 2 draws}}
#a = #swy.sample_set<by = frozen_draw, draws = 2>

// -----

// expected-error @+1 {{an attack inside a training transfers no examples}}
#a = #swy.sample_set<by = transfer>

// -----

// expected-error @+1 {{an answer is made of 1 to 255 draws, got 256}}
#a = #swy.answer<by = mean, draws = 256>

// -----

// expected-error @+1 {{a judge has 1 to 65535 draws, got 0}}
#a = #swy.judge<by = expected, draws = 0>

// -----

// expected-error @+1 {{a judge by one draw has one, got 2}}
#a = #swy.judge<by = one_draw, draws = 2>

// -----

// expected-error @+1 {{answers are collected by `expected` or `one_draw`}}
#a = #swy.judge<by = any_of, draws = 2>

// -----

// expected-error @+1 {{a judge looks at 1 to 65535 answers, got 0}}
#a = #swy.judged<by = any_of, answers = 0>

// -----

// expected-error @+1 {{`expected` looks at one answer, got 2}}
#a = #swy.judged<by = expected, answers = 2>

// -----

// expected-error @+1 {{a value of axis eps is not finite}}
#a = #swy.axis<name = "eps", text = "1/0", value = 0x7FF0000000000000>

// -----

// expected-error @+1 {{a setting has names for its data set, network and training, and a title}}
#a = #swy.setting<dataset = "digits", network = "", training = "short", title = "wide">

// -----

// expected-error @+1 {{a worst goes over some axis}}
#a = #swy.aggregate<how = worst>

// -----

// expected-error @+1 {{there is no measure luck}}
#a = #swy.measure<name = "luck">

// -----

// expected-error @+1 {{arguments of measure des are finite reals}}
#a = #swy.measure<name = "des", arguments = {offset = "x"}>

// -----

// expected-error @+1 {{a table shows some measure}}
#a = #swy.show<as = table>

// -----

// expected-error @+1 {{an axis and a measure are against one another}}
#a = #swy.show<as = scatter, measures = [<name = "des">], against = "eps", against_measure = <name = "des">>

// -----

// expected-error @+1 {{a plot goes against something, a table against nothing}}
#a = #swy.show<as = plot, measures = [<name = "des">]>

// -----

// expected-error @+1 {{a plot goes against something, a table against nothing}}
#a = #swy.show<as = table, measures = [<name = "des">], against = "eps">

// -----

// expected-error @+1 {{lines through the points are a scatter's}}
#a = #swy.show<as = plot, measures = [<name = "des">], against = "eps", fit = true>

// -----

// expected-error @+1 {{two defenses are compared, by their places}}
#a = #swy.contrast<first = 1, second = 1>

// -----

// expected-error @+2 {{expected true or false}}
// expected-error @+1 {{failed to parse Swy_ThreatAttr parameter 'clipped'}}
#a = #swy.threat<norm = none, radius = 0.0, clipped = 1>

// -----

// expected-error @+1 {{a certificate has draws for its selection and behind it, 65535 at most, got 65000 and 1000}}
#a = #swy.certificate<selection = 65000, draws = 1000, images = 0>

// -----

// expected-error @+1 {{a certificate has draws for its selection and behind it, 65535 at most, got 0 and 1000}}
#a = #swy.certificate<selection = 0, draws = 1000, images = 0>

// -----

// expected-error @+1 {{a certificate is of 0 images or more, got -1}}
#a = #swy.certificate<selection = 10, draws = 1000, images = -1>
