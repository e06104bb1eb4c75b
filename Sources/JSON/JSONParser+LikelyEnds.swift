/// Strings that go on where JSON lets none go on: over a line break, or behind a quote that was meant as part of the text.
///
/// A later quote is taken for the end where the next member, or the end of the object or array, follows it. The bytes up to
/// there are looked at once, however many strings ask.
extension JSONParser {
    /// What is known of the quotes from an offset on.
    struct LikelyEnd {
        /// No answer is known yet for what is not in it.
        var scanned = 0..<0
        /// The quote that ends it; nil when something shows first that none does.
        var quote: Int?
    }

    static let quote = UInt8(ascii: "\"")

    /// Behind a string that the line ends in, when a later line closes it; nil when its quote is just missing.
    mutating func continued(
        _ text: Span<UInt8>, _ start: Int, _ lineEnd: Int, _ flags: JSONTree.Flags
    ) -> Int? {
        guard options.recovers, lineEnd < text.count, inObject ? isValue(text, start) : open != bottom,
            let last = likelyEnd(text, from: lineEnd)
        else { return nil }
        var flags = flags
        var mends = Mends()
        readOn(text, from: lineEnd, to: last, &flags, &mends)
        append(.string, start, last + 1, flags)
        report(mends, certain: mends.quotes == 0)
        return last + 1
    }

    /// Behind the string that ends at `at` only because a quote inside it was not escaped; nil when it ends there.
    mutating func innerQuotes(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> Int? {
        guard options.recovers, inObject, let node = nodes.last, node.kind == .string,
            node.flags.contains([.opened, .closed])
        else { return nil }
        let end = Int(node.end)
        let isGlued = end == at
        switch byte {
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "`"):
            return nil
        case Self.quote where !isGlued: return nil
        default: break
        }
        for place in end..<at where text[place] != 0x20 && text[place] != 0x09 { return nil }
        guard !Self.isBareName(text, at), let last = likelyEnd(text, from: at) else { return nil }
        var flags = node.flags
        var mends = Mends()
        readOn(text, from: end - 1, to: last, &flags, &mends)
        nodes[nodes.count - 1].end = UInt32(truncatingIfNeeded: last + 1)
        nodes[nodes.count - 1].flags = flags
        // Quotes in pairs around words cannot be anything else.
        report(
            mends,
            certain: isGlued && byte != Self.quote && mends.breaks == 0 && mends.quotes % 2 == 0)
        return last + 1
    }

    /// Whether what begins at `start` stands behind a colon.
    func isValue(_ text: Span<UInt8>, _ start: Int) -> Bool {
        let before = previousEnd(text, start)
        return before > beginning && text[before - 1] == UInt8(ascii: ":")
    }

    // MARK: The mend

    private struct Mends {
        private var apart: [TextEdit] = []
        /// All from the first edit to the last, with the edits made.
        private var range = 0..<0
        private var new: [UInt8] = []
        var quotes = 0
        var breaks = 0
        /// So many edits are kept apart; more are one, from the first to the last.
        private static let most = 16

        var first: Range<Int>? { apart.first?.range }
        var whole: Range<Int> { range }
        var edits: [TextEdit] {
            apart.count <= Self.most
                ? apart : [TextEdit(range: range, newText: String(decoding: new, as: UTF8.self))]
        }

        mutating func add(_ range: Range<Int>, _ newText: String, in text: Span<UInt8>) {
            if apart.isEmpty { self.range = range.lowerBound..<range.lowerBound }
            for at in self.range.upperBound..<range.lowerBound { new.append(text[at]) }
            new += newText.utf8
            self.range = self.range.lowerBound..<range.upperBound
            if apart.count <= Self.most { apart.append(TextEdit(range: range, newText: newText)) }
        }
    }

    /// Reads the rest of a string whose last quote is at `last`.
    private mutating func readOn(
        _ text: Span<UInt8>, from start: Int, to last: Int, _ flags: inout JSONTree.Flags,
        _ mends: inout Mends
    ) {
        var at = start
        while at < last {
            let byte = text[at]
            var length = 1
            switch byte {
            case Self.quote:
                mends.quotes += 1
                mends.add(at..<(at + 1), "\\\"", in: text)
            case 0x0A, 0x0D:
                if byte == 0x0D, at + 1 < last, text[at + 1] == 0x0A { length = 2 }
                mends.breaks += 1
                mends.add(at..<(at + length), "\\n", in: text)
            case 0..<0x20:
                var writer = JSONWriter()
                withUnsafeBytes(of: byte) { writer.appendEscaped($0) }
                mends.add(at..<(at + 1), writer.text, in: text)
            case UInt8(ascii: "\\"):
                flags.insert(.escaped)
                length = escape(text, at) - at
            case 0x80...:
                flags.insert(.beyondASCII)
                length = Self.sequenceLength(text, at)
                if length == 0 { length = invalidBytes(text, at) }
            default: break
            }
            at += length
        }
    }

    private mutating func report(_ mends: Mends, certain: Bool) {
        guard let first = mends.first else { return }
        report(
            mends.quotes > 0 ? .innerQuote : .controlCharacter, mends.quotes > 0 ? mends.whole : first,
            edits: mends.edits, certain: certain)
    }

    // MARK: The end

    mutating func likelyEnd(_ text: Span<UInt8>, from start: Int) -> Int? {
        let known = inObject ? likelyEnds.object : likelyEnds.array
        if known.scanned.contains(start) { return known.quote }
        let found = Self.scan(text, from: start, inObject: inObject)
        if inObject { likelyEnds.object = found } else { likelyEnds.array = found }
        return found.quote
    }

    private static func scan(_ text: Span<UInt8>, from start: Int, inObject: Bool) -> LikelyEnd {
        var at = start
        var startsLine = false
        while at < text.count {
            let byte = text[at]
            if startsLine, !isSpace(byte) {
                startsLine = false
                // What begins a member or ends an object shows that the string had ended before.
                let isEnd =
                    switch byte {
                    case quote: !isEnd(text, at, inObject: inObject)
                    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): true
                    case UInt8(ascii: "`"): isFence(text, at)
                    default: beginsMember(text, at)
                    }
                if isEnd { return LikelyEnd(scanned: start..<(at + 1)) }
            }
            switch byte {
            case quote:
                if isEnd(text, at, inObject: inObject) {
                    return LikelyEnd(scanned: start..<(at + 1), quote: at)
                }
                let next = skippingSpace(text, at + 1)
                // A list holds addresses, in which nobody quotes.
                if !inObject || next < text.count && text[next] == UInt8(ascii: ":") {
                    return LikelyEnd(scanned: start..<(at + 1))
                }
            case UInt8(ascii: "\\") where at + 1 < text.count && text[at + 1] >= 0x20: at += 1
            case 0x0A, 0x0D: startsLine = true
            default: break
            }
            at += 1
        }
        return LikelyEnd(scanned: start..<max(start + 1, text.count))
    }

    /// Whether what follows a quote is what follows the last quote of a string.
    static func isEnd(_ text: Span<UInt8>, _ at: Int, inObject: Bool) -> Bool {
        var next = skippingSpace(text, at + 1)
        guard next < text.count else { return false }
        if text[next] == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return true }
        if text[next] == UInt8(ascii: ",") {
            next = skippingSpace(text, next + 1)
            guard next < text.count else { return false }
            guard inObject else {
                return text[next] == quote || text[next] == UInt8(ascii: "{")
                    || text[next] == UInt8(ascii: "]")
            }
            return text[next] == UInt8(ascii: "}") || isName(text, next)
        }
        // The next member on a line of its own, its comma forgotten.
        guard inObject, isName(text, next) else { return false }
        for place in (at + 1)..<next where text[place] == 0x0A || text[place] == 0x0D { return true }
        return false
    }

    /// Whether a name without quotes, a colon and a value begin a line.
    static func beginsMember(_ text: Span<UInt8>, _ at: Int) -> Bool {
        guard let colon = colon(text, behindBareName: at) else { return false }
        let value = skippingSpace(text, colon + 1)
        guard value < text.count else { return false }
        switch text[value] {
        case quote, UInt8(ascii: "'"), UInt8(ascii: "{"), UInt8(ascii: "["),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        default: return word(text, value, "true") || word(text, value, "false") || word(text, value, "null")
        }
    }

    static func skippingSpace(_ text: Span<UInt8>, _ at: Int) -> Int {
        var next = at
        while next < text.count, isSpace(text[next]) { next += 1 }
        return next
    }
}
