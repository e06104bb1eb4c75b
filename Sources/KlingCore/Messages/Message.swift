/// One sentence the validator can say: its code, its level unless told otherwise, and the words in every
/// language.
///
/// Words hold facts in braces: `{name}` is replaced by the fact of that name, `{count|shot|shots}` by the
/// first word when the fact is 1 and by the second otherwise.
package struct Message: Sendable, Hashable {
    /// Stable; several sentences may share one.
    package let code: String
    package let level: Severity
    package let words: LocalizedText
    /// Where the rule comes from; nil when it is the line of the parameter concerned.
    package let source: String?

    package init(_ code: String, _ level: Severity, source: String? = nil, en: String, zh: String) {
        self.code = code
        self.level = level
        self.source = source
        words = LocalizedText(en: en, zh: zh)
    }
}

/// Words with the facts that belong in them.
package struct Phrase: Sendable, Hashable {
    package let words: LocalizedText
    package let facts: Facts

    init(_ words: LocalizedText, _ facts: Facts = [:]) {
        self.words = words
        self.facts = facts
    }

    package func text(_ locale: Locale) -> String {
        withUTF8(locale) { String(decoding: $0, as: UTF8.self) }
    }

    /// The text as bytes, which are there while `body` runs.
    func withUTF8<Result>(_ locale: Locale, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var template = words[locale]
        return template.withUTF8 { template in
            guard template.contains(Self.open) else { return body(template) }
            var text: [UInt8] = []
            text.reserveCapacity(template.count + 64)
            fill(template, locale, into: &text)
            return text.withUnsafeBufferPointer(body)
        }
    }

    private static let open = UInt8(ascii: "{")

    private func fill(_ template: UnsafeBufferPointer<UInt8>, _ locale: Locale, into text: inout [UInt8]) {
        var rest = template[...]
        while let brace = rest.firstIndex(of: Self.open) {
            text += rest[..<brace]
            // Braces that a sentence shows, `{ }`, hold no name.
            guard let close = rest[brace...].firstIndex(of: UInt8(ascii: "}")),
                close > brace + 1, URLExamination.isWordByte(rest[brace + 1])
            else {
                text.append(Self.open)
                rest = rest[(brace + 1)...]
                continue
            }
            let start = text.count
            append(rest[(brace + 1)..<close], locale, to: &text)
            rest = rest[(close + 1)...]
            if locale == .zh { Self.space(&text, from: start, next: rest.first) }
        }
        text += rest
    }

    /// A space between a Chinese character and a Latin letter, digit or sign on either side of a fact: only
    /// the fact says on which sides one is needed.
    private static func space(_ text: inout [UInt8], from start: Int, next: UInt8?) {
        guard start < text.count else { return }
        if let next, isChinese(next), isLatin(text[text.count - 1], unless: "([{") {
            text.append(UInt8(ascii: " "))
        }
        if start > 2, isChinese(text[start - 3]), isLatin(text[start], unless: ",.;:!?)]}") {
            text.insert(UInt8(ascii: " "), at: start)
        }
    }

    /// Whether a character of U+4000 to U+9FFF begins with this byte.
    private static func isChinese(_ byte: UInt8) -> Bool { (0xE4...0xE9).contains(byte) }

    private static func isLatin(_ byte: UInt8, unless signs: StaticString) -> Bool {
        guard (0x21...0x7E).contains(byte) else { return false }
        return signs.withUTF8Buffer { !$0.contains(byte) }
    }

    /// What stands for `name` or `name|one|many`.
    private func append(_ place: Slice<UnsafeBufferPointer<UInt8>>, _ locale: Locale, to text: inout [UInt8])
    {
        guard place.contains(UInt8(ascii: "|")) else {
            if let fact = facts[String(decoding: place, as: UTF8.self)] { text += fact.text(locale).utf8 }
            return
        }
        let parts = place.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        let fact = facts[String(decoding: parts[0], as: UTF8.self)]
        if parts.count == 3 { text += fact == .int(1) ? parts[1] : parts[2] }
    }
}

/// What a sentence is about, before it is a sentence.
package struct Facts: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var names: [String] = []
    private var values: [Fact] = []

    package init(dictionaryLiteral elements: (String, Fact)...) {
        for (name, value) in elements {
            names.append(name)
            values.append(value)
        }
    }

    /// The same with one more.
    func with(_ name: String, _ fact: Fact) -> Facts {
        var facts = self
        facts[name] = fact
        return facts
    }

    package subscript(name: String) -> Fact? {
        get { names.firstIndex(of: name).map { values[$0] } }
        set {
            if let index = names.firstIndex(of: name) {
                names.remove(at: index)
                values.remove(at: index)
            }
            guard let newValue else { return }
            names.append(name)
            values.append(newValue)
        }
    }
}

package enum Fact: Sendable, Hashable {
    case int(Int)
    /// Text of the request or a name; long text is cut.
    case text(String)
    /// Alternatives, joined by "or".
    case anyOf([String])
    /// Things that all hold, joined by "and".
    case all([String])
    case type(JSONType)
    /// A part of the sentence.
    case words(LocalizedText)

    /// Text from outside is shown up to this many characters.
    static let longest = 60

    func text(_ locale: Locale) -> String {
        switch self {
        case .int(let value): String(value)
        case .text(let text): Self.shortened(text)
        case .anyOf(let words):
            locale == .en ? Self.list(words, ", ", " or ") : Self.list(words, "、", " 或 ")
        case .all(let words):
            locale == .en ? Self.list(words, ", ", " and ") : Self.list(words, "、", " 和 ")
        case .type(let type): Self.word(type)[locale]
        case .words(let words): words[locale]
        }
    }

    /// A length of time in whole minutes, rounded up.
    static func length(_ time: Duration) -> LocalizedText {
        let minutes = max(1, Int((time.seconds / 60).rounded(.up)))
        guard minutes >= 60 else { return LocalizedText(en: "\(minutes) min", zh: " \(minutes) 分钟") }
        let (hours, rest) = (minutes / 60, minutes % 60)
        guard rest > 0 else { return LocalizedText(en: "\(hours) h", zh: " \(hours) 小时") }
        return LocalizedText(en: "\(hours) h \(rest) min", zh: " \(hours) 小时 \(rest) 分钟")
    }

    /// The first characters of a long text; control characters show as spaces.
    static func shortened(_ text: String, to longest: Int = longest) -> String {
        // The usual case needs no look at the characters.
        if text.utf8.count <= longest, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < longest else {
                result.append("…")
                break
            }
            result.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
            count += 1
        }
        return String(result)
    }

    private static func list(_ words: [String], _ comma: String, _ joint: String) -> String {
        let words = words.map { shortened($0) }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: comma) + joint + last
    }

    private static func word(_ type: JSONType) -> LocalizedText {
        switch type {
        case .null: LocalizedText(en: "null", zh: "null")
        case .boolean: LocalizedText(en: "true or false", zh: "true 或 false")
        case .number: LocalizedText(en: "a number", zh: "数字")
        case .string: LocalizedText(en: "a string in quotes", zh: "带引号的字符串")
        case .array: LocalizedText(en: "a list in [ ]", zh: "[ ] 列表")
        case .object: LocalizedText(en: "an object in { }", zh: "{ } 对象")
        }
    }
}
