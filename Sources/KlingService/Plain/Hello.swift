import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// `hello`: who is there and what it can do; sets what holds for the session. Optional.
    static let hello = Method("hello", ["client", "locale", "logLevel", "options"]) {
        (context, arguments, tree, writer) throws(RPCError) in
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
        strings("notifications", notifications)
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
    static let models = Method("models", []) { (context, arguments, tree, writer) throws(RPCError) in
        writer.beginObject()
        writer.name("models")
        Catalog.standard.writeModels(locale: context.settings.locale, into: &writer)
        writer.endObject()
        return .written
    }

    static let shutdown = Method("shutdown", []) { (context, arguments, tree, writer) throws(RPCError) in
        context.isShuttingDown = true
        writer.null()
        return .written
    }

    /// `exit`: the loop ends behind this message. A success in the plain dialect, with or without `shutdown`.
    static let exit = Method("exit", []) { (context, arguments, tree, writer) throws(RPCError) in
        context.exitCode = 0
        writer.null()
        return .written
    }
}

extension Context {
    /// The options of `hello` (wire contract §5) that may change while the process runs, and what each takes.
    private static let options: [(name: String, takes: String)] = [
        ("locale", "en or zh"), ("strict", "true or false"),
        ("severities", "an object of codes, each with off, hint, information, warning or error"),
        ("downloadDir", "a directory, as a path or a file: URI"),
        ("maxActive", "a whole number from 1 to 1000"), ("budget", "text such as 20/day,300s/day")
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
            if name == "severities" { for (code, _) in value.object ?? [:] { try requireCode(code) } }
            guard let takes = Self.options.first(where: { $0.name == name })?.takes else {
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
        let known = options.map(\.name)
        let hint =
            NearestName.find(name, in: known, hints: otherNames).map { "did you mean \($0)?" }
            ?? "there are \(known.joined(separator: ", "))"
        return .invalidParams("no option \(quoted(name)) can be set here; \(hint)")
    }
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
