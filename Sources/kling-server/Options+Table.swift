import JSONRPC
import KlingCore
import KlingService

extension Options {
    struct Option: Sendable {
        enum Argument { case none, required, optional }

        let name: String
        let short: String?
        let argument: Argument
        let placeholder: String
        let help: String
        /// The setting of `hello` that this option settles.
        let setting: String?
        /// Takes the value over; a sentence when it cannot.
        let apply: @Sendable (inout Options, String) -> String?

        init(
            _ name: String, _ placeholder: String = "", _ help: String, short: String? = nil,
            optional: Bool = false,
            setting: String? = nil, apply: @escaping @Sendable (inout Options, String) -> String?
        ) {
            self.name = name
            self.short = short
            self.placeholder = placeholder
            self.help = help
            self.setting = setting
            self.apply = apply
            argument = placeholder.isEmpty ? .none : optional ? .optional : .required
        }
    }

    /// Every option, in the order `--help` shows them.
    static let all: [Option] = [
        Option("--gateway", "URL", "the gateway [KLING_GATEWAY; https://xcompute.us]") {
            $0.gateway = $1
            return nil
        },
        Option(
            "--simulate", "[SPEC]", "simulate the gateway, e.g. speed=100 [KLING_SIMULATE]", optional: true
        ) {
            $0.simulation = $1
            return nil
        },
        Option("--api-key-file", "FILE", "read the key from FILE [KLING_API_KEY, KLING_API_KEY_FILE]") {
            $0.apiKeyFile = $1
            return nil
        },
        Option("--journal", "PATH", "the journal, or :memory: [KLING_JOURNAL; the state directory]") {
            $0.journal = $1
            return $1.isEmpty ? "a path is expected" : nil
        },
        Option(
            "--max-active", "N", "tasks at the gateway at once; the rest wait in line [3]",
            setting: "maxActive"
        ) {
            guard let count = Int($1), (1...1000).contains(count) else { return "1 to 1000 is expected" }
            $0.settings.maximumActive = count
            return nil
        },
        Option("--read-rate", "N", "questions a second how tasks are, over all its tasks [20]") {
            guard let rate = Double($1), (0.1...1000).contains(rate) else { return "0.1 to 1000 is expected" }
            $0.settings.readsPerSecond = rate
            return nil
        },
        Option("--budget", "SPEC", "limit of spending, e.g. 20/day,300s/day [none]", setting: "budget") {
            guard let budget = SpendBudget($1) else { return SpendBudget.expectation }
            $0.settings.budget = budget
            return nil
        },
        Option("--download-dir", "DIR", "put every finished video into DIR", setting: "downloadDir") {
            $0.settings.downloadDirectory = $1
            return $1.isEmpty ? "a directory is expected" : nil
        },
        Option("--locale", "LOCALE", "language of the messages: en or zh [en]", setting: "locale") {
            guard let locale = Locale(tag: $1) else { return "en or zh is expected" }
            $0.settings.locale = locale
            return nil
        },
        Option("--strict", "", "treat warnings as errors", setting: "strict") { options, _ in
            options.settings.strict = true
            return nil
        },
        Option("--log-level", "LEVEL", "debug, info, warning, error or off [warning]") {
            guard let level = LogLevel(rawValue: $1) else {
                return "debug, info, warning, error or off is expected"
            }
            $0.logLevel = level
            return nil
        },
        Option("--framing", "KIND", "lines or headers [told by the first byte]") {
            guard let framing = Framer.Framing(rawValue: $1) else { return "lines or headers is expected" }
            $0.framing = framing
            return nil
        },
        limit("--max-message", "BYTES", "largest message [67108864]") { $0.limits.framer.messageBytes = $1 },
        limit("--max-header", "BYTES", "largest header block [8192]") { $0.limits.framer.headerBytes = $1 },
        limit("--max-depth", "N", "arrays and objects inside each other, up to 10000 [512]", most: 10_000) {
            $0.limits.depth = $1
        },
        limit("--max-values", "N", "values and names in one message or text [1000000; check: none]") {
            $0.limits.values = $1
            $0.fileValues = $1
        },
        limit("--max-batch", "N", "messages in one batch [10000]") { $0.limits.batch = $1 },
        limit("--max-output", "BYTES", "output that may wait for the client [33554432]") {
            $0.outboxLimits.bytes = $1
        },
        limit("--stuck-after", "SECONDS", "end when the client takes nothing for so long [60]") {
            $0.outboxLimits.stuckSeconds = $1
        },
        Option("--format", "FORMAT", "check: text, json, sarif or github; doctor: text or json [text]") {
            guard let format = Check.Format(rawValue: $1) else {
                return "text, json, sarif or github is expected"
            }
            $0.checkFormat = format
            return nil
        },
        Option("--fix", "", "check: make the safe fixes in the files") { options, _ in
            options.fixes = true
            return nil
        },
        Option("--severity", "CODE=LEVEL", "check: off, hint, information, warning or error for a code") {
            let parts = $1.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let severity = Severity(rawValue: parts[1]) else {
                return "a code, = and off, hint, information, warning or error are expected"
            }
            $0.settings.severities[parts[0]] = severity
            return Severity.objection(to: severity, of: parts[0])
        },
        Option("--language", "NAME", "check: json, jsonc or jsonl [told by the file's name]") {
            guard let language = DocumentSource.Language(rawValue: $1) else {
                return "json, jsonc or jsonl is expected"
            }
            $0.language = language
            return nil
        },
        Option("--write", "DIR", "schema: write every document into DIR, and the tables of its README.md") {
            $0.destination = $1
            return $1.isEmpty ? "a directory is expected" : nil
        },
        Option("--version", "", "print the version", short: "-V") { options, _ in
            options.command = .version
            return nil
        },
        Option("--help", "", "print this", short: "-h") { options, _ in
            options.command = .help
            return nil
        }
    ]

    private static func limit(
        _ name: String, _ placeholder: String, _ help: String, most: Int = 1 << 31,
        set: @escaping @Sendable (inout Options, Int) -> Void
    ) -> Option {
        Option(name, placeholder, help) {
            guard let value = Int($1), (1...most).contains(value) else {
                return "a number from 1 to \(most) is expected"
            }
            set(&$0, value)
            return nil
        }
    }

    static var help: String {
        let width = (all.map { $0.name.count + $0.placeholder.count + 1 }.max() ?? 0) + 2
        let lines = all.map { option in
            let usage = option.placeholder.isEmpty ? option.name : "\(option.name) \(option.placeholder)"
            return "  " + usage + String(repeating: " ", count: width - usage.count) + option.help
        }
        return """
            kling-server: makes Kling videos for editors, scripts and agents, over JSON-RPC on stdio.

            kling-server [serve] [OPTIONS]     speak JSON-RPC 2.0 on standard input and output
            kling-server check FILE… [OPTIONS] say what is wrong with requests in files, directories and patterns
                                               (- is standard input); exits 0, with errors 1, when misused 2
            kling-server doctor [OPTIONS]      look at key, gateway, clock, journal and output, and change nothing;
                                               exits 0, with a problem 1, when misused 2
            kling-server schema [NAME]         print a document of the protocol; without NAME their names
            kling-server schema --write DIR    write all of them, as the folder protocol has them

            Options [environment; default]:
            \(lines.joined(separator: "\n"))

            """
    }
}
