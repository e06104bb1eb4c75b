/// Finds references in the bytes of a text.
struct PromptScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> PromptReference? {
        while position < bytes.count {
            skipPlainText()
            guard position < bytes.count else { break }
            let start = position
            guard bytes[position] == UInt8(ascii: "@") else {
                if PromptBracket(bytes, at: start, opening: true) != nil, let found = tag() { return found }
                if position == start { position += 1 }
                continue
            }
            position += 1
            // "a@b" is an e-mail address.
            if start > 0, Self.isWord(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") {
                continue
            }
            let end = nameEnd(from: position)
            guard end > position else { continue }
            return PromptReference(kind: .name, range: position..<end)
        }
        return nil
    }

    /// Goes on to the next byte that can begin a reference: `@`, or a bracket of any script.
    private mutating func skipPlainText() {
        position = ByteScan.first(in: bytes, from: position) { block in
            // `[` and `{` differ in one bit, and so do the first bytes of `«` and `‹`.
            let either = block | 0x20
            return ByteScan.places(of: 0x3C, in: block) .| ByteScan.places(of: 0x40, in: block)
                .| ByteScan.places(of: 0x26, in: block) .| ByteScan.places(of: 0x7B, in: either)
                .| ByteScan.places(of: 0xE2, in: either) .| ByteScan.places(of: 0xE3, in: block)
                .| ByteScan.places(of: 0xEF, in: block)
        }
    }

    /// The end of the name at `start`: letters and marks of any script, digits, `_`, `-` and emoji. A name of Latin letters ends
    /// where another script begins, since Chinese writes no space between words.
    private func nameEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] >= 0x80 else { return end }
        let text = String(decoding: bytes[start..<min(bytes.count, start + 240)], as: UTF8.self)
        end = start
        var isLatin = false
        for character in text {
            guard Self.isName(character) else { break }
            if isLatin, Self.isOtherScript(character) { break }
            if end == start { isLatin = !Self.isOtherScript(character) && !Self.isEmoji(character) }
            end += character.utf8.count
        }
        return min(end, bytes.count)
    }

    static func isWord(_ byte: UInt8) -> Bool {
        URLExamination.isWordByte(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// Whether a name may hold the character.
    static func isName(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first, first != "\u{FFFD}" else { return false }
        if first.value < 0x80 { return isWord(UInt8(first.value)) || isEmoji(character) }
        switch first.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            return true
        default: return first.properties.isAlphabetic || isEmoji(character)
        }
    }

    private static func isEmoji(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" }
    }

    /// Whether a letter is of a script beyond Latin.
    static func isOtherScript(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first, first.properties.isAlphabetic else { return false }
        return first.value >= 0x370 && !(0x1E00...0x1EFF).contains(first.value)
    }
}
