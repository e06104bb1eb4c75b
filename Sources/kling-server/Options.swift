import JSONRPC
import KlingCore
import KlingService

/// The command line and the environment (wire contract §5), read without opening anything.
struct Options {
    enum Command: Equatable {
        case serve, check, doctor, schema, help, version
    }

    var command = Command.serve
    /// Nil is ``defaultGateway``.
    var gateway: String?
    static let defaultGateway = "https://xcompute.us"
    /// What follows `--simulate`; nil uses the real gateway.
    var simulation: String?
    var apiKeyFile: String?
    var apiKey: String?
    var journal: String?
    var framing: Framer.Framing?
    var limits = Connection.Limits()
    /// Values and names read of a file; nobody else than its owner pays for a long one.
    var fileValues = Int.max
    var outboxLimits = Outbox.Limits()
    var logLevel = LogLevel.warning
    var settings = Settings()
    var checkFormat = Check.Format.text
    /// What the arguments of `check` are written in; nil tells by the name.
    var language: DocumentSource.Language?
    /// `check` makes the safe fixes in the files.
    var fixes = false
    /// The files of `check`; the document that `schema` prints.
    var files: [String] = []
    /// The folder that `schema` writes to.
    var destination: String?
    private let variable: (String) -> String?

    /// A command line that says nothing we understand: the sentence for the user.
    struct Misuse: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    /// - Parameters:
    ///   - arguments: without the name of the program.
    ///   - variable: looks a variable of the environment up; one that is empty counts as not set.
    init(_ arguments: [String], variable: @escaping (String) -> String?) throws(Misuse) {
        self.variable = { name in variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        readEnvironment()
        var rest = arguments[...]
        if let word = rest.first, !word.hasPrefix("-") {
            switch word {
            case "serve": command = .serve
            case "check": command = .check
            case "doctor": command = .doctor
            case "schema": command = .schema
            default:
                let commands = ["serve", "check", "doctor", "schema"]
                let nearest = NearestName.find(word, in: commands).map { " Did you mean \($0)?" } ?? ""
                throw Misuse("there is no command \(word).\(nearest)")
            }
            rest = rest.dropFirst()
        }
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                guard command == .check || command == .schema else {
                    throw Misuse("unexpected argument \(argument)")
                }
                files.append(argument)
                continue
            }
            if argument == "--" {
                files += rest
                break
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try apply(String(parts[0]), inline: parts.count > 1 ? String(parts[1]) : nil, &rest)
        }
    }

    private mutating func readEnvironment() {
        gateway = variable("KLING_GATEWAY")
        journal = variable("KLING_JOURNAL")
        apiKey = variable("KLING_API_KEY")
        apiKeyFile = variable("KLING_API_KEY_FILE")
        if let spec = variable("KLING_SIMULATE"), spec != "0" { simulation = spec == "1" ? "" : spec }
    }

    /// The directory of the journal: the XDG state directory (XDG Base Directory Specification).
    var stateDirectory: String {
        let given = variable("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (given ?? (variable("HOME") ?? SmallFile.homeDirectory ?? "") + "/.local/state")
            + "/kling-server"
    }

    /// Whether a report is coloured: on a terminal, unless the environment says otherwise (no-color.org).
    var usesColor: Bool {
        if variable("NO_COLOR") != nil { return false }
        if let forced = variable("FORCE_COLOR") { return forced != "0" }
        return SmallFile.isTerminal(1) && !terminalIsPlain
    }

    /// The terminal takes text only.
    var terminalIsPlain: Bool { variable("TERM") == "dumb" }

    /// The proxies of the environment, for the gateway.
    var proxyVariables: [String: String] {
        var variables: [String: String] = [:]
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            for name in [name, name.uppercased()] { variables[name] = variable(name) }
        }
        return variables
    }

    /// The certificates to trust instead of the system's, by the variable that OpenSSL and curl have for it. libcurl
    /// alone does not look.
    var certificateFile: String? { variable("SSL_CERT_FILE") }

    /// The gateway is known to bill a create only once per `Idempotency-Key`.
    var gatewayIsIdempotent: Bool { variable("KLING_GATEWAY_IDEMPOTENT") == "1" }

    private mutating func apply(
        _ name: String, inline: String?, _ rest: inout ArraySlice<String>
    ) throws(Misuse) {
        guard let option = Self.all.first(where: { $0.name == name || $0.short == name }) else {
            let nearest =
                NearestName.find(name, in: Self.all.map(\.name)).map { " Did you mean \($0)?" } ?? ""
            throw Misuse("there is no option \(name).\(nearest)")
        }
        var value = ""
        switch option.argument {
        case .none: if inline != nil { throw Misuse("\(name) takes no value") }
        case .required:
            guard let given = inline ?? rest.popFirst() else {
                throw Misuse("\(name) needs a value: \(option.help)")
            }
            value = given
        case .optional:
            // `--simulate SPEC`: what follows is the value unless it is another option.
            if let inline {
                value = inline
            } else if let next = rest.first, !next.hasPrefix("-"), command != .check {
                value = next
                rest = rest.dropFirst()
            }
        }
        if let setting = option.setting { settings.settled.insert(setting) }
        if let message = option.apply(&self, value) { throw Misuse("\(name): \(message)") }
    }
}
