import JSON
import KlingCore

/// The wire form of a task (wire contract §2, "Task").
extension TaskReport {
    func json(locale: Locale) -> JSONValue {
        var members: JSONObject = [
            "id": .string(task.id.text),
            "taskId": JSONValue(task.taskId),
            "model": .string(task.request.model),
            "mode": .string(task.request.mode),
            "state": .string(task.state.rawValue),
            "progress": task.progress.map { JSONValue($0) } ?? .null,
            "createdAt": .string(task.createdAt.description),
            "submittedAt": JSONValue(task.submittedAt?.description),
            "updatedAt": .string(task.updatedAt.description),
            "completedAt": JSONValue(task.completedAt?.description),
            "elapsedSeconds": JSONValue((elapsed.seconds * 10).rounded() / 10),
            "estimate": estimate.map {
                [
                    "secondsLeft": JSONValue(Int(max(0, min($0.secondsLeft, 1e6)).rounded())),
                    "basis": .string($0.basis.rawValue)
                ]
            } ?? .null,
            "queue": ["position": JSONValue(queue.position), "ahead": JSONValue(queue.ahead)],
            "lastContactAt": JSONValue(task.lastContactAt?.description),
            "degraded": .bool(task.degraded)
        ]
        members["gatewayStatus"] = task.gatewayStatus.map { .string($0) }
        members["videos"] = .array(task.videos.map(\.json))
        members["error"] = task.error.map { $0.json(task: task, locale: locale) } ?? .null
        // While the create is on its way nobody knows.
        members["billed"] = .string((task.state == .submitting ? .unknown : task.billed).rawValue)
        members["idempotencyKey"] = JSONValue(task.idempotencyKey)
        members["labels"] = .object(
            JSONObject(task.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        members["request"] = .object(task.request.body)
        members["previous"] = task.previous.map { .string($0.text) }
        members["replacedBy"] = task.replacedBy.map { .string($0.text) }
        if task.simulated { members["simulated"] = true }
        members["seq"] = JSONValue(Int(task.seq))
        return .object(members)
    }
}

extension VideoTask.Video {
    fileprivate var json: JSONValue {
        [
            "url": .string(url), "expiresAt": JSONValue(expiresAt?.description), "path": JSONValue(path)
        ]
    }
}
