/// Signs of another keyboard where JSON wants its own: `：` for `:`, a no-break space for a space.
///
/// Such a text is read with the ordinary signs in their place, each padded with spaces to the length of what it stands for, so
/// that all positions are those of the text itself.
extension JSONParser {
    /// Reads a broken text once more where such signs are among what is wrong.
    mutating func readForeignSigns(_ text: Span<UInt8>, from start: Int) {
        guard options.recovers, !problems.isEmpty, var plain = Self.plain(text, from: start) else { return }
        for _ in 0..<2 {
            startAgain()
            readAll(plain.span, from: start)
            guard restoreContent(&plain, text) else { return reportForeignSigns(plain.span, text) }
        }
        startAgain()
        readAll(text, from: start)
    }

    /// Takes back what lies inside strings, bare words and comments, where it is content; whether there was any.
    private func restoreContent(_ plain: inout [UInt8], _ text: Span<UInt8>) -> Bool {
        var isAny = false
        func restore(_ range: Range<Int>) {
            for at in range where plain[at] != text[at] {
                plain[at] = text[at]
                isAny = true
            }
        }
        for node in nodes where node.kind == .string || node.kind == .invalid {
            restore(Int(node.start)..<Int(node.end))
        }
        for comment in comments { restore(comment) }
        return isAny
    }

    // MARK: Problems

    private mutating func reportForeignSigns(_ plain: Span<UInt8>, _ text: Span<UInt8>) {
        problems = problems.map { Self.widened($0, plain, text) }
        // What a mend replaces anyway needs no other sign first.
        var replaced = problems.flatMap(\.edits).map(\.range).filter { !$0.isEmpty }
            .sorted { $0.lowerBound < $1.lowerBound }[...]
        var doubtful = doubtful[...]
        var at = 0
        while at < text.count {
            guard plain[at] != text[at], let sign = Self.foreignSign(text, at) else {
                at += 1
                continue
            }
            let start = at
            at += sign.length
            var edit = TextEdit(range: start..<at, newText: sign.newText)
            if sign.isSpace { edit = Self.spaces(text, from: start, &at) }
            while let first = replaced.first, first.upperBound <= start { replaced.removeFirst() }
            if let first = replaced.first, first.lowerBound < edit.range.upperBound { continue }
            while let first = doubtful.first, first.upperBound <= start { doubtful.removeFirst() }
            let isDoubted =
                options.isLines ? doubtful.first.map { $0.lowerBound <= start } ?? false : start >= doubt
            keep(
                SyntaxProblem(
                    kind: sign.isSpace ? .otherSpace : .wrongSign, range: edit.range, edits: [edit],
                    isCertain: !isDoubted))
        }
    }

    /// The mend of the spaces from one foreign one to the last on the line with nothing but spaces between.
    private static func spaces(_ text: Span<UInt8>, from start: Int, _ end: inout Int) -> TextEdit {
        var new = ""
        var pending = ""
        var at = start
        while at < text.count {
            if text[at] == 0x20 || text[at] == 0x09 {
                pending.append(text[at] == 0x20 ? " " : "\t")
                at += 1
            } else if let sign = foreignSign(text, at), sign.isSpace {
                new += pending + sign.newText
                pending = ""
                at += sign.length
                end = at
            } else {
                break
            }
        }
        return TextEdit(range: start..<end, newText: new)
    }

    /// A problem with no part of a sign left out.
    private static func widened(_ problem: SyntaxProblem, _ plain: Span<UInt8>, _ text: Span<UInt8>)
        -> SyntaxProblem
    {
        func isInside(_ at: Int) -> Bool {
            at < text.count && plain[at] != text[at] && text[at] & 0xC0 == 0x80
        }
        func widened(_ range: Range<Int>) -> Range<Int> {
            var (start, end) = (range.lowerBound, range.upperBound)
            while isInside(end) { end += 1 }
            if range.isEmpty { return end..<end }
            while isInside(start) { start -= 1 }
            return start..<end
        }
        return SyntaxProblem(
            kind: problem.kind, range: widened(problem.range),
            edits: problem.edits.map { TextEdit(range: widened($0.range), newText: $0.newText) },
            isCertain: problem.isCertain)
    }

    // MARK: Signs

    struct ForeignSign {
        let length: Int
        /// What JSON has for it.
        let byte: UInt8
        let newText: String
        var isSpace: Bool { byte == 0x20 }
        /// Whether an entry ends before it.
        var isEnd: Bool {
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        }

        fileprivate init(_ length: Int, _ byte: UInt8, _ newText: String? = nil) {
            self.length = length
            self.byte = byte
            self.newText = newText ?? String(UnicodeScalar(byte))
        }
    }

    /// The sign at `at` that people write where JSON has another; nil for anything else.
    static func foreignSign(_ text: Span<UInt8>, _ at: Int) -> ForeignSign? {
        guard text[at] >= 0xC2, at + 1 < text.count else { return nil }
        if text[at] == 0xC2 {
            return text[at + 1] == 0xA0
                ? ForeignSign(2, 0x20) : text[at + 1] == 0x85 ? ForeignSign(2, 0x20, "\n") : nil
        }
        guard at + 2 < text.count else { return nil }
        switch UInt32(text[at]) << 16 | UInt32(text[at + 1]) << 8 | UInt32(text[at + 2]) {
        // ： ﹕
        case 0xEFBC9A, 0xEFB995: return ForeignSign(3, UInt8(ascii: ":"))
        // ， ﹐ 、 ；
        case 0xEFBC8C, 0xEFB990, 0xE38081, 0xEFBC9B: return ForeignSign(3, UInt8(ascii: ","))
        case 0xEFBD9B: return ForeignSign(3, UInt8(ascii: "{"))
        case 0xEFBD9D: return ForeignSign(3, UInt8(ascii: "}"))
        // ［ 【 〔
        case 0xEFBCBB, 0xE38090, 0xE38094: return ForeignSign(3, UInt8(ascii: "["))
        case 0xEFBCBD, 0xE38091, 0xE38095: return ForeignSign(3, UInt8(ascii: "]"))
        // U+3000, U+2000…U+200A, U+202F, U+205F, U+1680
        case 0xE38080, 0xE28080...0xE2808A, 0xE280AF, 0xE2819F, 0xE19A80: return ForeignSign(3, 0x20)
        case 0xE280A8, 0xE280A9: return ForeignSign(3, 0x20, "\n")
        // Without width: U+200B…U+200F, U+202A…U+202E, U+2060, U+FEFF
        case 0xE2808B...0xE2808F, 0xE280AA...0xE280AE, 0xE281A0, 0xEFBBBF: return ForeignSign(3, 0x20, "")
        default: return nil
        }
    }

    // MARK: The plain text

    /// The text with ordinary signs for those that stand outside strings, by a look at its words alone; nil when there are none.
    private static func plain(_ text: Span<UInt8>, from start: Int) -> [UInt8]? {
        var plain: [UInt8]?
        var at = start
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                let lineEnd = quotedEnd(text, at + 1) { byte == text[$0] }
                let end = laterEnd(text, from: lineEnd) ?? lineEnd
                at = swallowedComma(text, (at + 1)..<end) ?? end
            } else if isFence(text, at) {
                at += 3
            } else if byte == UInt8(ascii: "/"), let end = commentEnd(text, at)?.end {
                at = end
            } else if let sign = foreignSign(text, at) {
                if plain == nil { plain = copy(text) }
                for offset in 0..<sign.length { plain?[at + offset] = 0x20 }
                // A bracket begins where the sign does; all else ends where it does.
                let opens = sign.byte == UInt8(ascii: "{") || sign.byte == UInt8(ascii: "[")
                plain?[opens ? at : at + sign.length - 1] = sign.byte
                at += sign.length
            } else if quoteLength(text, at) > 0 {
                let pair = quoteClass(text, at)
                at = quotedEnd(text, at + quoteLength(text, at)) { quoteClass(text, $0) == pair }
            } else if isNameByte(byte) || byte >= 0x80 {
                at = wordEnd(text, at)
            } else {
                at += 1
            }
        }
        return plain
    }

    private static func copy(_ text: Span<UInt8>) -> [UInt8] {
        text.withUnsafeBufferPointer { Array($0) }
    }

    /// Behind the quote that ends a string, or where its line ends.
    private static func quotedEnd(_ text: Span<UInt8>, _ start: Int, isQuote: (Int) -> Bool) -> Int {
        var at = start
        while at < text.count, text[at] != 0x0A, text[at] != 0x0D {
            if isQuote(at) { return at + max(1, quoteLength(text, at)) }
            at += text[at] == UInt8(ascii: "\\") && at + 1 < text.count && text[at + 1] >= 0x20 ? 2 : 1
        }
        return at
    }

    /// Behind the quote that ends a string on a later line, when the string goes on over the line end at `lineEnd`.
    private static func laterEnd(_ text: Span<UInt8>, from lineEnd: Int) -> Int? {
        guard lineEnd < text.count, text[lineEnd] == 0x0A || text[lineEnd] == 0x0D else { return nil }
        var at = lineEnd
        var startsLine = true
        while at < text.count, text[at] != UInt8(ascii: "\"") {
            if text[at] == 0x0A || text[at] == 0x0D {
                startsLine = true
            } else if startsLine, !isSpace(text[at]) {
                startsLine = false
                if endsEntry(text, at) || isFence(text, at) || beginsMember(text, at) { return nil }
            }
            at += text[at] == UInt8(ascii: "\\") && at + 1 < text.count && text[at + 1] >= 0x20 ? 2 : 1
        }
        let next = skippingSpace(text, at + 1)
        return next < text.count && endsEntry(text, next) ? at + 1 : nil
    }

    private static func endsEntry(_ text: Span<UInt8>, _ at: Int) -> Bool {
        switch text[at] {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): true
        default: foreignSign(text, at)?.isEnd ?? false
        }
    }

    /// The comma in what the quote of the next name ends, the string's own being missing.
    private static func swallowedComma(_ text: Span<UInt8>, _ content: Range<Int>) -> Int? {
        guard endsName(text, content.upperBound) else { return nil }
        var end = content.upperBound - 1
        while end > content.lowerBound, isSpace(text[end - 1]) { end -= 1 }
        if end > content.lowerBound, text[end - 1] == UInt8(ascii: ",") { return end - 1 }
        let start = end - 3
        guard start >= content.lowerBound, foreignSign(text, start)?.byte == UInt8(ascii: ",") else {
            return nil
        }
        return start
    }

    /// The end of a word or number without quotes; of text, also a sign before which an entry clearly ends.
    private static func wordEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < text.count, isNameByte(text[at]) || text[at] == UInt8(ascii: ".") { at += 1 }
        guard at < text.count, text[at] >= 0x80, foreignSign(text, at) == nil else {
            return max(at, start + 1)
        }
        while at < text.count, text[at] >= 0x20, text[at] != UInt8(ascii: "\""),
            text[at] != UInt8(ascii: ","),
            text[at] != UInt8(ascii: "}"), text[at] != UInt8(ascii: "]"), text[at] != UInt8(ascii: ":")
        {
            if let sign = foreignSign(text, at), sign.isEnd {
                let next = at + sign.length
                if next == text.count || text[next] < 0x21 || text[next] == UInt8(ascii: "\"")
                    || foreignSign(text, next) != nil || quoteLength(text, next) > 0
                {
                    return at
                }
            }
            at += 1
        }
        return at
    }
}
