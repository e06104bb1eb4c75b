import JSON
package import JSONRPC
package import KlingCore

/// Failures on the wire (wire contract §2, "Errors").
extension Failure {
    /// `{code, message, data}`, as in an error reply and as a task's `error`.
    func json(task: VideoTask?, locale: Locale) -> JSONValue {
        var error = rpcError(task: task, locale: locale)
        // It is sent, or asked for, again by itself: nothing is left for the caller to repeat.
        if task?.state.isTerminal == false, case .object(var data)? = error.data {
            data["retry"] = "never"
            error.data = .object(data)
        }
        return ["code": JSONValue(error.code), "message": .string(error.message), "data": error.data ?? [:]]
    }

    package func rpcError(task: VideoTask?, locale: Locale) -> RPCError {
        var data: JSONObject = ["type": .string(kind.rawValue), "message": JSONValue(message)]
        data["requestId"] = requestId.map { .string($0) }
        data["task"] = task.map { .string($0.id.text) }
        data["billed"] = .string(billed.atAnError.rawValue)
        data["retry"] = .string(retry.word)
        data["next"] = next(for: task)
        return RPCError(
            code: kind.code, message: FailureMessages.sentence(for: self, of: task, locale: locale),
            data: .object(data))
    }

    /// A request that the caller may make instead, ready to send.
    private func next(for task: VideoTask?) -> JSONValue? {
        guard let task else { return nil }
        if let origin = task.replacedBy {
            return ["method": "status", "params": ["task": .string(origin.text)]]
        }
        // Waiting here would be in vain.
        guard !isElsewhere(task) else { return nil }
        switch task.state {
        case .unconfirmed:
            // Which one it is, if any, only the user can find out.
            guard let named else { return nil }
            return [
                "method": "adopt", "params": ["task": .string(task.id.text), "taskId": .string(named)]
            ]
        case .queued, .submitting, .submitted, .processing:
            return ["method": "wait", "params": ["task": .string(task.id.text)]]
        case .completed: return delivered(task)
        // What was not charged and passes by itself may be asked for anew.
        case .failed where billed == .no && retry != .never:
            var params: JSONObject = ["request": .object(task.request.body)]
            params["idempotencyKey"] = task.idempotencyKey.map { .string($0) }
            params["download"] = task.delivery.map { .object($0.json) }
            if !task.labels.isEmpty {
                params["labels"] = .object(
                    JSONObject(task.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
            }
            return ["method": "submit", "params": .object(params)]
        case .failed, .cancelled, .abandoned: return nil
        }
    }

    /// The video is made: what is left is to fetch it.
    private func delivered(_ task: VideoTask) -> JSONValue? {
        let name: JSONValue = .string(task.id.text)
        if task.degraded { return ["method": "wait", "params": ["task": name]] }
        switch kind {
        // Another place is the user's choice, and so is another program.
        case .conflict: return nil
        case _ where isForAnotherProgram: return nil
        case .resultExpired: return ["method": "status", "params": ["task": name, "refresh": true]]
        case _ where task.videos.isEmpty:
            return ["method": "status", "params": ["task": name, "refresh": true]]
        default:
            var params = task.delivery?.json ?? [:]
            params["task"] = name
            return ["method": "download", "params": .object(params)]
        }
    }
}

extension VideoTask.Delivery {
    fileprivate var json: JSONObject {
        switch self {
        case .directory(let path): ["directory": .string(path)]
        case .path(let path): ["path": .string(path)]
        }
    }
}

extension Failure.Retry {
    var word: String {
        switch self {
        case .never: "never"
        case .now: "now"
        case .after(let time): "after:\(max(1, Int(time.seconds.rounded(.up))))"
        case .sameKey: "sameKey"
        }
    }
}

extension TaskServiceError {
    func rpcError(locale: Locale) -> RPCError {
        var error = failure.rpcError(task: task, locale: locale)
        error.message = sentence(locale)
        guard case .object(var data)? = error.data else { return error }
        switch self {
        case .noSuchTask: data["next"] = ["method": "list", "params": [:]]
        case .keyConflict(_, let task, let differences):
            data["differences"] = .array(differences.map { .string($0) })
            data["next"] = Self.look(at: task)
        case .alreadyEnded(let task), .cannotAdopt(let task), .taskIdTaken(_, let task):
            data["next"] = Self.look(at: task)
        case .noResult(let task) where task.state.isTerminal: data["next"] = Self.look(at: task)
        default: break
        }
        error.data = .object(data)
        return error
    }

    private static func look(at task: VideoTask) -> JSONValue {
        ["method": "status", "params": ["task": .string(task.id.text)]]
    }
}
