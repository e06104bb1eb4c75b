internal import JSON

/// An error as a gateway words it, before it is judged: inside an answer of any status, or inside a failed
/// task.
struct GatewayComplaint: Sendable, Hashable {
    /// Number or numeric text; nil for `""` and words.
    var code: Int?
    /// The error's type, or its code when that is a word.
    var type: String?
    var message: String?

    init(code: Int? = nil, type: String? = nil, message: String? = nil) {
        self.code = code
        self.type = type
        self.message = message
    }

    /// Reads an error that is an object or a text; nil when it says nothing (null, `""`, `{}`, a code 0
    /// alone).
    init?(_ value: JSONValue?) {
        switch value {
        case .string(let text)? where !text.isEmpty:
            message = text
        case .object(let error)?:
            code = Self.number(error["code"])
            if code == 0 || code == 200 { code = nil }
            let word = error["code"]?.string.flatMap { $0.isEmpty || Int($0) != nil ? nil : $0 }
            type = Self.text(error["type"]) ?? word
            message = Self.text(error["message"]) ?? Self.text(error["msg"]) ?? Self.text(error["detail"])
        default:
            return nil
        }
        if code == nil, type == nil, message == nil { return nil }
    }

    /// The complaint of a whole answer: its `error`, or its own `message` when `success` is false, `code` is
    /// 400 or more, or the HTTP status says so.
    init?(answer: JSONValue, status: Int) {
        if let error = GatewayComplaint(answer["error"]) {
            self = error
            if code == nil, let outer = Self.number(answer["code"]), outer >= 400 { code = outer }
            return
        }
        let code = Self.number(answer["code"])
        guard status >= 400 || answer["success"]?.bool == false || (code ?? 0) >= 400 else { return nil }
        self.init(
            code: code.flatMap { $0 >= 400 ? $0 : nil },
            type: Self.text(answer["type"])
                ?? answer["code"]?.string.flatMap { Int($0) == nil ? Self.text(.string($0)) : nil },
            message: Self.text(answer["message"]) ?? Self.text(answer["msg"]) ?? Self.text(answer["detail"]))
    }

    var saysSomething: Bool { code != nil || type != nil || message != nil }
    /// With all that the gateway's pages give an error.
    var isWhole: Bool { code != nil && type != nil && message != nil }

    /// Kling's own code, in place of the gateway's or inside the words.
    var klingCode: Int? {
        if let code, KlingCode.kind(code) != nil { return code }
        return message.flatMap(KlingCode.find(in:))
    }

    /// What the complaint alone says in terms of HTTP.
    func status(_ profile: GatewayProfile) -> Int? {
        if let code, (400..<600).contains(code) { return code }
        return type.flatMap { profile.errorTypes[$0] }
    }

    private static func number(_ value: JSONValue?) -> Int? {
        value?.int ?? value?.string.flatMap { Int($0) }
    }

    /// A text that says something, cut to a paragraph's length.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return text.utf8.count <= 2000 ? text : String(text.prefix(1000)) + "…"
    }
}

extension Failure {
    /// What an HTTP status means in the terms of the wire contract.
    package static func kind(status: Int) -> Kind {
        switch status {
        case 401, 407: .authentication
        case 402: .paymentRequired
        case 403: .permission
        case 408, 504, 524: .timeout
        case 409: .conflict
        case 429: .rateLimit
        case 400..<500: .invalidRequest
        case 502: .badGateway
        case 503: .unreachable
        case 500...: .serverError
        default: .badGateway
        }
    }
}
