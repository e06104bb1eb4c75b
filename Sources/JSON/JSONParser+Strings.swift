/// Strings: their end, and what can be wrong inside them.
extension JSONParser {
    /// Reads the string that begins at `start`, appends its node, and returns where it ends.
    @inline(__always) mutating func string(_ text: Span<UInt8>, _ start: Int) -> Int {
        let bytes = text.bytes
        var at = start &+ 1
        var flags: JSONTree.Flags = [.opened, .closed]
        while true {
            at = Self.plainTextEnd(bytes, from: at, &flags)
            guard at < text.count else { return unterminated(text, start, at, flags) }
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                at &+= 1
                append(.string, start, at, flags)
                return at
            } else if byte >= 0x80 {
                flags.insert(.beyondASCII)
                while at < text.count && text[at] >= 0x80 {
                    let length = Self.sequenceLength(text, at)
                    at &+= length > 0 ? length : invalidBytes(text, at)
                }
            } else if byte == UInt8(ascii: "\\") {
                flags.insert(.escaped)
                at = escape(text, at)
            } else if byte < 0x20 {
                if byte == 0x0A || byte == 0x0D { return unterminated(text, start, at, flags) }
                at = controlCharacter(text, at)
            } else {
                at &+= 1
            }
        }
    }

    /// The length of the UTF-8 sequence at `at`, which begins with a byte beyond ASCII; 0 when it is none
    /// (Unicode Standard, table 3-7).
    @inline(__always) static func sequenceLength(_ text: Span<UInt8>, _ at: Int) -> Int {
        let lead = text[at]
        let rest = text.count &- at
        func continues(_ offset: Int) -> Bool { text[at &+ offset] & 0xC0 == 0x80 }
        if lead >= 0xE0, lead < 0xF0 {
            guard rest >= 3, continues(1), continues(2) else { return 0 }
            let second = text[at &+ 1]
            return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ? 0 : 3
        }
        if lead >= 0xC2, lead < 0xE0 { return rest >= 2 && continues(1) ? 2 : 0 }
        if lead >= 0xF0, lead < 0xF5 {
            guard rest >= 4, continues(1), continues(2), continues(3) else { return 0 }
            let second = text[at &+ 1]
            return (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90) ? 0 : 4
        }
        return 0
    }

    /// Behind the escape at `at` (RFC 8259 §7).
    @inline(__always) mutating func escape(_ text: Span<UInt8>, _ at: Int) -> Int {
        guard at &+ 1 < text.count else { return badEscape(text, at) }
        switch text[at &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "n"), UInt8(ascii: "t"),
            UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            return at &+ 2
        case UInt8(ascii: "u"):
            return unicodeEscape(text, at)
        default:
            return badEscape(text, at)
        }
    }

    /// Behind a `\u` escape with its four digits, or both halves of a surrogate pair.
    mutating func unicodeEscape(_ text: Span<UInt8>, _ at: Int) -> Int {
        guard let unit = Self.codeUnit(text, at) else { return badEscape(text, at) }
        switch unit {
        case 0xD800..<0xDC00:
            if let low = Self.codeUnit(text, at + 6), (0xDC00..<0xE000).contains(low) { return at + 12 }
            report(.loneSurrogate, at..<(at + 6))
        case 0xDC00..<0xE000:
            report(.loneSurrogate, at..<(at + 6))
        default: break
        }
        return at + 6
    }

    static func codeUnit(_ text: Span<UInt8>, _ at: Int) -> UInt32? {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = hexadecimal(text[at + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    @inline(never) mutating func badEscape(_ text: Span<UInt8>, _ at: Int) -> Int {
        guard at + 1 < text.count, text[at + 1] >= 0x20 else {
            report(.badEscape, at..<(at + 1), "\\\\")
            return at + 1
        }
        var end = at + 2
        if text[at + 1] == UInt8(ascii: "u") {
            while end < text.count, end < at + 6, Self.hexadecimal(text[end]) != nil { end += 1 }
        } else if text[at + 1] >= 0x80 {
            end = at + 1 + max(1, Self.sequenceLength(text, at + 1))
        }
        // `\'` means the quote itself; any other backslash most likely means a backslash.
        let meant = text[at + 1] == UInt8(ascii: "'") ? "'" : "\\\\" + Self.string(text, (at + 1)..<end)
        report(.badEscape, at..<end, meant, certain: meant == "'")
        return end
    }

    @inline(never) mutating func controlCharacter(_ text: Span<UInt8>, _ at: Int) -> Int {
        let byte = text[at]
        var writer = JSONWriter()
        withUnsafeBytes(of: byte) { writer.appendEscaped($0) }
        report(.controlCharacter, at..<(at + 1), writer.text, certain: true)
        return at + 1
    }

    /// Reports the bytes at `at`, which begin no UTF-8 sequence, and returns how many they are.
    @inline(never) mutating func invalidBytes(_ text: Span<UInt8>, _ at: Int) -> Int {
        var end = at + 1
        while end < text.count, text[end] & 0xC0 == 0x80, end < at + 4 { end += 1 }
        report(.invalidUTF8, at..<end)
        return end - at
    }

    /// A string that the line or the text ends in. A comma and brackets at the end of the line most likely
    /// belong behind the quote that is missing.
    @inline(never) mutating func unterminated(
        _ text: Span<UInt8>, _ start: Int, _ lineEnd: Int, _ flags: JSONTree.Flags
    ) -> Int {
        if let end = continued(text, start, lineEnd, flags) { return end }
        var end = Self.withoutEnds(text, (start + 1)..<lineEnd)
        if inObject, let colon = Self.colon(text, behindBareName: start + 1), colon < end,
            !isValue(text, start)
        {
            end = colon
            while Self.isSpace(text[end - 1]) { end -= 1 }
        }
        report(.missingQuote, start..<end, edits: [TextEdit(range: end..<end, newText: "\"")])
        append(.string, start, end, flags.subtracting(.closed))
        return end
    }

    /// The end of what a line without its closing quote says, before white space, commas and brackets.
    private static func withoutEnds(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, isSpace(text[end - 1]) { end -= 1 }
        while end > range.lowerBound {
            switch text[end - 1] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09: end -= 1
            default: return end
            }
        }
        return end
    }

    /// A string in single, typographic or backquotes.
    mutating func wronglyQuoted(_ text: Span<UInt8>, _ start: Int, as kind: JSONTree.Kind) -> Int {
        let opener = Self.quoteLength(text, start)
        var at = start + opener
        let pair = Self.quoteClass(text, start)
        while at < text.count, text[at] != 0x0A, text[at] != 0x0D, Self.quoteClass(text, at) != pair {
            if text[at] == UInt8(ascii: "\\") { at += 1 }
            at += 1
        }
        at = min(at, text.count)
        let closer = at < text.count ? Self.quoteLength(text, at) : 0
        if closer == 0 { at = Self.withoutEnds(text, (start + opener)..<at) }
        let content = (start + opener)..<at
        let end = at + closer
        var writer = JSONWriter()
        let words = Self.string(text, content)
        writer.string(words)
        // An apostrophe may have been taken for the end; a backslash may be meant as an escape.
        let isWhole = closer > 0 && Self.endsValue(text, end) && !words.utf8.contains(UInt8(ascii: "\\"))
        report(.wrongQuote, start..<end, writer.text, certain: isWhole)
        append(kind, content.lowerBound, content.upperBound)
        return end
    }

    /// Single, double or backquotes, which go together; 0 for anything else.
    static func quoteClass(_ text: Span<UInt8>, _ at: Int) -> UInt8 {
        switch quoteLength(text, at) {
        case 0: 0
        case 1: text[at]
        default:
            text[at] == 0xE2 && text[at + 2] < 0x9C ? UInt8(ascii: "'") : UInt8(ascii: "\"")
        }
    }

    /// Whether a value or name may end at `at`.
    private static func endsValue(_ text: Span<UInt8>, _ at: Int) -> Bool {
        var next = at
        while next < text.count, isSpace(text[next]) { next += 1 }
        guard next < text.count else { return true }
        switch text[next] {
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"): return true
        default: return false
        }
    }

    /// The length of the quote at `at` that JSON does not know: `'`, `` ` ``, ‘ ’ “ ” (U+2018…U+201D), ＂, 「 」 『 』; 0 for
    /// anything else.
    static func quoteLength(_ text: Span<UInt8>, _ at: Int) -> Int {
        switch text[at] {
        case UInt8(ascii: "'"), UInt8(ascii: "`"): 1
        case 0xE2 where at + 2 < text.count && text[at + 1] == 0x80 && (0x98...0x9D).contains(text[at + 2]): 3
        case 0xEF where at + 2 < text.count && text[at + 1] == 0xBC && text[at + 2] == 0x82: 3
        case 0xE3 where at + 2 < text.count && text[at + 1] == 0x80 && (0x8C...0x8F).contains(text[at + 2]): 3
        default: 0
        }
    }

    static func string(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        for offset in range { bytes.append(text[offset]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
