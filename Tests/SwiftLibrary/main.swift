import KlingCore
import KlingHTTP
import KlingJournal
import KlingSimulator

// The simulator needs no key and costs nothing. For a real video: make-a-video https://xcompute.us KEY
let given = CommandLine.arguments
let isReal = given.count > 2
let gateway: any Gateway =
    isReal
    ? HTTPGateway(address: try GatewayAddress(given[1]), key: Secret(given[2]))
    : SimulatorGateway(spec: SimulatorSpec(speed: 100))
let journal = SQLiteJournal(path: isReal ? "tasks.db" : "simulated.db", simulated: !isReal)
let kling = TaskService(
    journal: journal, gateway: gateway, options: TaskServiceOptions(timeScale: isReal ? 1 : 100))

let checked = Validator.standard.validate(["model": "kling-v3", "prompt": "A golden cat", "duration": 5])
for problem in checked.diagnostics { print(problem.message(.en)) }
for request in checked.requests {
    // The same key gives the same task, however often this is run: nothing is paid twice.
    let intent = Submission(request: request, key: "cat-1", delivery: .directory("videos"))
    let task = try await kling.submit(intent).report.task
    for await report in try await kling.updates(of: task.id.text) {
        print(report.task.state.rawValue, report.task.progress ?? 0, report.task.videos.first?.path ?? "")
    }
}
await kling.drain()
