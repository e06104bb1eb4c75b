import JSON
import KlingCore

/// Every code of the validator, with what it may say.
enum DiagnosticsDocument {
    static func json() -> JSONObject {
        var document: JSONObject = ["title": "Diagnostics"]
        SchemaLanguage.both.put(words, as: "description", into: &document)
        document["codes"] = .array(entries.map { .object(json(of: $0)) })
        return document
    }

    private static let words = LocalizedText(
        en:
            "Every code, stable. A sentence holds facts in braces: {name} is replaced by the fact of that name, "
            + "{count|shot|shots} by the first word when the fact is 1 and by the second otherwise.",
        zh: "全部诊断代码，保持稳定。句子中的花括号为变量：{name} 替换为对应内容；{count|shot|shots} 在值为 1 时取前者，否则取后者。")

    /// A code and its sentences.
    struct Entry {
        let code: String
        var sentences: [Message]

        /// The gravest level that it comes with.
        var level: Severity { sentences.map(\.level).max() ?? .off }
    }

    static let entries: [Entry] = {
        var entries: [Entry] = []
        for message in Message.all {
            if let index = entries.firstIndex(where: { $0.code == message.code }) {
                entries[index].sentences.append(message)
            } else {
                entries.append(Entry(code: message.code, sentences: [message]))
            }
        }
        return entries
    }()

    private static func json(of entry: Entry) -> JSONObject {
        [
            "code": .string(entry.code), "level": .string(entry.level.rawValue),
            "sentences": .array(entry.sentences.map { .object(json(of: $0)) })
        ]
    }

    private static func json(of message: Message) -> JSONObject {
        [
            "level": .string(message.level.rawValue), "en": .string(message.words.en),
            "zh": .string(message.words.zh), "source": .string(source(of: message))
        ]
    }

    /// A sentence without a source of its own cites the line of the page about the parameter at hand.
    private static func source(of message: Message) -> String {
        message.source
            ?? Catalog.standard.sources(of: message).map(\.description).joined(separator: "; ")
    }
}
