import JSON

/// What a prompt refers to, with the bytes that say it.
struct PromptReference: Sendable {
    enum Kind: Sendable, Hashable {
        /// `<<<image_N>>>`, exactly.
        case tag(Tag, Int)
        /// Looks like a tag and is none; what it should be.
        case mistyped(Tag, String)
        /// `@`, with the text that follows it.
        case name
    }

    enum Tag: String, Sendable, CaseIterable { case image, video, element }

    let kind: Kind
    /// Bytes of the scanned text; of a name, without the `@`.
    let range: Range<Int>

    /// Of a name, the bytes with the `@`, which may be an escape in the source.
    var withSign: Range<Int> { max(0, range.lowerBound - 1)..<range.upperBound }
}

/// Finds references in the bytes of a text.
struct PromptScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> PromptReference? {
        while position < bytes.count {
            skipPlainText()
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "<"), 0xE3, 0xEF, 0xC2:
                let start = position
                if Self.bracket(bytes, at: start, opening: true) != nil, let found = tag() { return found }
                if position == start { position += 1 }
            case UInt8(ascii: "@"):
                let start = position
                position += 1
                // "a@b" is an e-mail address.
                if start > 0, Self.isWord(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") {
                    continue
                }
                let end = nameEnd(from: position)
                guard end > position else { continue }
                return PromptReference(kind: .name, range: position..<end)
            default: position += 1
            }
        }
        return nil
    }

    /// Goes on to the next byte that can begin a reference: `@`, or a bracket of any script.
    private mutating func skipPlainText() {
        position = ByteScan.first(in: bytes, from: position) { block in
            ByteScan.places(of: 0x3C, in: block) .| ByteScan.places(of: 0x40, in: block)
                .| ByteScan.places(of: 0xC2, in: block) .| ByteScan.places(of: 0xE3, in: block)
                .| ByteScan.places(of: 0xEF, in: block)
        }
    }

    /// Reads `<<<image_1>>>` and everything that resembles it; leaves the position behind the opening
    /// brackets when there is nothing of the kind.
    private mutating func tag() -> PromptReference? {
        let start = position
        var inner = start
        var opened = 0
        var isExact = true
        while let length = Self.bracket(bytes, at: inner, opening: true) {
            if length != 1 { isExact = false }
            inner += length
            opened += 1
        }
        position = inner
        var cursor = inner
        skipSpaces(&cursor)
        if cursor != inner { isExact = false }
        guard let (tag, wordEnd, wordIsExact) = word(at: cursor) else { return nil }
        cursor = wordEnd
        if !wordIsExact { isExact = false }
        let separator = cursor
        while cursor < bytes.count, bytes[cursor] == 0x5F || bytes[cursor] == 0x2D || bytes[cursor] == 0x20 {
            cursor += 1
        }
        if cursor - separator != 1 || bytes[separator] != UInt8(ascii: "_") { isExact = false }
        let digits = cursor
        var number = 0
        while cursor < bytes.count, (0x30...0x39).contains(bytes[cursor]) {
            number = min(number * 10 + Int(bytes[cursor] - 0x30), 1_000_000)
            cursor += 1
        }
        let isNumbered = cursor > digits
        if !isNumbered {
            // `<<<image>>>`, or the page's own `<<<image_N>>>` copied as it stands.
            guard opened >= 2 else { return nil }
            if cursor < bytes.count, bytes[cursor] | 0x20 == UInt8(ascii: "n") { cursor += 1 }
            isExact = false
        }
        if cursor - digits > 1, bytes[digits] == 0x30 { isExact = false }
        let beforeClose = cursor
        skipSpaces(&cursor)
        if cursor != beforeClose { isExact = false }
        var closed = 0
        var end = cursor
        while let length = Self.bracket(bytes, at: end, opening: false), closed < opened || opened < 3 {
            if length != 1 { isExact = false }
            end += length
            closed += 1
        }
        guard closed > (number == 0 && !isNumbered ? 1 : 0) else { return nil }
        position = end
        // More brackets than three around it still hold the exact form inside.
        if isExact, opened >= 3, closed >= 3 {
            return PromptReference(kind: .tag(tag, number), range: (inner - 3)..<(cursor + 3))
        }
        return PromptReference(
            kind: .mistyped(tag, "<<<\(tag.rawValue)_\(max(number, 1))>>>"), range: start..<end)
    }

    private func skipSpaces(_ cursor: inout Int) {
        while cursor < bytes.count, bytes[cursor] == 0x20 { cursor += 1 }
    }

    private func word(at start: Int) -> (PromptReference.Tag, end: Int, isExact: Bool)? {
        for (text, tag): (StaticString, PromptReference.Tag) in [
            ("image", .image), ("video", .video), ("element", .element), ("img", .image)
        ] {
            let count = text.utf8CodeUnitCount
            guard start + count <= bytes.count else { continue }
            let (same, exact) = text.withUTF8Buffer { wanted in
                var same = true
                var exact = true
                for offset in 0..<count {
                    if bytes[start + offset] != wanted[offset] { exact = false }
                    if bytes[start + offset] | 0x20 != wanted[offset] { same = false }
                }
                return (same, exact)
            }
            guard same else { continue }
            // "images" is the same slip.
            let plural = start + count < bytes.count && bytes[start + count] | 0x20 == UInt8(ascii: "s")
            return (tag, start + count + (plural ? 1 : 0), exact && !plural && count != 3)
        }
        return nil
    }

    /// Bytes of an angle bracket at `offset`, the wide and typographic ones included.
    private static func bracket(_ bytes: UnsafeRawBufferPointer, at offset: Int, opening: Bool) -> Int? {
        guard offset < bytes.count else { return nil }
        func follows(_ second: UInt8, _ third: UInt8) -> Bool {
            offset + 2 < bytes.count && bytes[offset + 1] == second && bytes[offset + 2] == third
        }
        switch bytes[offset] {
        case UInt8(ascii: "<"): return opening ? 1 : nil
        case UInt8(ascii: ">"): return opening ? nil : 1
        case 0xEF: return follows(0xBC, opening ? 0x9C : 0x9E) ? 3 : nil
        case 0xE3:
            return follows(0x80, opening ? 0x8A : 0x8B) || follows(0x80, opening ? 0x88 : 0x89) ? 3 : nil
        case 0xC2: return offset + 1 < bytes.count && bytes[offset + 1] == (opening ? 0xAB : 0xBB) ? 2 : nil
        default: return nil
        }
    }

    /// The end of the name at `start`: a run of letters, digits, `_` and `-`; or, of another script, of
    /// letters up to white space or punctuation.
    private func nameEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        if end > start { return end }
        let text = String(decoding: bytes[start..<min(bytes.count, start + 120)], as: UTF8.self)
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x80, scalar.properties.isAlphabetic, scalar != "\u{FFFD}" else { break }
            end += String(scalar).utf8.count
        }
        return min(end, bytes.count)
    }

    static func isWord(_ byte: UInt8) -> Bool {
        URLExamination.isWordByte(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}

extension JSONTree {
    /// Calls `body` with the content of a string, escapes resolved.
    func withContent<Result>(_ index: Index, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if isEscaped(index) {
            var text = string(index) ?? ""
            return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        }
        let range = contentRange(index)
        return source.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The bytes of the source that say bytes of a string's content.
    func sourceRange(_ range: Range<Int>, inContentOf index: Index) -> Range<Int> {
        let content = contentRange(index)
        guard isEscaped(index) else {
            let start = min(content.lowerBound + range.lowerBound, content.upperBound)
            return start..<min(max(start, content.lowerBound + range.upperBound), content.upperBound)
        }
        var decoder = EscapeDecoder(position: content.lowerBound, end: content.upperBound)
        var decoded = 0
        var start: Int?
        var end = content.lowerBound
        while decoded < range.upperBound, let piece = decoder.next(in: source) {
            if decoded >= range.lowerBound, start == nil { start = piece.range.lowerBound }
            decoded += String(piece.scalar).utf8.count
            end = piece.range.upperBound
        }
        return min(start ?? end, end)..<end
    }

    /// Every reference in a prompt; empty, without an allocation, for a prompt that has none.
    func references(_ index: Index) -> [PromptReference] {
        withContent(index) { bytes in
            var scanner = PromptScanner(bytes)
            var found: [PromptReference] = []
            while found.count < 64, let reference = scanner.next() { found.append(reference) }
            return found
        }
    }

    /// Whether a prompt names a picture by tag, exactly.
    func refersToImage(_ index: Index) -> Bool {
        withContent(index) { bytes in
            var scanner = PromptScanner(bytes)
            while let reference = scanner.next() {
                if case .tag(.image, _) = reference.kind { return true }
            }
            return false
        }
    }

    func content(_ index: Index, _ range: Range<Int>) -> String {
        withContent(index) { String(decoding: $0[range.clamped(to: 0..<$0.count)], as: UTF8.self) }
    }
}
