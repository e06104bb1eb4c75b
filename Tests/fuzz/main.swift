// Tries what must hold for every text, on texts of chance. See run.sh, which starts a worker for each processor.
//
//   fuzz --requests N --seconds N --seed S [--worker K] --labelled DIR --folder DIR
//       tries so many requests that are allowed, then inputs of all kinds for so long; a line of JSON at the end
//   fuzz --try FILE
//       tries one input that was kept

let arguments = CommandLine.arguments

func argument(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    return arguments[place + 1]
}

func end(_ isGood: Bool) -> Never { isGood ? Machine.end(0) : Machine.end(1) }

if let path = argument("--try") {
    guard let input = Machine.read(path).flatMap({ Input(file: $0) }) else {
        Machine.fail("\(path) holds no input")
    }
    Machine.endAfter(seconds: 20)
    var slowest = 0.0
    var failures = Cost.failures(input, slowest: &slowest)
    if input.bytes.count <= 1 << 15 { failures += Properties.examine(input) }
    for failure in failures { print("\(failure.property)\t\(failure.detail)") }
    end(failures.isEmpty)
}
guard let requests = argument("--requests").flatMap({ Int($0) }),
    let seconds = argument("--seconds").flatMap(Double.init),
    let seed = argument("--seed").flatMap(UInt64.init),
    let labelled = argument("--labelled"), let folder = argument("--folder")
else {
    Machine.fail("--requests N --seconds N --seed S [--worker K] --labelled DIR --folder DIR, or --try FILE")
}
var worker = Worker(
    number: argument("--worker").flatMap { Int($0) } ?? 0, seed: seed, requests: requests, seconds: seconds,
    folder: folder,
    seeds: Seeds(folder: labelled))
end(worker.run())
