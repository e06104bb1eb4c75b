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
        let driver: JSONValue = [
            "name": "kling-server", "version": .string(version), "semanticVersion": .string(version),
            "rules": .array(rules.map { rule(for: $0.message) })
        ]
        return
            #"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":"#
            + driver.description + #"},"columnKind":"utf16CodeUnits","results":["#
    }

    func closing(_ totals: CheckTotals) -> String {
        "],\"invocations\":[{\"executionSuccessful\":\(totals.unread + totals.unwritten == 0)}]}]}\n"
    }

    func text(of file: CheckedFile) -> [UInt8] {
        var results: [JSONValue] = []
        switch file.outcome {
        case .unreadable: break
        case .checked(let document, let validation):
            results = validation.diagnostics.map { result($0, file.path, document.lines) }
        }
        if let trouble = file.trouble {
            results.append([
                "level": "error", "message": ["text": .string(trouble.words(locale))],
                "locations": [["physicalLocation": ["artifactLocation": artifact(file.path)]]]
            ])
        }
        return Array(results.map(\.description).joined(separator: ",").utf8)
    }

    private func rule(for message: Message) -> JSONValue {
        [
            "id": .string(message.code),
            "shortDescription": ["text": .string(template(message.words[locale]))],
            "defaultConfiguration": ["level": .string(level(message.level))]
        ]
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

    private func result(_ diagnostic: Diagnostic, _ path: String, _ lines: LineIndex) -> JSONValue {
        var result: JSONObject = [
            "ruleId": .string(diagnostic.code), "level": .string(level(diagnostic.severity)),
            "message": ["text": .string(diagnostic.message(locale))],
            "locations": [["physicalLocation": location(path, diagnostic.range, lines)]]
        ]
        if let number = numbers[diagnostic.code] { result["ruleIndex"] = JSONValue(number) }
        if !diagnostic.related.isEmpty {
            result["relatedLocations"] = .array(
                diagnostic.related.map { place in
                    [
                        "physicalLocation": location(path, place.range, lines),
                        "message": ["text": .string(place.message(locale))]
                    ]
                })
        }
        let fixes = diagnostic.fixes.filter { !$0.edits.isEmpty }
        if !fixes.isEmpty { result["fixes"] = .array(fixes.map { fix($0, path, lines) }) }
        return .object(result)
    }

    private func fix(_ fix: Fix, _ path: String, _ lines: LineIndex) -> JSONValue {
        [
            "description": ["text": .string(fix.title(locale))],
            "artifactChanges": [
                [
                    "artifactLocation": artifact(path),
                    "replacements": .array(
                        fix.edits.map { edit in
                            [
                                "deletedRegion": region(edit.range, lines),
                                "insertedContent": ["text": .string(edit.newText)]
                            ]
                        })
                ]
            ]
        ]
    }

    private func location(_ path: String, _ range: Range<Int>, _ lines: LineIndex) -> JSONValue {
        ["artifactLocation": artifact(path), "region": region(range, lines)]
    }

    private func region(_ range: Range<Int>, _ lines: LineIndex) -> JSONValue {
        let (start, end) = lines.positions(of: range, encoding: .utf16)
        return [
            "startLine": JSONValue(start.line + 1), "startColumn": JSONValue(start.character + 1),
            "endLine": JSONValue(end.line + 1), "endColumn": JSONValue(end.character + 1)
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
