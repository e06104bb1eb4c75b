/// A quote that is missing on a line that goes on, and names that stand alone: what is read there says where it belongs.
extension JSONParser {
    /// The comma at the end of the string just read, when what follows shows that the string had to end before it:
    /// `"a, "b": 1`. The string ends there then.
    mutating func unclosedValue(_ text: Span<UInt8>, _ at: Int) -> Int? {
        guard let content = gluedContent(at) else { return nil }
        var end = content.upperBound
        while end > content.lowerBound, Self.isSpace(text[end - 1]) { end -= 1 }
        guard end > content.lowerBound, text[end - 1] == UInt8(ascii: ","),
            inObject ? Self.endsName(text, at) : likelyEnd(text, from: at) != nil
        else { return nil }
        let comma = end - 1
        end = comma
        while end > content.lowerBound, Self.isSpace(text[end - 1]) { end -= 1 }
        closeString(at: end)
        return comma
    }

    /// The colon in the string just read as a name, when its quote is missing before it: `"a: "b"`. The name ends there then.
    mutating func unclosedName(_ text: Span<UInt8>, _ at: Int) -> Int? {
        guard let content = gluedContent(at),
            let colon = Self.colon(text, behindBareName: content.lowerBound),
            colon < content.upperBound
        else { return nil }
        var end = colon
        while Self.isSpace(text[end - 1]) { end -= 1 }
        closeString(at: end)
        return colon
    }

    /// Between the quotes of the string that ends at `at`, if one does.
    private func gluedContent(_ at: Int) -> Range<Int>? {
        guard options.recovers, let node = nodes.last, node.kind == .string, Int(node.end) == at,
            node.flags.contains([.opened, .closed])
        else { return nil }
        return (Int(node.start) + 1)..<(at - 1)
    }

    private mutating func closeString(at end: Int) {
        let last = nodes.count - 1
        let start = Int(nodes[last].start)
        nodes[last].end = UInt32(truncatingIfNeeded: end)
        nodes[last].flags.remove(.closed)
        report(.missingQuote, start..<end, edits: [TextEdit(range: end..<end, newText: "\"")])
    }

    /// Whether the rest of a name, its quote and a colon stand at `at`.
    static func endsName(_ text: Span<UInt8>, _ at: Int) -> Bool {
        let limit = min(text.count, at + longestName)
        var end = at
        while end < limit, isNameByte(text[end]) { end += 1 }
        guard end > at, end < limit, text[end] == quote else { return false }
        let next = skippingSpace(text, end + 1)
        guard next < text.count else { return false }
        return text[next] == UInt8(ascii: ":") || foreignSign(text, next)?.byte == UInt8(ascii: ":")
    }

    // MARK: Opening quotes

    /// Behind a name that has its last quote only: `a": 1`.
    mutating func halfQuotedName(_ text: Span<UInt8>, _ name: Range<Int>) -> Int? {
        let end = name.upperBound
        guard end < text.count, text[end] == Self.quote else { return nil }
        let next = Self.skippingSpace(text, end + 1)
        guard next < text.count, text[next] == UInt8(ascii: ":") else { return nil }
        return halfQuoted(text, name)
    }

    /// Behind a value that has its last quote only: `b", "c": 1`.
    mutating func halfQuotedValue(_ text: Span<UInt8>, _ value: Range<Int>) -> Int? {
        let end = value.upperBound
        guard end < text.count, text[end] == Self.quote, open != bottom,
            Self.isEnd(text, end, inObject: inObject)
        else { return nil }
        return halfQuoted(text, value)
    }

    private mutating func halfQuoted(_ text: Span<UInt8>, _ words: Range<Int>) -> Int? {
        guard Self.isUTF8(text, words) else { return nil }
        var flags: JSONTree.Flags = .closed
        for at in words {
            if text[at] == UInt8(ascii: "\\") || text[at] < 0x20 { return nil }
            if text[at] >= 0x80 { flags.insert(.beyondASCII) }
        }
        let start = words.lowerBound
        append(.string, start, words.upperBound + 1, flags)
        report(
            .missingOpeningQuote, start..<(words.upperBound + 1),
            edits: [TextEdit(range: start..<start, newText: "\"")])
        return words.upperBound + 1
    }

    // MARK: Without a value

    /// Whether an entry ends at `at`.
    func endsEntry(_ text: Span<UInt8>, _ at: Int) -> Bool {
        let next = Self.skippingSpace(text, at)
        guard next < text.count else { return true }
        return text[next] == UInt8(ascii: ",") || text[next] == UInt8(ascii: "}")
            || text[next] == UInt8(ascii: "]")
    }

    /// Behind dots that stand for members left out.
    mutating func ellipsis(_ text: Span<UInt8>, _ at: Int, _ state: State) -> (Int, State)? {
        var end = at
        while end < text.count, text[end] == UInt8(ascii: ".") { end += 1 }
        if end == at, end + 2 < text.count, text[end] == 0xE2, text[end + 1] == 0x80, text[end + 2] == 0xA6 {
            end += 3
        }
        guard end > at + 1, endsEntry(text, end) else { return nil }
        let next = Self.skippingSpace(text, end)
        if next < text.count, text[next] == UInt8(ascii: ",") {
            report(.straySign, at..<end, edits: [TextEdit(range: at..<(next + 1), newText: "")])
            return (next + 1, state)
        }
        let before = previousEnd(text, at)
        let start = state == .name && before > 0 && text[before - 1] == UInt8(ascii: ",") ? before - 1 : at
        report(.straySign, at..<end, edits: [TextEdit(range: start..<end, newText: "")])
        return (end, .separator)
    }
}
