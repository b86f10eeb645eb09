// What functions, arguments and results carry beside their own attributes is of its kind (dialect/discardable.def).
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{attribute "swy.role" is not what it should be, a role of runtime/contract/roles.def}}
func.func private @f(tensor<f32> {swy.role = "nobody"})

// -----

// expected-error @+1 {{attribute "swy.name" is not what it should be, a text}}
func.func private @f(tensor<f32> {swy.name = 1})

// -----

// expected-error @+1 {{attribute "swy.owner" is not what it should be, an owner}}
func.func private @f(tensor<f32> {swy.owner = "model"})

// -----

// expected-error @+1 {{attribute "swy.into" is not what it should be, a number of an argument}}
func.func private @f() -> (tensor<f32> {swy.into = -1 : i64})

// -----

// expected-error @+1 {{attribute "swy.entry" is not what it should be, a flag}}
func.func private @f() attributes {swy.entry = 1}

// -----

// expected-error @+1 {{attribute "swy.batch" is not what it should be, a number of examples}}
func.func private @f() attributes {swy.batch = 0}

// -----

// expected-error @+1 {{attribute "swy.restarts" is not what it should be, a number of rows or the name of a scalar}}
func.func private @f() attributes {swy.restarts = 1.0}

// -----

// expected-error @+1 {{attribute "swy.gradients" is not what it should be, a list of places}}
func.func private @f() attributes {swy.gradients = 1}

// -----

// expected-error @+1 {{attribute "swy.precision" is not what it should be, a precision}}
func.func private @f() attributes {swy.precision = "tf32"}

// -----

// expected-error @+1 {{attribute "swy.sample_sets" is not what it should be, a list of numbers}}
func.func private @f() attributes {swy.sample_sets = 2}

// -----

// expected-error @+1 {{attribute "swy.givens" is not what it should be, a list of places}}
func.func private @f() attributes {swy.givens = 2}

// -----

// expected-error @+1 {{attribute "swy.draws" is not what it should be, a number of draws}}
func.func private @f() attributes {swy.draws = -1}

// -----

// expected-error @+1 {{attribute "swy.channels" is not what it should be, a number of channels}}
func.func private @f() attributes {swy.channels = "2"}

// -----

// expected-error @+1 {{attribute "swy.chances" is not what it should be, a list of numbers}}
func.func private @f() attributes {swy.chances = [5.0e-01, 5.0e-01]}

// -----

// expected-error @+1 {{attribute "swy.chooses" is not what it should be, a flag}}
func.func private @f() attributes {swy.chooses = true}

// -----

// expected-error @+1 {{attribute "swy.block" is not what it should be, a text}}
func.func private @f() attributes {swy.block = 0}
