import JSON
import KlingCore
import KlingService

/// Static Analysis Results Interchange Format 2.1.0 (OASIS), one run with every file in it.
struct SARIFReport: CheckReport {
    let locale: Locale
    let version: String
    private let rules: [(code: String, message: Message)]
    private let numbers: [String: Int]

    init(locale: Locale, version: String) {
        self.locale = locale
        self.version = version
        var rules: [(code: String, message: Message)] = []
        var numbers: [String: Int] = [:]
        for message in Message.all where numbers[message.code] == nil {
            numbers[message.code] = rules.count
            rules.append((message.code, message))
        }
        self.rules = rules
        self.numbers = numbers
    }

    let separator = ","

    var opening: String {
        // §3.14.7 and §3.19.21: English of the United States when left out.
        let language: JSONObject = locale == .zh ? ["language": "zh-CN"] : [:]
        var driver: JSONObject = [
            "name": "kling-server", "version": .string(version), "semanticVersion": .string(version)
        ]
        for member in language { driver[member.name] = member.value }
        driver["rules"] = .array(rules.map { rule(for: $0.message) })
        // §3.14.26: a lone carriage return is not among those that count when it is left out.
        var run: JSONObject = [
            "tool": ["driver": .object(driver)], "columnKind": "utf16CodeUnits",
            "newlineSequences": ["\r\n", "\n", "\r"]
        ]
        for member in language { run[member.name] = member.value }
        return
            #"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":["#
            + JSONValue.object(run).description.dropLast() + #","results":["#
    }

    func closing(_ totals: CheckTotals) -> String {
        "],\"invocations\":[{\"executionSuccessful\":\(totals.unread + totals.unwritten == 0)}]}]}\n"
    }

    func text(of file: CheckedFile) -> [UInt8] {
        var results: [JSONValue] = []
        switch file.outcome {
        case .unreadable: break
        case .checked(let document, let validation):
            let text = Text(path: file.path, document)
            results = validation.diagnostics.map { result($0, text) }
        }
        if let trouble = file.trouble {
            results.append([
                "level": "error", "message": message(trouble.words(locale)),
                "locations": [["physicalLocation": ["artifactLocation": artifact(file.path)]]]
            ])
        }
        return Array(results.map(\.description).joined(separator: ",").utf8)
    }

    private func rule(for message: Message) -> JSONValue {
        [
            "id": .string(message.code),
            "shortDescription": self.message(template(message.words[locale])),
            // §3.50.2: off unless asked for.
            "defaultConfiguration": message.level == .off
                ? ["enabled": false] : ["level": .string(level(message.level))]
        ]
    }

    /// §3.11.5: a brace stands for itself when it is doubled.
    private func message(_ text: String) -> JSONValue {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            return ["text": .string(text)]
        }
        return ["text": .string(String(text.flatMap { $0 == "{" || $0 == "}" ? [$0, $0] : [$0] }))]
    }

    /// A file's text, as far as regions of it are concerned.
    private struct Text {
        let path: String
        let lines: LineIndex
        /// §3.30.2: columns do not count a byte order mark.
        let isMarked: Bool

        init(path: String, _ document: DocumentSource) {
            self.path = path
            lines = document.lines
            isMarked = document.tree.source.starts(with: [0xEF, 0xBB, 0xBF])
        }

        func column(_ position: TextPosition) -> JSONValue {
            JSONValue(isMarked && position.line == 0 ? max(position.character, 1) : position.character + 1)
        }
    }

    /// The sentence without the facts of a case: `{name}` as an ellipsis, `{count|one|many}` as many.
    private func template(_ words: String) -> String {
        var text = ""
        var rest = words[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let parts = rest[rest.index(after: open)..<close].split(separator: "|")
            // `{ }` is what is to be written.
            let isFact = parts.first?.first?.isLetter == true
            let words = parts.count > 1 ? String(parts[parts.count - 1]) : "…"
            text += rest[..<open] + (isFact ? words : String(rest[open...close]))
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func result(_ diagnostic: Diagnostic, _ text: Text) -> JSONValue {
        var result: JSONObject = [
            "ruleId": .string(diagnostic.code), "level": .string(level(diagnostic.severity)),
            "message": message(diagnostic.message(locale)),
            "locations": [["physicalLocation": location(text, diagnostic.range)]]
        ]
        if let number = numbers[diagnostic.code] { result["ruleIndex"] = JSONValue(number) }
        if !diagnostic.related.isEmpty {
            result["relatedLocations"] = .array(
                diagnostic.related.map { place in
                    [
                        "physicalLocation": location(text, place.range),
                        "message": message(place.message(locale))
                    ]
                })
        }
        let fixes = diagnostic.fixes.filter { !$0.edits.isEmpty }
        if !fixes.isEmpty { result["fixes"] = .array(fixes.map { fix($0, text) }) }
        return .object(result)
    }

    private func fix(_ fix: Fix, _ text: Text) -> JSONValue {
        [
            "description": message(fix.title(locale)),
            "artifactChanges": [
                [
                    "artifactLocation": artifact(text.path),
                    "replacements": .array(
                        fix.edits.map { edit in
                            [
                                "deletedRegion": region(edit.range, text),
                                "insertedContent": ["text": .string(edit.newText)]
                            ]
                        })
                ]
            ]
        ]
    }

    private func location(_ text: Text, _ range: Range<Int>) -> JSONValue {
        ["artifactLocation": artifact(text.path), "region": region(range, text)]
    }

    private func region(_ range: Range<Int>, _ text: Text) -> JSONValue {
        let (start, end) = text.lines.positions(of: range, encoding: .utf16)
        return [
            "startLine": JSONValue(start.line + 1), "startColumn": text.column(start),
            "endLine": JSONValue(end.line + 1), "endColumn": text.column(end)
        ]
    }

    private func artifact(_ path: String) -> JSONValue {
        let name = path == "-" ? "stdin" : path
        let kept = "-._~/!$&'()*+,;=@"
        var uri = name.hasPrefix("/") ? "file://" : ""
        for byte in name.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            if isPlain || kept.utf8.contains(byte) {
                uri.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                uri += "%" + String(repeating: "0", count: 2 - digits.count) + digits
            }
        }
        return ["uri": .string(uri)]
    }

    private func level(_ severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .information, .hint: "note"
        case .off: "none"
        }
    }
}
