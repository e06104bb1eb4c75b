import JSON
import JSONRPC
package import KlingCore

extension PlainDialect {
    /// `validate`: what is wrong with a request, before it costs anything. Pure: answered inline.
    static let validate = Method(
        "validate", en: "Says what is wrong with a request, before it costs anything.", zh: "在产生费用之前检查请求。",
        [
            .request, .text, .uri,
            .optional(
                "languageId", .words { DocumentSource.Language.allCases.map(\.rawValue) }, default: "json",
                en: "What `text` is written in.", zh: "`text` 的语言。"),
            .strict,
            .optional(
                "locale", .locale, en: "The language of the messages. Without it the session's.",
                zh: "消息语言；默认取会话设置。"),
            .optional(
                "severities", .map(of: .severity),
                en: "Other levels, by code, over the session's; `syntax.*` and `document.root` stay errors.",
                zh: "按代码调整级别，优先于会话设置。")
        ], of: [.source], gives: .component(.validation)
    ) { (context, arguments, tree, writer) throws(RPCError) in
        var options = ValidationOptions(
            strict: context.settings.strict, severities: context.settings.severities)
        if let strict = try arguments.bool(4, in: tree) { options.strict = strict }
        if let severities = try arguments.severities(6, in: tree) {
            options.severities.merge(severities) { $1 }
        }
        let locale = try arguments.locale(5, in: tree) ?? context.settings.locale
        switch try arguments.input(
            request: 0, text: 1, uri: 2, languageId: 3, values: context.limits.values, in: tree)
        {
        case .request(let place):
            context.validator.validate(tree, at: place, options: options)
                .writeResult(locale: locale, lines: nil, into: &writer)
        case .document(let document):
            options.edits = true
            context.validate(document, options)
                .writeResult(locale: locale, lines: document.lines, encoding: context.encoding, into: &writer)
        }
        return .written
    }
}

/// Where the request of a call stands.
enum RequestInput {
    /// In the message itself.
    case request(JSONTree.Index)
    /// In source text, which has positions.
    case document(DocumentSource)
}

extension Arguments {
    /// Exactly one of `request`, `text` and `uri`.
    /// - Parameter values: values and names read of a text, as of a message.
    func input(
        request: Int, text: Int, uri: Int, languageId: Int?, values: Int, in tree: borrowing JSONTree
    ) throws(RPCError) -> RequestInput {
        // Said even where it does not matter: a word that is none would else be passed over in silence.
        var language: DocumentSource.Language?
        if let languageId { language = try choice(languageId, DocumentSource.Language.self, in: tree) }
        let given = (self[request] == nil ? 0 : 1) + (self[text] == nil ? 0 : 1) + (self[uri] == nil ? 0 : 1)
        guard given == 1 else {
            throw .invalidParams(
                given == 0
                    ? "one of request, text and uri is needed"
                    : "only one of request, text and uri can be given")
        }
        if let place = self[request] {
            guard tree.kind(place) == .object else { throw .invalidParams("request must be an object") }
            return .request(place)
        }
        if let text = try utf8(text, in: tree) {
            return .document(
                DocumentSource(bytes: text, language: language ?? .json, values: values))
        }
        return .document(try DocumentSource(uri: try require(try string(uri, in: tree), uri), values: values))
    }

    func locale(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> Locale? {
        guard let tag = try string(number, in: tree) else { return nil }
        guard let locale = Locale(tag: tag) else { throw unknownWord("locale", tag, ["en", "zh"]) }
        return locale
    }

    func severities(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> [String: Severity]? {
        guard let words = try stringMap(number, in: tree) else { return nil }
        var severities: [String: Severity] = [:]
        for (code, word) in words {
            guard let severity = Severity(rawValue: word) else {
                throw unknownWord("severities", word, ["off", "hint", "information", "warning", "error"])
            }
            try requireLevel(severity, of: code)
            severities[code] = severity
        }
        return severities
    }
}

/// Refuses a level that would adjust nothing: a typing error must not do so silently.
/// - Parameter severity: nil to go back to the default.
func requireLevel(_ severity: Severity?, of code: String) throws(RPCError) {
    if let objection = Severity.objection(to: severity, of: code) { throw .invalidParams(objection) }
}

extension Severity {
    /// Why the problems of a code cannot get a level; nil when they can. Text that is no request stays an error.
    package static func objection(to severity: Severity?, of code: String) -> String? {
        let codes = Message.all.map(\.code)
        guard codes.contains(code) else {
            let nearest = NearestName.find(code, in: codes).map { "; did you mean \($0)?" } ?? ""
            return "there is no problem called \(quoted(code))\(nearest)"
        }
        guard let severity, severity != .error, ValidationOptions.isFixed(code) else { return nil }
        return "\(code) stays an error: what is no request cannot be sent"
    }
}
