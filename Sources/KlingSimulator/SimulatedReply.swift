import JSON
import KlingCore

/// The answers of the gateway, in its own shapes (GATEWAY §1); ``GatewayWire`` reads them like those that
/// came over HTTP.
enum SimulatedReply {
    /// - Parameter faults: those that colour it.
    static func accepted(_ id: String, _ faults: FaultDice.Draw) -> GatewayReply {
        let data: JSONValue = ["status": "submitted", "task_id": .string(id)]
        return reply(
            faults.has(.accepted202) ? 202 : 200,
            ["code": 200, "data": faults.has(.objectData) ? data : [data]])
    }

    static func task(_ task: JSONObject, isFlat: Bool) -> GatewayReply {
        reply(200, isFlat ? .object(task) : ["code": 200, "data": .object(task)])
    }

    /// The answer that a fault gives in place of the right one, its words in the language the gateway is
    /// asked for; nil for a fault that is no answer.
    static func fault(_ fault: SimulatorSpec.Fault, _ language: Locale) -> GatewayReply? {
        func refusal(_ status: Int, _ en: String, _ zh: String) -> GatewayReply {
            error(status, LocalizedText(en: en, zh: zh)[language])
        }
        return switch fault.name {
        case .badRequest: refusal(400, "Invalid request parameters", "请求参数无效")
        case .unauthorized:
            refusal(401, "Authentication failed, please check your API key", "身份验证失败，请检查您的API密钥")
        case .outOfFunds: refusal(402, "Insufficient account balance, please top up", "账户余额不足，请充值后再试")
        case .forbidden: refusal(403, "No permission to access this resource", "没有访问该资源的权限")
        case .notFound: unknownTask(language)
        case .requestTimeout: refusal(408, "Request timed out", "请求超时")
        case .tooLarge: refusal(413, "The request is too large", "请求体过大")
        case .tooManyRequests:
            error(
                429,
                LocalizedText(en: "Too many requests, please slow down", zh: "请求过于频繁，请稍后再试")[language],
                retryAfter: fault.seconds)
        case .tooManyTasks: error(429, "parallel task over resource pack limit (code: 1303)")
        case .serverError: error(500, internalError[language])
        case .buildFailed: error(500, "build_request_failed: unsupported aspect_ratio")
        case .badGateway: error(502, "upstream unavailable")
        case .unavailable: error(503, "service temporarily unavailable")
        case .unavailableForNow:
            error(
                503, "service temporarily unavailable",
                retryAfter: fault.seconds ?? fault.name.usualSeconds)
        case .gatewayTimeout: error(504, "upstream timed out")
        case .garbage: GatewayReply(status: 200, body: Array("\u{1}\u{2}{]".utf8))
        case .html:
            GatewayReply(status: 502, body: Array("<html><title>502 Bad Gateway</title></html>".utf8))
        case .errorInside: reply(200, ["code": 500, "error": complaint(500, internalError[language])])
        case .redirect:
            GatewayReply(status: 307, headers: [("Location", "https://elsewhere.invalid/v1")])
        default: nil
        }
    }

    static func unknownTask(_ language: Locale) -> GatewayReply {
        error(404, LocalizedText(en: "The task does not exist", zh: "任务不存在")[language])
    }

    private static let internalError = LocalizedText(en: "Internal server error", zh: "服务器内部错误，请稍后重试")

    private static let types = [
        400: "invalid_request_error", 401: "authentication_error", 402: "payment_required",
        403: "permission_error", 404: "not_found_error", 408: "request_timeout", 413: "request_too_large",
        429: "rate_limit_error", 500: "server_error",
        502: "bad_gateway", 503: "service_unavailable", 504: "gateway_timeout"
    ]

    private static func complaint(_ status: Int, _ message: String) -> JSONValue {
        [
            "code": JSONValue(status), "message": .string(message),
            "type": .string(types[status] ?? "server_error")
        ]
    }

    private static func error(_ status: Int, _ message: String, retryAfter: Double? = nil) -> GatewayReply {
        var answer = reply(status, ["error": complaint(status, message)])
        if let retryAfter { answer.headers.append(("Retry-After", String(Int(retryAfter)))) }
        return answer
    }

    private static func reply(_ status: Int, _ body: JSONValue) -> GatewayReply {
        var writer = JSONWriter()
        writer.value(body)
        return GatewayReply(
            status: status, headers: [("Content-Type", "application/json")], body: writer.bytes)
    }
}

extension SimulatedTask {
    /// What a read of it answers.
    func answer(
        id: String, at now: Timestamp, previousReads: UInt64, isFirstLink: Bool, language: Locale
    ) -> JSONObject {
        let fraction = fraction(at: now)
        var answer: JSONObject = ["id": .string(id), "created": JSONValue(Int(start.milliseconds))]
        answer["estimated_time"] = JSONValue(Int(estimate))
        answer["status"] = .string(word(at: fraction))
        if fraction >= 1 {
            end(&answer, at: now, isFirstLink: isFirstLink, language)
        } else if !has(.noProgress), fraction >= Self.waiting {
            let progress = progress(at: fraction)
            answer["progress"] = JSONValue(
                has(.backwards) && previousReads % 2 == 1 ? progress / 2 : progress)
        }
        return answer
    }

    private func word(at fraction: Double) -> String {
        func word(_ usual: String, _ synonym: String) -> String { has(.synonyms) ? synonym : usual }
        if fraction < Self.waiting { return word("submitted", "IN_QUEUE") }
        if fraction < 1 {
            return has(.unknownStatus) && fraction > 0.5 ? "moderating" : word("processing", "in_progress")
        }
        if has(.failed) || has(.contentPolicy) || has(.stringError) { return word("failed", "Error") }
        return has(.cancelled) ? word("cancelled", "canceled") : word("completed", "SUCCEED")
    }

    private func end(
        _ answer: inout JSONObject, at now: Timestamp, isFirstLink: Bool, _ language: Locale
    ) {
        answer["completed"] = JSONValue(Int(completion.milliseconds))
        let failed = LocalizedText(en: "generation failed", zh: "生成失败")
        if has(.contentPolicy) {
            let words = LocalizedText(en: "content security policy (code: 1301)", zh: "触发内容安全策略 (code: 1301)")
            answer["error"] = [
                "code": 1301, "message": .string(words[language]), "type": "content_policy"
            ]
            answer["cost"] = 0
        } else if has(.failed) {
            answer["error"] = ["code": 5000, "message": .string(failed[language]), "type": "server_error"]
            answer["cost"] = 0
        } else if has(.stringError) {
            answer["error"] = .string(failed[language])
        } else if !has(.cancelled) {
            if !has(.noProgress) { answer["progress"] = 100 }
            guard !has(.noURL) else { return }
            let expiry = linkExpiry(at: now)
            // With this fate the first link is dead although it says otherwise; the next one lives.
            let death = has(.expiredLink) && isFirstLink ? completion : expiry
            let url = JSONValue.string(link(id: id, death))
            answer["result"] = [
                "videos": [
                    [
                        "url": has(.stringURL) ? url : [url],
                        "expires_at": JSONValue(Int(expiry.milliseconds))
                    ]
                ]
            ]
        }
    }

    static let linkBase = "https://simulator.invalid/files/"

    private func link(id: String, _ expiry: Timestamp) -> String {
        "\(Self.linkBase)\(id)/\(expiry.milliseconds).mp4"
    }

    /// The task and the end of a link's life; nil for a link that is none of ours.
    static func parse(link: String) -> (task: SimulatedTask, expiry: Timestamp)? {
        guard link.hasPrefix(linkBase), link.hasSuffix(".mp4") else { return nil }
        let parts = link.dropFirst(linkBase.utf8.count).dropLast(4).split(separator: "/")
        guard parts.count == 2, let task = SimulatedTask(id: String(parts[0])), let expiry = Int64(parts[1])
        else { return nil }
        return (task, Timestamp(milliseconds: expiry))
    }
}
