package import JSON

// The form in which a task is stored. It says every stored property and nothing that is worked out from them;
// the form for clients (wire contract, "Task") is made elsewhere.

extension VideoTask {
    /// The task as it is journaled, without loss.
    package var storedForm: JSONObject {
        var form: JSONObject = [
            "id": .string(id.text), "request": .object(request.body), "state": .string(state.rawValue),
            "createdAt": createdAt.storedForm, "updatedAt": updatedAt.storedForm,
            "billed": .string(billed.rawValue), "attempts": JSONValue(attempts),
            "place": JSONValue(Int(place)), "seq": JSONValue(Int(seq))
        ]
        form["taskId"] = taskId.map(JSONValue.string)
        form["gateway"] = gateway.map(JSONValue.string)
        form["account"] = account.map(JSONValue.string)
        form["progress"] = progress.map { JSONValue($0) }
        form["submittedAt"] = submittedAt?.storedForm
        form["completedAt"] = completedAt?.storedForm
        form["lastContactAt"] = lastContactAt?.storedForm
        if degraded { form["degraded"] = true }
        form["gatewayStatus"] = gatewayStatus.map(JSONValue.string)
        form["gatewayEstimate"] = gatewayEstimate.map { JSONValue($0) }
        if !videos.isEmpty { form["videos"] = .array(videos.map { .object($0.storedForm) }) }
        form["error"] = (error?.storedForm).map(JSONValue.object)
        form["idempotencyKey"] = idempotencyKey.map(JSONValue.string)
        if !labels.isEmpty {
            form["labels"] = .object(
                JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        switch delivery {
        case .directory(let path)?: form["delivery"] = ["directory": .string(path)]
        case .path(let path)?: form["delivery"] = ["path": .string(path)]
        case nil: break
        }
        form["doubtfulSince"] = doubtfulSince?.storedForm
        form["previous"] = previous.map { .string($0.text) }
        form["replacedBy"] = replacedBy.map { .string($0.text) }
        if simulated { form["simulated"] = true }
        form["refusedAt"] = refusedAt?.storedForm
        if endIsGuessed { form["endIsGuessed"] = true }
        return form
    }
}

extension VideoTask.Video {
    fileprivate var storedForm: JSONObject {
        var form: JSONObject = ["url": .string(url)]
        form["expiresAt"] = expiresAt?.storedForm
        form["path"] = path.map(JSONValue.string)
        return form
    }
}

extension Failure {
    /// The failure as it is journaled, without loss.
    package var storedForm: JSONObject {
        var form: JSONObject = ["kind": .string(kind.rawValue), "billed": .string(billed.rawValue)]
        form["message"] = message.map(JSONValue.string)
        form["reason"] = reason.map { .array($0.storedForm.map(JSONValue.string)) }
        form["requestId"] = requestId.map(JSONValue.string)
        switch retry {
        case .never: form["retry"] = "never"
        case .now: form["retry"] = "now"
        case .sameKey: form["retry"] = "sameKey"
        case .after(let duration):
            let (seconds, attoseconds) = duration.components
            form["retry"] = [JSONValue(Int(seconds)), JSONValue(Int(attoseconds))]
        }
        form["httpStatus"] = httpStatus.map { JSONValue($0) }
        form["klingCode"] = klingCode.map { JSONValue($0) }
        form["redirect"] = redirect.map(JSONValue.string)
        form["named"] = named.map(JSONValue.string)
        form["obstacle"] = obstacle.map { .string($0.rawValue) }
        return form
    }

    package init?(storedForm form: JSONObject) {
        guard let kind = form["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let billed = form["billed"]?.string.flatMap(VideoTask.Billed.init(rawValue:))
        else { return nil }
        let retry: Retry
        switch form["retry"] {
        case "never"?: retry = .never
        case "now"?: retry = .now
        case "sameKey"?: retry = .sameKey
        case let pair?:
            guard let seconds = pair[0]?.int, let attoseconds = pair[1]?.int else { return nil }
            retry = .after(
                Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(attoseconds)))
        case nil: return nil
        }
        self.init(
            kind, message: form["message"]?.string, requestId: form["requestId"]?.string, billed: billed,
            retry: retry, httpStatus: form["httpStatus"]?.int, klingCode: form["klingCode"]?.int)
        reason = form["reason"]?.array.flatMap { Reason(storedForm: $0.compactMap(\.string)) }
        redirect = form["redirect"]?.string
        named = form["named"]?.string
        obstacle = form["obstacle"]?.string.flatMap(Obstacle.init(rawValue:))
    }
}

extension Timestamp {
    fileprivate var storedForm: JSONValue { JSONValue(Int(milliseconds)) }
}
