import KlingCore
import KlingJournal
import KlingSimulator

// The same without a key and free of charge: a gateway inside the process, a hundred times as fast.
let gateway = SimulatorGateway(spec: SimulatorSpec(speed: 100))
let journal = SQLiteJournal(path: "simulated.db", simulated: true)
let kling = TaskService(journal: journal, gateway: gateway, options: TaskServiceOptions(timeScale: 100))
for request in Validator.standard.validate(["model": "kling-v3", "prompt": "A golden cat"]).requests {
    let intent = Submission(request: request, key: "cat-1", delivery: .directory("videos"))
    let task = try await kling.submit(intent).report.task
    for await report in try await kling.updates(of: task.id.text) {
        print(report.task.state.rawValue, report.task.progress ?? 0, report.task.videos.first?.path ?? "")
    }
}
await kling.drain()
