import Foundation
import JSON
import KlingCore
import Testing

/// Everything else that is reported of each label, beside code and path: `Tests/labelled/findings/TOPIC.txt` holds the severity,
/// the sentence, the range, the allowed values, the related places, the source and the fixes.
///
/// `KLING_WRITE_GOLDEN=1 swift test --filter FindingsGoldenTests` writes the files anew; read the difference before it is
/// committed. Labels are named by their text, not by their line, so that a new label leaves all others as they are.
@Suite struct FindingsGoldenTests {
    @Test(
        "every finding has the severity, range, values, places, source and fixes that were approved",
        arguments: LabelledFiles.topics)
    func findings(_ topic: String) throws {
        let labels = try LabelledFiles.read(topic)
        let lines = labels.flatMap(Self.lines)
        let file = LabelledFiles.folder.appending(path: "findings/\(topic).txt")
        if ProcessInfo.processInfo.environment["KLING_WRITE_GOLDEN"] == "1" {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        }
        let approved = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        guard lines != approved else { return }
        let difference = lines.difference(from: approved).prefix(40).map { change in
            switch change {
            case .remove(_, let line, _): "- \(line)"
            case .insert(_, let line, _): "+ \(line)"
            }
        }
        Issue.record("\(topic):\n\(difference.joined(separator: "\n"))")
    }

    @Test("every word that people use for a parameter is taken for the one that was approved")
    func words() throws {
        let file = LabelledFiles.folder.appending(path: "findings/words.txt")
        let approved = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let lines = approved.map { line in
            let parts = line.split(separator: " ").prefix(2).map(String.init)
            let text = "{\"model\":\"\(parts[0])\",\"prompt\":\"a\",\"\(parts[1])\":[[7]]}"
            let found = Validator.standard.validate(text: text).diagnostics.first {
                $0.path == JSONPointer(tokens: [parts[1]])
            }
            let named = found?.message(.en).split(separator: "`", omittingEmptySubsequences: false)
                .enumerated()
                .first { $0.offset % 2 == 1 && $0.element != parts[1] }?.element
            return "\(parts[0]) \(parts[1]) -> \(named ?? "nothing")"
        }
        if ProcessInfo.processInfo.environment["KLING_WRITE_GOLDEN"] == "1" {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        }
        #expect(lines == approved, "\(lines.difference(from: approved))")
    }

    /// A label's findings; none when it has none.
    private static func lines(_ label: Labelled) -> [String] {
        let found = label.validate().diagnostics
        guard !found.isEmpty else { return [] }
        return [title(label)] + found.flatMap { lines($0, label) }
    }

    private static func title(_ label: Labelled) -> String {
        var title = label.bytes.isEmpty ? "(empty)" : shown(label.bytes[...], to: 160)
        if label.json.comments { title += "  (jsonc)" }
        if label.json.isLines { title += "  (jsonl)" }
        if label.options.strict { title += "  (strict)" }
        for (code, level) in label.options.severities.sorted(by: { $0.key < $1.key }) {
            title += "  (\(code): \(level))"
        }
        return title
    }

    private static func lines(_ found: Diagnostic, _ label: Labelled) -> [String] {
        var lines = [
            "  \(found.severity) \(name(found.sentence)) \(found.path) at \(place(found.range, label)), by \(found.source)"
        ]
        if let allowed = found.allowed { lines.append("    allowed \(allowed)") }
        for other in found.related {
            lines.append("    see \(other.path) at \(place(other.range, label)): \(other.message(.en))")
        }
        for fix in found.fixes {
            lines.append("    \(fix.isPreferred ? "preferred fix" : "fix"): \(oneLine(fix.title(.en)))")
        }
        return lines
    }

    /// The code, and which of its sentences it is when it has several.
    private static func name(_ message: Message) -> String {
        let same = Message.all.filter { $0.code == message.code }
        guard same.count > 1, let number = same.firstIndex(of: message) else { return message.code }
        return "\(message.code)#\(number + 1)"
    }

    private static func place(_ range: Range<Int>, _ label: Labelled) -> String {
        "\(range.lowerBound) [\(shown(label.bytes[range.clamped(to: 0..<label.bytes.count)], to: 40))]"
    }

    /// The beginning and the end of a long text, on one line.
    private static func shown(_ bytes: ArraySlice<UInt8>, to longest: Int) -> String {
        let text = oneLine(String(decoding: bytes, as: UTF8.self))
        guard text.count > longest else { return text }
        return "\(text.prefix(longest * 3 / 4)) … \(text.suffix(longest / 4))"
    }

    private static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            line.append(
                scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar == "\u{2028}"
                    ? "⏎" : scalar)
        }
        return String(line)
    }
}
