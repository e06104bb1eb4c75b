// Measures the library without the wire; each result is one line of JSON.
//
//   core-bench parse FILE [ROUNDS]       a file into the tree, again and again: the median
//   core-bench validate FILE [ROUNDS]    each line of a file from bytes to diagnostics: requests a second, the median
//   core-bench document FILE [ROUNDS]    a document of requests from bytes to the diagnostics an editor is sent
import JSON
import KlingCore

let arguments = CommandLine.arguments
guard arguments.count > 2, let bytes = Bench.read(arguments[2]) else {
    Bench.fail("core-bench parse|validate|document FILE [ROUNDS]; the file must be readable")
}
let rounds = arguments.count > 3 ? max(1, Int(arguments[3]) ?? 15) : 15

switch arguments[1] {
case "parse": Bench.parse(bytes, rounds: rounds)
case "validate": Bench.validate(bytes, rounds: rounds)
case "document": Bench.document(bytes, rounds: rounds)
default: Bench.fail("no measure is called \(arguments[1])")
}
