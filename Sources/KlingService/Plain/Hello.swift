import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// `hello`: who is there and what it can do; sets what holds for the session. Optional.
    static let hello = Method(
        "hello", en: "Says who is there and what it can do, and sets what holds for the session. Optional.",
        zh: "说明服务与能力，并设置会话选项。可省略。",
        [
            .optional("client", .any, en: "Who the client is.", zh: "客户端信息。"),
            .optional(
                "locale", .locale,
                en: "The language of the messages: `en` or `zh`, with or without a region.",
                zh: "消息语言：`en` 或 `zh`，可带地区。"),
            .optional(
                "logLevel", .words { LogLevel.allCases.map(\.rawValue) },
                en: "From which weight on the log is sent as notifications.", zh: "以通知发送日志的最低级别。"),
            .optional(
                "options", .object(Context.options.map(\.member)),
                en:
                    "Settings for the session; null takes one back to what it was at the start. What "
                    + "the command line said stays.",
                zh: "会话设置；null 恢复为启动时的值。命令行已指定的不变。")
        ], gives: .object(helloMembers)
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let locale = try arguments.locale(1, in: tree)
        let level = try arguments.choice(2, LogLevel.self, in: tree)
        if let options = arguments[3] { try context.configure(tree.value(options)) }
        // Nothing can be refused any more: all of it holds, or none.
        if let locale, !context.settings.settled.contains("locale") { context.settings.locale = locale }
        if let level { context.clientLog.level = level }
        writeHello(context, into: &writer)
        return .written
    }

    private static func writeHello(_ context: Context, into writer: inout JSONWriter) {
        func strings(_ name: StaticString, _ values: some Sequence<String>) {
            writer.name(name)
            writer.beginArray()
            for value in values { writer.string(value) }
            writer.endArray()
        }
        func number(_ name: StaticString, _ value: Int) {
            writer.name(name)
            writer.int(value)
        }
        writer.beginObject()
        writer.name("server")
        writer.beginObject()
        writer.name("name")
        writer.literal("\"kling-server\"")
        writer.name("version")
        writer.string(context.version)
        writer.endObject()
        writer.name("protocol")
        writer.literal("\"1.0\"")
        strings("methods", methods.lazy.map(\.name))
        strings("notifications", Notification.all.lazy.map(\.name))
        strings("models", Catalog.standard.models.lazy.map(\.name))
        writer.name("gateway")
        writer.beginObject()
        writer.name("url")
        writer.string(context.gateway.url)
        writer.name("simulated")
        writer.bool(context.gateway.simulated)
        writer.endObject()
        writer.name("limits")
        writer.beginObject()
        number("messageBytes", context.limits.framer.messageBytes)
        number("headerBytes", context.limits.framer.headerBytes)
        number("depth", context.limits.depth)
        number("batch", context.limits.batch)
        number("values", context.limits.values)
        number("waitSeconds", Int(Context.longestWait))
        writer.endObject()
        writer.name("locale")
        writer.string(context.settings.locale.rawValue)
        writer.endObject()
    }

    /// `models`: the whole catalogue, in the locale of the session.
    static let models = Method(
        "models",
        en: "The catalogue: every model, parameter, type, range, default and text, and its JSON Schema.",
        zh: "模型目录：每个模型的参数、类型、范围、默认值、说明及其 JSON Schema。",
        gives: .object([.needed("models", .array(of: .component(.model)), en: "The models.", zh: "模型。")])
    ) { (context, arguments, tree, writer) throws(RPCError) in
        writer.beginObject()
        writer.name("models")
        Catalog.standard.writeModels(locale: context.settings.locale, into: &writer)
        writer.endObject()
        return .written
    }

    static let shutdown = Method(
        "shutdown", en: "Announces the end, as in LSP. Optional.", zh: "同 LSP，预告结束。可省略。",
        gives: .only(.null)
    ) { (context, arguments, tree, writer) throws(RPCError) in
        writer.null()
        return .written
    }

    /// `exit`: the loop ends behind this message. A success in the plain dialect, with or without `shutdown`.
    static let exit = Method(
        "exit", en: "Ends the process behind this message. Closing its input does as well.",
        zh: "处理完本消息后退出进程；关闭输入亦可。", gives: .only(.null)
    ) { (context, arguments, tree, writer) throws(RPCError) in
        context.exitCode = context.statusAtEnd
        writer.null()
        return .written
    }
}

extension Context {
    /// The options of `hello` (wire contract §5) that may change while the process runs, and what each takes.
    static let options: [(member: Member, takes: String)] = [
        (
            .optional("locale", .nullable(.locale), en: "The language of the messages.", zh: "消息语言。"),
            "en or zh"
        ),
        (
            .optional(
                "strict", .nullable(.boolean), en: "Warnings make a request invalid too.", zh: "警告也视为无效。"),
            "true or false"
        ),
        (
            .optional(
                "severities", .nullable(.map(of: .nullable(.severity))),
                en: "Other levels, by code; `syntax.*` and `document.root` stay errors.",
                zh: "按代码调整级别；`syntax.*` 与 `document.root` 始终为错误。"),
            "an object of codes, each with off, hint, information, warning or error"
        ),
        (
            .optional(
                "downloadDir", .nullable(.string), en: "Every finished video is put there.",
                zh: "完成的视频保存到此目录。"),
            "a directory, as a path or a file: URI"
        ),
        (
            .optional(
                "maxActive", .nullable(.integer(1...1000)), en: "Tasks at the gateway at once.",
                zh: "网关同时处理的任务数。"),
            "a whole number from 1 to 1000"
        ),
        (
            .optional(
                "budget", .nullable(.pattern("^ *[0-9 ]+s? */ *day *(, *[0-9 ]+s? */ *day *)?$")),
                en: "The most that may be submitted in 24 hours, such as `20/day,300s/day`.",
                zh: "24 小时内的提交上限，如 `20/day,300s/day`。"),
            "text such as 20/day,300s/day"
        )
    ]

    /// What other programs call them.
    private static let otherNames = [
        NearestName.Hint("language", "locale"), NearestName.Hint("maximumActive", "maxActive"),
        NearestName.Hint("downloadDirectory", "downloadDir"), NearestName.Hint("directory", "downloadDir")
    ]

    /// Sets options, all of them or, when one is wrong, none. Null takes one back to what it was when the
    /// process started. What the command line said stays.
    func configure(_ options: JSONValue) throws(RPCError) {
        guard case .object(let members) = options else { throw .invalidParams("options must be an object") }
        var changed = settings
        for (name, value) in members {
            if name == "severities" {
                for (code, word) in value.object ?? [:] {
                    try requireLevel(word.string.flatMap(Severity.init(rawValue:)), of: code)
                }
            }
            guard let takes = Self.options.first(where: { $0.member.name == name })?.takes else {
                throw Self.unknownOption(name)
            }
            guard !settings.settled.contains(name) else { continue }
            guard changed.set(name, to: value, defaults: defaults) else {
                throw .invalidParams(
                    "options.\(name) must be \(takes), or null for the default, not \(quoted(value))")
            }
        }
        settings = changed
        tasksIfMade?.configure { options in
            options.maximumActive = changed.maximumActive
            options.budget = changed.budget
            options.downloadDirectory = changed.downloadDirectory
        }
    }

    private static func unknownOption(_ name: String) -> RPCError {
        let known = options.map(\.member.name)
        let hint =
            NearestName.find(name, in: known, hints: otherNames).map { "did you mean \($0)?" }
            ?? "there are \(known.joined(separator: ", "))"
        return .invalidParams("no option \(quoted(name)) can be set here; \(hint)")
    }
}

extension Schema {
    /// A language tag: only the language counts.
    static let locale = Schema.pattern("^([eE][nN]|[zZ][hH])([-_].*)?$")
    static let severity = Schema.words { Severity.allCases.map(\.rawValue) }
}

extension Settings {
    /// Takes one option over; false when the value is none for it.
    fileprivate mutating func set(_ name: String, to value: JSONValue, defaults: Settings) -> Bool {
        switch (name, value) {
        case ("locale", .null): locale = defaults.locale
        case ("locale", .string(let tag)):
            guard let locale = Locale(tag: tag) else { return false }
            self.locale = locale
        case ("strict", .null): strict = defaults.strict
        case ("strict", .bool(let strict)): self.strict = strict
        case ("severities", .null): severities = defaults.severities
        case ("severities", .object(let members)):
            for (code, word) in members {
                let severity = word.string.flatMap(Severity.init(rawValue:))
                guard word.isNull || severity != nil else { return false }
                severities[code] = severity ?? defaults.severities[code]
            }
        case ("downloadDir", .null): downloadDirectory = defaults.downloadDirectory
        case ("downloadDir", .string(let text)):
            guard let directory = DocumentSource.path(of: text) else { return false }
            downloadDirectory = directory
        case ("maxActive", .null): maximumActive = defaults.maximumActive
        case ("maxActive", .number(let number)):
            guard let count = number.int, (1...1000).contains(count) else { return false }
            maximumActive = count
        case ("budget", .null): budget = defaults.budget
        case ("budget", .string(let text)):
            guard let budget = SpendBudget(text) else { return false }
            self.budget = budget
        default: return false
        }
        return true
    }
}

extension SpendBudget {
    package static let expectation =
        "a budget is like 20/day, 300s/day or both with a comma: submissions, seconds of video in 24 hours"

    /// `20/day`, `300s/day`, or both.
    package init?(_ text: String) {
        var submissions: Int?
        var seconds: Int?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.filter { $0 != " " }.split(separator: "/", omittingEmptySubsequences: false)
            guard words.count == 2, words[1] == "day" else { return nil }
            if words[0].hasSuffix("s") {
                guard seconds == nil, let value = Int(words[0].dropLast()), value >= 0 else { return nil }
                seconds = value
            } else {
                guard submissions == nil, let value = Int(words[0]), value >= 0 else { return nil }
                submissions = value
            }
        }
        self.init(submissions: submissions, seconds: seconds)
    }
}
