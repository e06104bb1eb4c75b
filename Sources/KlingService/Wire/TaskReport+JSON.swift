import JSON
import JSONRPC
import KlingCore

/// The wire form of a task (wire contract §2, "Task").
extension TaskReport {
    func write(locale: Locale, into writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(locale: locale, into: &writer)
        writer.endObject()
    }

    /// The members of the form, for an object that has others too.
    func writeMembers(locale: Locale, into writer: inout JSONWriter) {
        writer.member("id", task.id.text)
        writer.member("taskId", task.taskId)
        writer.member("model", task.request.model)
        writer.member("mode", task.request.mode)
        writer.member("state", task.state.rawValue)
        writer.member("progress", task.progress)
        writer.member("createdAt", task.createdAt)
        writer.member("submittedAt", task.submittedAt)
        writer.member("updatedAt", task.updatedAt)
        writer.member("completedAt", task.completedAt)
        writer.name("elapsedSeconds")
        writer.double((elapsed.seconds * 10).rounded() / 10)
        writer.name("estimate")
        write(estimate, into: &writer)
        writer.name("queue")
        writer.beginObject()
        writer.member("position", queue.position)
        writer.member("ahead", queue.ahead)
        writer.endObject()
        writer.member("lastContactAt", task.lastContactAt)
        writer.name("degraded")
        writer.bool(task.degraded)
        if let gatewayStatus = task.gatewayStatus { writer.member("gatewayStatus", gatewayStatus) }
        writer.name("videos")
        writer.beginArray()
        for video in task.videos { video.write(into: &writer) }
        writer.endArray()
        writer.name("error")
        writer.value(task.error?.json(task: task, locale: locale) ?? .null)
        // While the create is on its way nobody knows.
        writer.member("billed", (task.state == .submitting ? .unknown : task.billed).rawValue)
        writer.member("idempotencyKey", task.idempotencyKey)
        writer.name("labels")
        writer.beginObject()
        for (name, value) in task.labels.sorted(by: { $0.key < $1.key }) {
            writer.name(name)
            writer.string(value)
        }
        writer.endObject()
        writer.name("request")
        writer.value(.object(task.request.body))
        if let previous = task.previous { writer.member("previous", previous.text) }
        if let replacedBy = task.replacedBy { writer.member("replacedBy", replacedBy.text) }
        if task.simulated {
            writer.name("simulated")
            writer.bool(true)
        }
        writer.member("seq", Int(task.seq))
    }

    private func write(_ estimate: TaskEstimate?, into writer: inout JSONWriter) {
        guard let estimate else { return writer.null() }
        writer.beginObject()
        writer.member("secondsLeft", Int(max(0, min(estimate.secondsLeft, 1e6)).rounded()))
        writer.member("basis", estimate.basis.rawValue)
        writer.endObject()
    }
}

extension Answer {
    /// Bytes of a task with a long prompt.
    static let bytesOfTask = 2048

    /// One task.
    static func success(_ report: TaskReport, locale: Locale) -> Answer {
        success { report.write(locale: locale, into: &$0) }
    }
}

extension JSONWriter {
    /// The member `tasks`.
    mutating func tasks(_ reports: some Sequence<TaskReport>, locale: Locale) {
        name("tasks")
        beginArray()
        for report in reports { report.write(locale: locale, into: &self) }
        endArray()
    }

    /// A member that is null where there is nothing to say.
    fileprivate mutating func member(_ name: StaticString, _ text: String?) {
        self.name(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, _ number: Int?) {
        self.name(name)
        if let number { int(number) } else { null() }
    }

    fileprivate mutating func member(_ name: StaticString, _ moment: Timestamp?) {
        self.name(name)
        guard let moment else { return null() }
        moment.withUTF8 { string(utf8: $0) }
    }
}

extension VideoTask.Video {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("url", url)
        writer.member("expiresAt", expiresAt)
        writer.member("path", path)
        writer.endObject()
    }
}
