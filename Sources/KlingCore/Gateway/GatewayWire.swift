internal import JSON

/// Reads what a gateway answers: pure functions from bytes to facts, with every tolerance of GATEWAY §1.
package struct GatewayWire: Sendable {
    let profile: GatewayProfile

    package init(profile: GatewayProfile = .kling) { self.profile = profile }

    /// What is known after the answer to a create (GATEWAY §2.2, §2.3). Whatever does not clearly say that
    /// nothing was taken leaves the outcome unknown.
    /// - Parameter now: see ``GatewayReply/retryAfter(_:now:)``.
    package func decodeCreate(_ reply: GatewayReply, now: Timestamp) -> CreateOutcome {
        let json = reply.json
        let requestId = requestId(reply, json)
        let complaint = json.flatMap { GatewayComplaint(answer: $0, status: reply.status) }
        let taskId = json.flatMap(createdTaskId)
        let isTaken = (200..<300).contains(reply.status)
        if isTaken, complaint == nil, let taskId { return .accepted(taskId: taskId, requestId: requestId) }

        let after = reply.retryAfter(json, now: now)
        let status = isTaken ? complaint?.status(profile) : reply.status
        var failure = Failure(
            status.map(Failure.kind(status:)) ?? .badGateway,
            message: complaint?.message ?? (json == nil ? reply.text : nil), requestId: requestId,
            httpStatus: reply.status, klingCode: complaint?.klingCode)
        failure.redirect = reply.redirect
        switch verdict(status: status, complaint: complaint, hasWish: after != nil, hasTaskId: taskId != nil)
        {
        case .refused:
            if let kind = failure.klingCode.flatMap(KlingCode.kind) { failure.kind = kind }
            if failure.kind == .serverError { failure.kind = .invalidRequest }
            if failure.klingCode == nil, Self.isForeign(reply.status, hasWords: complaint != nil) {
                failure.kind = .badGateway
                if reply.status == 407 { failure.reason = Failure.Reason(.proxyCredentials) }
            }
            return .refused(failure)
        case .notTaken:
            if failure.klingCode.map(KlingCode.isPassing) == true { failure.kind = .rateLimit }
            failure.retry = after.map(Failure.Retry.after) ?? .now
            return .notTaken(failure, after: after)
        case .unknown(let retry):
            failure.billed = .unknown
            failure.retry = retry
            failure.named = taskId
            return .unknown(failure)
        }
    }

    /// Another server answers, or something before the gateway: the request is not to blame. The path of a create is always the
    /// same, so that a page that is not there says nothing of the request.
    /// - Parameter hasWords: it words its error as gateways do.
    private static func isForeign(_ status: Int, hasWords: Bool) -> Bool {
        switch status {
        case 404, 405, 407, 410, 421, 426, 451: true
        // That something is too large, servers before a gateway say too, and mean it.
        case 401, 402, 403, 413, 414, 431: false
        case 400..<500: !hasWords
        default: false
        }
    }

    private enum Verdict {
        case refused, notTaken
        case unknown(Failure.Retry)
    }

    private func verdict(status: Int?, complaint: GatewayComplaint?, hasWish: Bool, hasTaskId: Bool)
        -> Verdict
    {
        // An error beside an id: the two contradict each other.
        if hasTaskId { return .unknown(.never) }
        let code = complaint?.klingCode
        guard let status else {
            // HTTP 200 that complains without an HTTP-like code. Kling's own codes are Kling's own refusals.
            guard complaint?.code == code, let code, code < 5000 else { return .unknown(.never) }
            return KlingCode.isPassing(code) ? .notTaken : .refused
        }
        switch status {
        case 408: return .unknown(.never)
        case 409:
            let type = complaint?.type ?? ""
            if type.hasSuffix(profile.keyReused) { return .refused }
            return .unknown(type.contains("idempotency") ? .sameKey : .never)
        case 429:
            // Kling answers 429 also for an account without funds or an address not on the list; waiting is
            // no use then.
            guard let code, !KlingCode.isPassing(code) else { return .notTaken }
            return .refused
        case 400..<500: return code.map(KlingCode.isPassing) == true ? .notTaken : .refused
        case 500:
            return complaint?.message?.hasPrefix(profile.refusalPrefix) == true ? .refused : .unknown(.never)
        case 503: return hasWish ? .notTaken : .unknown(.never)
        // The resource is elsewhere and the method must be repeated there (RFC 9110 §15.4.2, §15.4.8,
        // §15.4.9): not done here. 302 and 303 are also sent after the work is done.
        case 301, 307, 308: return .refused
        default: return .unknown(.never)
        }
    }

    /// The id in the answer to a create: in the data (array, object or plain text), or at the top of a flat
    /// answer.
    private func createdTaskId(_ json: JSONValue) -> String? {
        switch json[profile.envelope] {
        case .string(let id)?: Self.id(.string(id))
        case .array(let elements)?:
            elements.lazy.compactMap { first(profile.taskId, of: $0).flatMap(Self.id) }.first
        case .object(let task)?: first(profile.taskId, of: .object(task)).flatMap(Self.id)
        case nil: first(profile.taskId, of: json).flatMap(Self.id)
        default: nil
        }
    }

    /// An id as text, exactly as written; ids are opaque.
    static func id(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isEmpty || text.utf8.count > 1024 ? nil : text
        case .number(let number): number.literal
        default: nil
        }
    }

    /// The first of the members that is there and not null.
    func first(_ names: [String], of value: JSONValue?) -> JSONValue? {
        for name in names {
            if let found = value?[name], !found.isNull { return found }
        }
        return nil
    }

    func requestId(_ reply: GatewayReply, _ json: JSONValue?) -> String? {
        for name in profile.requestIdHeaders {
            if let value = reply.header(name), !value.isEmpty { return String(value.prefix(200)) }
        }
        return (json?["request_id"]?.string ?? json?["error"]?["request_id"]?.string).map {
            String($0.prefix(200))
        }
    }
}
