import JSON
package import JSONRPC
package import KlingCore

/// Failures on the wire (wire contract §2, "Errors").
extension Failure {
    /// `{code, message, data}`, as in an error reply and as a task's `error`.
    func json(task: VideoTask?, locale: Locale) -> JSONValue {
        var error = rpcError(task: task, locale: locale)
        if task?.state == .queued, case .object(var data)? = error.data {
            data["retry"] = "never"
            error.data = .object(data)
        }
        return ["code": JSONValue(error.code), "message": .string(error.message), "data": error.data ?? [:]]
    }

    package func rpcError(task: VideoTask?, locale: Locale) -> RPCError {
        var data: JSONObject = ["type": .string(kind.rawValue), "message": JSONValue(message)]
        data["requestId"] = requestId.map { .string($0) }
        data["task"] = task.map { .string($0.id.text) }
        data["billed"] = .string((billed == .pending ? .yes : billed).rawValue)
        data["retry"] = .string(retry.word)
        data["next"] = next(for: task)
        return RPCError(
            code: kind.code, message: FailureMessages.sentence(for: self, of: task, locale: locale),
            data: .object(data))
    }

    /// A request that the caller may make instead, ready to send.
    private func next(for task: VideoTask?) -> JSONValue? {
        guard let task else { return nil }
        switch task.state {
        case .unconfirmed:
            return ["method": "adopt", "params": ["task": .string(task.id.text), "taskId": "task_…"]]
        case .queued, .submitting, .submitted, .processing:
            return ["method": "wait", "params": ["task": .string(task.id.text)]]
        default: return nil
        }
    }
}

extension Failure.Retry {
    var word: String {
        switch self {
        case .never: "never"
        case .now: "now"
        case .after(let time): "after:\(max(1, time.milliseconds / 1000))"
        case .sameKey: "sameKey"
        }
    }
}

extension TaskServiceError {
    func rpcError(locale: Locale) -> RPCError {
        var error = failure.rpcError(task: task, locale: locale)
        error.message = sentence(locale)
        if case .keyConflict(_, _, let differences) = self, case .object(var data)? = error.data {
            data["differences"] = .array(differences.map { .string($0) })
            error.data = .object(data)
        }
        return error
    }
}
