import KlingCore
import KlingHTTP
import KlingJournal

// make-a-video https://xcompute.us KEY
let (address, key) = (try GatewayAddress(CommandLine.arguments[1]), Secret(CommandLine.arguments[2]))
let journal = SQLiteJournal(path: "tasks.db", simulated: false)
let kling = TaskService(journal: journal, gateway: HTTPGateway(address: address, key: key))
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
