import Foundation
import JSON
import KlingCore
import Testing

/// The exact words of every sentence in both languages: `Tests/labelled/messages.en.txt` and
/// `messages.zh.txt`, one line `code: sentence` for each, of the shortest label that calls for it.
///
/// After a change of words, `KLING_WRITE_GOLDEN=1 swift test --filter ValidationGoldenTests` writes both files
/// anew; read the difference before it is committed.
@Suite struct ValidationGoldenTests {
    /// For what no line of text can hold.
    private static let others: [Validation] = [
        Validator.standard.validate(document: JSONTree([0x22, 0xFF, 0x22])),
        Validator.standard.validate(document: JSONTree(Array(repeating: UInt8(ascii: "["), count: 600))),
        Validator.standard.validate(
            document: JSONTree("[[[5]],[[5]]]", options: JSONOptions(maximumCount: 3))),
        ValidationOutsideTests.validator.validate(
            text: #"{"model":"otter-1","prompt":"a","grain":4,"loops":[1,2,3]}"#),
        Validator.standard.validate(
            text:
                "{\"model\":\"kling-v3\",\"prompt\":\"a\",\"shots\":\"\(String(repeating: "x", count: 5000))\"}"
        ),
        Validator.standard.validate(
            text: "[" + Array(repeating: "5", count: 1500).joined(separator: ",") + "]")
    ]

    /// A diagnostic of each message, from the shortest label that has one, in the order of the table.
    static func examples() -> [(message: Message, example: Diagnostic?)] {
        var first: [Message: Diagnostic] = [:]
        let labels = labelledSet.sorted { ($0.bytes.count, $0.text) < ($1.bytes.count, $1.text) }
        for validation in labels.map({ $0.validate() }) + others {
            for found in validation.diagnostics where first[found.sentence] == nil {
                first[found.sentence] = found
            }
        }
        return Message.all.filter { !$0.code.hasPrefix("submit.") }.map { ($0, first[$0]) }
    }

    @Test("every message is said by a label")
    func complete() {
        for (message, example) in Self.examples() {
            #expect(example != nil, "\(message.code): \(message.words.en)")
        }
    }

    @Test("every sentence reads as it was approved", arguments: KlingCore.Locale.allCases)
    func sentences(_ locale: KlingCore.Locale) throws {
        let lines = Self.examples().compactMap { _, example in
            example.map { "\($0.code): \($0.message(locale))" }
        }
        let file = LabelledFiles.folder.appending(path: "messages.\(locale.rawValue).txt")
        if ProcessInfo.processInfo.environment["KLING_WRITE_GOLDEN"] == "1" {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        }
        let approved = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let difference = lines.difference(from: approved).map { change in
            switch change {
            case .remove(_, let line, _): "- \(line)"
            case .insert(_, let line, _): "+ \(line)"
            }
        }
        #expect(difference.isEmpty, "\(difference.joined(separator: "\n"))")
    }
}
