// Tasks of another gateway in the same journal: its ids mean nothing here, so it is not asked for them (GATEWAY §3).
extension TaskService {
    /// Only a process that speaks to the task's gateway can follow it.
    func isElsewhere(_ task: VideoTask) -> Bool { task.isElsewhere(than: gateway.identity) }

    /// What this process tells of such a task: how it was last known to be, and who can ask.
    func toldFromAfar(_ task: VideoTask) -> VideoTask {
        let isThere = task.state == .submitted || task.state == .processing || task.isDoubtful
        guard isElsewhere(task), isThere else { return task }
        var task = task
        task.degraded = true
        task.error = Failure(.conflict, message: task.gateway, billed: task.billed)
        return task
    }
}

extension VideoTask {
    /// Whether another gateway has it: this one knows neither the task nor its links.
    func isElsewhere(than gateway: GatewayIdentity) -> Bool {
        self.gateway.map { $0 != gateway.url } ?? false
    }
}

extension Failure {
    /// It says that the task is at another gateway.
    package func isElsewhere(_ task: VideoTask) -> Bool {
        kind == .conflict && message != nil && message == task.gateway && !task.state.isTerminal
    }
}
