/// What the design promises about the sources and no compiler checks. Each rule is a function of a path in
/// the package and the text there, and answers with sentences; none means that the rule is kept.
enum HouseRules {
    /// What each target may import of the others; the platform's C library and Synchronization are open to
    /// all.
    static let arrows: [String: Set<String>] = [
        "JSON": [],
        "JSONRPC": ["JSON"],
        "KlingCore": ["JSON"],
        "KlingSimulator": ["KlingCore", "JSON"],
        "KlingJournal": ["KlingCore", "JSON", "CSQLite"],
        "KlingHTTP": ["KlingCore", "JSON", "CCurl"],
        "KlingService": ["JSONRPC", "KlingCore", "JSON"],
        "kling-server": [
            "JSON", "JSONRPC", "KlingCore", "KlingSimulator", "KlingJournal", "KlingHTTP", "KlingService"
        ]
    ]

    static let platform: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]

    /// Imports that go against an arrow, Foundation and Dispatch among them.
    static func imports(path: String, text: String) -> [String] {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" else { return [] }
        guard let allowed = arrows[String(parts[1])] else {
            return ["\(path): no arrows are drawn for \(parts[1])"]
        }
        return SwiftText(text).imports.compactMap { line, module in
            guard !allowed.contains(module), !platform.contains(module) else { return nil }
            return "\(path):\(line): \(parts[1]) must not import \(module)"
        }
    }

    /// What can end the process on input that nobody expected.
    static func traps(path: String, text: String) -> [String] {
        SwiftText(text).lines(saying: "!", "fatalError").flatMap { number, line in
            var found = line.matches(of: /\b(?:try|as)!|\bfatalError\(/).map { $0.output }
            // `a!=b` is a comparison as well as it may be an unwrap; the doubt is left to the reader.
            let rest = line.replacing(/\b(?:try|as)!/, with: "")
            found += rest.matches(of: /[\w)\]?]!(?!=)/).map { $0.output }
            return found.map { "\(path):\(number): \($0) may trap" }
        }
    }

    /// Places where the compiler is told to trust in matters of concurrency.
    static func trusts(path: String, text: String) -> [String] {
        SwiftText(text).lines(saying: "@unchecked", "nonisolated").filter {
            $0.text.contains(/@unchecked\s+Sendable|nonisolated\(unsafe\)/)
        }
        .map { "\(path):\($0.number)" }
    }

    /// Types of the library of which a user is not told what they are.
    static func undocumented(path: String, text: String) -> [String] {
        let library = ["KlingCore", "KlingHTTP", "KlingJournal", "KlingSimulator"]
        guard library.contains(where: { path.hasPrefix("Sources/\($0)/") }) else { return [] }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.filter { number in
            let isType =
                lines[number].firstMatch(
                    of: /^\s*public (?:final |indirect )*(?:class|struct|enum|protocol|actor)\b/) != nil
            let before = lines[..<number].last { !$0.contains(/^\s*@/) } ?? ""
            return isType && !before.contains(/^\s*\/{3}/)
        }.map { "\(path):\($0 + 1): a public type without a word of what it is" }
    }

    /// What is left to do belongs into an issue.
    static func leftovers(path: String, text: String) -> [String] {
        SwiftText.lines(of: text, saying: ["TODO", "FIXME", "XXX"])
            .filter { $0.text.contains(/\b(?:TODO|FIXME|XXX)\b/) }
            .map { "\(path):\($0.number): work left over" }
    }

    /// Sentences that are in no table, and so in no published list.
    static func unlisted(path: String, text: String) -> [String] {
        guard path.hasPrefix("Sources/KlingCore/Messages/") else { return [] }
        return text.matches(of: /static let (\w+) = Message\(/).compactMap { match in
            let name = String(match.output.1)
            let isListed = text.matches(of: /\w+/).count { $0.output == name } > 1
            return isListed ? nil : "\(path): \(name) is in no table"
        }
    }

    static func manifest(path: String, text: String) -> [String] {
        SwiftText(text).lines(saying: ".package").filter { $0.text.contains(/\.package\s*\(/) }
            .map { "\(path):\($0.number): a package dependency" }
    }

    static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "protocol", "clients", "README.md"
    ]

    static func strangers(among entries: some Sequence<String>) -> [String] {
        entries.filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.sorted()
    }
}
