/// A bracket in a prompt: `<`, and those that people write for it.
struct PromptBracket {
    enum Kind { case angle, square, curly }

    let kind: Kind
    let length: Int
    /// The one that the model reads.
    var isExact: Bool { kind == .angle && length == 1 }

    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int, opening: Bool) {
        func follows(_ open: StaticString, _ close: StaticString) -> Bool {
            (opening ? open : close).withUTF8Buffer { wanted in
                offset + 1 + wanted.count <= bytes.count
                    && wanted.indices.allSatisfy { bytes[offset + 1 + $0] == wanted[$0] }
            }
        }
        /// The same two continuation bytes, the last by side.
        func ends(_ second: UInt8, _ open: UInt8, _ close: UInt8) -> Bool {
            offset + 2 < bytes.count && bytes[offset + 1] == second
                && bytes[offset + 2] == (opening ? open : close)
        }
        guard offset < bytes.count else { return nil }
        switch bytes[offset] {
        case opening ? UInt8(ascii: "<") : UInt8(ascii: ">"): (kind, length) = (.angle, 1)
        case opening ? UInt8(ascii: "[") : UInt8(ascii: "]"): (kind, length) = (.square, 1)
        case opening ? UInt8(ascii: "{") : UInt8(ascii: "}"): (kind, length) = (.curly, 1)
        case UInt8(ascii: "&") where follows("lt;", "gt;"): (kind, length) = (.angle, 4)
        // « and »
        case 0xC2 where offset + 1 < bytes.count && bytes[offset + 1] == (opening ? 0xAB : 0xBB):
            (kind, length) = (.angle, 2)
        // ‹ and ›
        case 0xE2 where ends(0x80, 0xB9, 0xBA): (kind, length) = (.angle, 3)
        // 《 》, 〈 〉 and 【 】
        case 0xE3 where ends(0x80, 0x8A, 0x8B) || ends(0x80, 0x88, 0x89): (kind, length) = (.angle, 3)
        case 0xE3 where ends(0x80, 0x90, 0x91): (kind, length) = (.square, 3)
        // The wide forms of <, [ and {
        case 0xEF where ends(0xBC, 0x9C, 0x9E): (kind, length) = (.angle, 3)
        case 0xEF where ends(0xBC, 0xBB, 0xBD): (kind, length) = (.square, 3)
        case 0xEF where ends(0xBD, 0x9B, 0x9D): (kind, length) = (.curly, 3)
        default: return nil
        }
    }
}

extension PromptScanner {
    /// Reads `<<<image_1>>>` and everything that resembles it; leaves the position behind the opening
    /// brackets when there is nothing of the kind.
    mutating func tag() -> PromptReference? {
        let start = position
        var inner = start
        var opened = 0
        var isExact = true
        var kind: PromptBracket.Kind?
        while let bracket = PromptBracket(bytes, at: inner, opening: true),
            bracket.kind == kind ?? bracket.kind
        {
            kind = bracket.kind
            if !bracket.isExact { isExact = false }
            inner += bracket.length
            opened += 1
        }
        position = inner
        var cursor = inner
        skipSpaces(&cursor)
        if cursor != inner { isExact = false }
        guard let (tag, wordEnd, wordIsExact) = word(at: cursor) else { return nil }
        cursor = wordEnd
        var numbers: [Int] = []
        if let first = number(at: cursor) {
            if !wordIsExact || !first.isExact { isExact = false }
            cursor = first.end
            numbers = [first.value]
            while numbers.count < 8, let other = another(tag, at: cursor) {
                isExact = false
                cursor = other.end
                numbers.append(other.value)
            }
        } else {
            // `<<<image>>>`, or the page's own `<<<image_N>>>` copied as it stands.
            guard opened >= 2 else { return nil }
            skipSeparators(&cursor)
            if cursor < bytes.count, bytes[cursor] | 0x20 == UInt8(ascii: "n") { cursor += 1 }
            isExact = false
        }
        let beforeClose = cursor
        skipSpaces(&cursor)
        if cursor != beforeClose { isExact = false }
        var closed = 0
        var end = cursor
        while let bracket = PromptBracket(bytes, at: end, opening: false), bracket.kind == kind,
            closed < opened || opened < 3
        {
            if !bracket.isExact { isExact = false }
            end += bracket.length
            closed += 1
        }
        guard closed > (numbers.isEmpty ? 1 : 0) else { return nil }
        position = end
        // More brackets than three around it still hold the exact form inside.
        if isExact, opened >= 3, closed >= 3 {
            return PromptReference(kind: .tag(tag, numbers[0]), range: (inner - 3)..<(cursor + 3))
        }
        return PromptReference(kind: .mistyped(tag, numbers.isEmpty ? [1] : numbers), range: start..<end)
    }

    /// A tag without its brackets at the beginning: `image_1`, `Image1`; with its end.
    func bareTag() -> (tag: PromptReference.Tag, number: Int, end: Int)? {
        guard let (tag, wordEnd, _) = word(at: 0), let number = number(at: wordEnd) else { return nil }
        return (tag, number.value, number.end)
    }

    private func skipSpaces(_ cursor: inout Int) {
        while cursor < bytes.count, bytes[cursor] == 0x20 { cursor += 1 }
    }

    private func skipSeparators(_ cursor: inout Int) {
        while cursor < bytes.count {
            switch bytes[cursor] {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "): cursor += 1
            // The wide _
            case 0xEF where has("\u{FF3F}", at: cursor): cursor += 3
            default: return
            }
        }
    }

    private func has(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            offset + wanted.count <= bytes.count
                && wanted.indices.allSatisfy { Self.lower(bytes[offset + $0]) == wanted[$0] }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static let words: [(StaticString, PromptReference.Tag)] = [
        ("image", .image), ("video", .video), ("element", .element), ("img", .image), ("picture", .image),
        ("图片", .image), ("图像", .image), ("图", .image), ("视频", .video), ("主体", .element), ("元素", .element)
    ]

    private func word(at start: Int) -> (PromptReference.Tag, end: Int, isExact: Bool)? {
        for (text, tag) in Self.words where has(text, at: start) {
            let end = start + text.utf8CodeUnitCount
            // "images" is the same slip.
            let plural = end < bytes.count && bytes[end] | 0x20 == UInt8(ascii: "s")
            let isExact = tag.rawValue.utf8.elementsEqual(bytes[start..<end])
            return (tag, end + (plural ? 1 : 0), isExact && !plural)
        }
        return nil
    }

    private static let numerals: [(StaticString, Int)] = [
        ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("一", 1), ("二", 2), ("两", 2),
        ("三", 3), ("四", 4), ("五", 5)
    ]

    /// What a tag says behind its word: `_1`, and `1`, `-1`, `_01`, `_one`, or in wide digits.
    private func number(at start: Int) -> (value: Int, end: Int, isExact: Bool)? {
        var cursor = start
        skipSeparators(&cursor)
        var isExact = cursor - start == 1 && bytes[start] == UInt8(ascii: "_")
        let digits = cursor
        var value = 0
        while cursor < bytes.count {
            if (0x30...0x39).contains(bytes[cursor]) {
                value = min(value * 10 + Int(bytes[cursor] - 0x30), 1_000_000)
                cursor += 1
            } else if bytes[cursor] == 0xEF, cursor + 2 < bytes.count, bytes[cursor + 1] == 0xBC,
                (0x90...0x99).contains(bytes[cursor + 2])
            {
                value = min(value * 10 + Int(bytes[cursor + 2] - 0x90), 1_000_000)
                cursor += 3
                isExact = false
            } else {
                break
            }
        }
        if cursor > digits {
            return (value, cursor, isExact && (cursor - digits == 1 || bytes[digits] != 0x30))
        }
        for (text, value) in Self.numerals where has(text, at: digits) {
            return (value, digits + text.utf8CodeUnitCount, false)
        }
        return nil
    }

    /// One more of the same in the same brackets: `, image_2`, `和2`.
    private func another(_ tag: PromptReference.Tag, at start: Int) -> (value: Int, end: Int)? {
        var cursor = start
        skipSpaces(&cursor)
        let signs: [StaticString] = [",", ";", "/", "&", "+", "and ", "，", "、", "；", "和"]
        guard let sign = signs.first(where: { has($0, at: cursor) }) else { return nil }
        cursor += sign.utf8CodeUnitCount
        skipSpaces(&cursor)
        if let (other, end, _) = word(at: cursor) {
            guard other == tag else { return nil }
            cursor = end
        }
        return number(at: cursor).map { ($0.value, $0.end) }
    }
}
