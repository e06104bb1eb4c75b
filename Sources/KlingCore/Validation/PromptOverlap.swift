/// Phrases of one text, between commas and the like, that another text holds as whole words and does not itself negate.
///
/// Upper and lower case are taken as the same, and so are `cat` and `cats`, and one character however it is composed.
enum PromptOverlap {
    static func forEach(
        of excluded: UnsafeRawBufferPointer, in wanted: UnsafeRawBufferPointer,
        _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        guard FoldedText.isNeeded(for: excluded) || FoldedText.isNeeded(for: wanted) else {
            return forEachPhrase(of: excluded, in: wanted, body)
        }
        var symbols: [Character: Int] = [:]
        let phrases = FoldedText(excluded, &symbols)
        let text = FoldedText(wanted, &symbols)
        phrases.bytes.withUnsafeBytes { folded in
            text.bytes.withUnsafeBytes { other in
                forEachPhrase(of: folded, in: other) { body(phrases.original($0), text.original($1)) }
            }
        }
    }

    private static func forEachPhrase(
        of excluded: UnsafeRawBufferPointer, in wanted: UnsafeRawBufferPointer,
        _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        var start = 0
        var phrases = 0
        while start < excluded.count, phrases < 50 {
            let (end, next) = separator(excluded, from: start)
            let phrase = core(of: start..<end, in: excluded)
            if phrase.count > 1,
                let found = occurrence(of: UnsafeRawBufferPointer(rebasing: excluded[phrase]), in: wanted),
                saysSomething(phrase, in: excluded)
            {
                body(phrase, found)
            }
            start = max(next, end + 1)
            phrases += 1
        }
    }

    /// The phrase without the white space around it and without a "no" before it.
    private static func core(of range: Range<Int>, in text: UnsafeRawBufferPointer) -> Range<Int> {
        var phrase = range
        while let last = phrase.last, text[last] <= 0x20 { phrase = phrase.lowerBound..<last }
        while let first = phrase.first {
            switch text[first] | 0x20 {
            case _ where text[first] <= 0x20: phrase = (first + 1)..<phrase.upperBound
            case UInt8(ascii: "n"), UInt8(ascii: "w"), UInt8(ascii: "a"):
                let word = Words.first(of: phrase, in: text)
                guard Words.isNegation(word, in: text) else { return phrase }
                phrase = word.upperBound..<phrase.upperBound
            default: return phrase
            }
        }
        return phrase
    }

    /// Whether there is more to a phrase than words such as "the", and single letters.
    private static func saysSomething(_ phrase: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
        var rest = phrase
        while let first = rest.first {
            let word = Words.first(of: rest, in: text)
            // Beyond ASCII one character may be a word.
            if word.isEmpty, text[first] >= 0x80 { return true }
            if word.count > 1, !Words.isStopWord(word, in: text) { return true }
            rest = max(word.upperBound, first + 1)..<rest.upperBound
        }
        return false
    }

    /// Where the next separator begins and ends; the count for both when there is none.
    private static func separator(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (Int, Int) {
        var at = start
        while true {
            at = ByteScan.first(in: bytes, from: at) { block in
                ByteScan.places(of: 0x2C, in: block) .| ByteScan.places(of: 0x3B, in: block)
                    .| ByteScan.places(of: 0x2E, in: block) .| ByteScan.places(of: 0x0A, in: block)
                    .| ByteScan.places(of: 0xEF, in: block) .| ByteScan.places(of: 0xE3, in: block)
            }
            guard at < bytes.count else { return (bytes.count, bytes.count) }
            let end = separatorEnd(bytes, at: at)
            if end > at { return (at, end) }
            at += 1
        }
    }

    /// Behind a comma, semicolon, full stop or line end at `offset`, of either script; `offset` when there is
    /// none.
    private static func separatorEnd(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch bytes[offset] {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "."), 0x0A: return offset + 1
        case 0xEF where offset + 2 < bytes.count && bytes[offset + 1] == 0xBC:
            // U+FF0C and U+FF1B
            return bytes[offset + 2] == 0x8C || bytes[offset + 2] == 0x9B ? offset + 3 : offset
        case 0xE3 where offset + 2 < bytes.count && bytes[offset + 1] == 0x80:
            // U+3001 and U+3002
            return bytes[offset + 2] == 0x81 || bytes[offset + 2] == 0x82 ? offset + 3 : offset
        default: return offset
        }
    }

    /// The first place where a text asks for the phrase.
    private static func occurrence(of phrase: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer)
        -> Range<Int>?
    {
        func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte }
        // The plural's s is looked for or not.
        let isPlural =
            phrase.count > 3 && lower(phrase[phrase.count - 1]) == UInt8(ascii: "s")
            && lower(phrase[phrase.count - 2]) != UInt8(ascii: "s")
        let stem = isPlural ? phrase.count - 1 : phrase.count
        guard text.count >= stem, stem > 1, let head = phrase.first else { return nil }
        let (first, second) = (lower(head), lower(phrase[1]))
        let last = text.count - stem
        var start = 0
        while true {
            // The other case of the same letter, or the same byte again.
            start = ByteScan.first(in: text, from: start) { block, next in
                (ByteScan.places(of: first, in: block) .| ByteScan.places(of: upper(first), in: block))
                    .& (ByteScan.places(of: second, in: next) .| ByteScan.places(of: upper(second), in: next))
            }
            guard start <= last else { return nil }
            defer { start += 1 }
            var length = 1
            while length < stem, lower(text[start + length]) == lower(phrase[length]) { length += 1 }
            guard length == stem else { continue }
            var end = start + length
            if end < text.count, lower(text[end]) == UInt8(ascii: "s"), isPlural || stem > 2 {
                if Words.isBoundary(end + 1, in: text) { end += 1 }
            }
            guard Words.isBoundary(start, in: text), Words.isBoundary(end, in: text),
                !Words.isNegated(start..<end, in: text)
            else { continue }
            return start..<end
        }
    }
}

/// A text in which every character beyond ASCII that may be composed in several ways is one symbol; other characters stand as
/// they are.
private struct FoldedText {
    private(set) var bytes: [UInt8] = []
    /// Of each byte, the offset in the text; and the end.
    private var offsets: [Int] = []

    /// Whether a text holds combining marks (their first bytes), or letters made of several.
    static func isNeeded(for text: UnsafeRawBufferPointer) -> Bool {
        let found = ByteScan.first(in: text, from: 0) { block in
            ByteScan.places(of: 0xCC, in: block) .| ByteScan.places(of: 0xCD, in: block)
                .| ByteScan.places(of: 0xE1, in: block)
        }
        return found < text.count
    }

    init(_ text: UnsafeRawBufferPointer, _ symbols: inout [Character: Int]) {
        bytes.reserveCapacity(text.count)
        offsets.reserveCapacity(text.count + 1)
        var offset = 0
        for character in String(decoding: text, as: UTF8.self) {
            let length = character.utf8.count
            if character.isASCII || Self.stands(character) {
                for (index, byte) in character.utf8.enumerated() {
                    bytes.append(byte)
                    offsets.append(offset + index)
                }
            } else {
                let name = Character(character.lowercased().first.map { String($0) } ?? " ")
                let symbol = symbols[name] ?? symbols.count
                symbols[name] = symbol
                // Read as a letter of two bytes, with one more to tell them apart.
                bytes += [0xDE, 0x80 | UInt8(symbol >> 6 & 0x3F), 0x80 | UInt8(symbol & 0x3F)]
                offsets += [offset, offset, offset]
            }
            offset += length
        }
        offsets.append(offset)
    }

    /// Chinese and its punctuation: one scalar that nothing composes.
    private static func stands(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first, character.unicodeScalars.count == 1 else {
            return false
        }
        return first.properties.isIdeographic || !first.properties.isAlphabetic
    }

    func original(_ range: Range<Int>) -> Range<Int> { offsets[range.lowerBound]..<offsets[range.upperBound] }
}

/// Words of a prompt, by their bytes.
private enum Words {
    private static let negations: [StaticString] = ["no", "without", "not", "never", "avoid", "avoiding"]
    private static let stopWords: [StaticString] = [
        "the", "an", "and", "or", "of", "in", "on", "at", "to", "with", "for", "by", "is", "are", "it", "its",
        "any", "as", "from", "this", "that", "be", "very", "more", "too"
    ]
    /// What may stand between a negation and the word.
    private static let articles: [StaticString] = ["a", "an", "the", "any", "more"]

    /// In Chinese, what is written directly before the word; and what may stand between.
    private static let chineseNegations: [StaticString] = ["不", "没有", "无", "不要", "避免", "禁止", "不能有", "不含"]
    private static let chineseFillers: [StaticString] = ["出现", "任何", "有", "包含", "显示"]

    /// The word of ASCII letters that a range begins with; empty when it begins with something else.
    static func first(of range: Range<Int>, in text: UnsafeRawBufferPointer) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound, isLetter(text[end]) { end += 1 }
        // A letter of another script follows: part of the word.
        if end < range.upperBound, !isBoundary(end, in: text) { return range.lowerBound..<range.lowerBound }
        return range.lowerBound..<end
    }

    static func isNegation(_ word: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
        isOne(of: negations, word, in: text)
    }

    static func isStopWord(_ word: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
        isOne(of: stopWords, word, in: text) || isOne(of: articles, word, in: text)
    }

    /// Whether a word is said not to be wanted: "no rain", "free of rain", "rain-free", "不要出现雨".
    static func isNegated(_ place: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
        if isNegatedInChinese(place.lowerBound, in: text) { return true }
        var word = wordBefore(place.lowerBound, in: text)
        // At most a few words before it: "without any of the rain" says enough.
        for _ in 0..<3 {
            if isOne(of: negations, word, in: text) { return true }
            if isOne(of: ["of", "from"], word, in: text) {
                return isOne(of: ["free"], wordBefore(word.lowerBound, in: text), in: text)
            }
            guard isOne(of: articles, word, in: text) else { break }
            word = wordBefore(word.lowerBound, in: text)
        }
        let end = min(place.upperBound + 5, text.count)
        return end == place.upperBound + 5 && text[place.upperBound] == UInt8(ascii: "-")
            && isOne(of: ["free"], (place.upperBound + 1)..<end, in: text)
    }

    private static func isNegatedInChinese(_ start: Int, in text: UnsafeRawBufferPointer) -> Bool {
        var end = start
        while end > 0, text[end - 1] == 0x20 { end -= 1 }
        guard end > 0, text[end - 1] >= 0x80 else { return false }
        for _ in 0..<2 {
            if chineseNegations.contains(where: { endsWith($0, end, in: text) }) { return true }
            guard let filler = chineseFillers.first(where: { endsWith($0, end, in: text) }) else { break }
            end -= filler.utf8CodeUnitCount
        }
        return chineseNegations.contains { endsWith($0, end, in: text) }
    }

    private static func endsWith(_ word: StaticString, _ end: Int, in text: UnsafeRawBufferPointer) -> Bool {
        word.withUTF8Buffer { wanted in
            end >= wanted.count && wanted.indices.allSatisfy { text[end - wanted.count + $0] == wanted[$0] }
        }
    }

    /// The word of ASCII letters before an offset, only spaces between; empty when there is none.
    private static func wordBefore(_ offset: Int, in text: UnsafeRawBufferPointer) -> Range<Int> {
        var end = offset
        while end > 0, text[end - 1] == 0x20 { end -= 1 }
        var start = end
        while start > 0, isLetter(text[start - 1]), end - start < 12 { start -= 1 }
        return start..<end
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isOne(of words: [StaticString], _ place: Range<Int>, in text: UnsafeRawBufferPointer)
        -> Bool
    {
        words.contains { word in
            word.withUTF8Buffer { wanted in
                wanted.count == place.count && zip(place, wanted).allSatisfy { text[$0] | 0x20 == $1 }
            }
        }
    }

    /// Whether no word goes on across an offset.
    static func isBoundary(_ offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
        guard offset > 0, offset < text.count else { return true }
        var before = offset - 1
        while before > 0, text[before] & 0xC0 == 0x80, offset - before < 4 { before -= 1 }
        return !isWordStart(text[before]) || !isWordStart(text[offset])
    }

    /// Whether a character that begins with this byte is part of a word: ASCII, and the letters of two bytes.
    private static func isWordStart(_ byte: UInt8) -> Bool {
        URLExamination.isWordByte(byte) || (0xC3...0xDF).contains(byte)
    }
}
