/// What to do when something else comes than must: report it, and go on where the writer most likely meant to
/// be.
///
/// Every way out of `recover` has read at least a byte or moved to a state that will.
extension JSONParser {
    /// - Parameter certain: whether the mend is what was meant, if what stands before was read as it was meant.
    mutating func report(
        _ kind: SyntaxProblem.Kind, _ range: Range<Int>, edits: [TextEdit] = [], certain: Bool = false
    ) {
        let isCertain = certain && !isInDoubt && !edits.isEmpty
        if !isCertain, !kind.isInString {
            isInDoubt = true
            doubt = min(doubt, edits.first?.range.lowerBound ?? range.lowerBound)
        }
        keep(SyntaxProblem(kind: kind, range: range, edits: edits, isCertain: isCertain))
        if !options.recovers { stopped = true }
    }

    mutating func keep(_ problem: SyntaxProblem) {
        if problems.count < Self.maximumProblems { problems.append(problem) } else { problemsLeftOut += 1 }
    }

    mutating func report(
        _ kind: SyntaxProblem.Kind, _ range: Range<Int>, _ replacement: String, certain: Bool = false
    ) {
        report(kind, range, edits: [TextEdit(range: range, newText: replacement)], certain: certain)
    }

    @inline(never) mutating func recover(_ text: Span<UInt8>, _ at: Int, _ state: State) -> (Int, State) {
        let byte = text[at]
        if byte == UInt8(ascii: "/"), let end = comment(text, at) { return (end, state) }
        if byte == UInt8(ascii: "`"), endsBlock(text, at) { return (text.count, state) }
        switch state {
        case .value, .firstElement: return recoverValue(text, at, byte, state)
        case .firstName, .name: return recoverName(text, at, byte, state)
        case .colon: return recoverColon(text, at, byte)
        case .separator: return recoverSeparator(text, at, byte)
        case .end: return recoverEnd(text, at, byte)
        }
    }

    private mutating func recoverEnd(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> (Int, State) {
        if let next = beyondValue(text, at, byte) { return next }
        var end = text.count
        while end > at + 1, Self.isSpace(text[end - 1]) { end -= 1 }
        let isAlone = end == at + 1
        if isAlone, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            // One too many of the kind that ends the text anyway; another kind may belong to a bracket forgotten in front.
            let isRepeated = at > 0 && text[previousEnd(text, at) - 1] == byte
            report(.strayBracket, at..<end, "", certain: isRepeated)
        } else {
            report(
                .strayText, at..<end, "",
                certain: isAlone && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")))
        }
        return (text.count, .end)
    }

    private mutating func recoverValue(
        _ text: Span<UInt8>, _ at: Int, _ byte: UInt8, _ state: State
    ) -> (Int, State) {
        switch byte {
        case UInt8(ascii: ",") where inObject, UInt8(ascii: "}") where inObject,
            UInt8(ascii: "]") where inObject:
            missingValue(text, at)
            return (at, .separator)
        case UInt8(ascii: "]") where open != bottom:
            trailingComma(text, at)
            return (at + 1, close(at + 1))
        case UInt8(ascii: "}") where open != bottom:
            if state == .value { trailingComma(text, at) }
            return mismatched(text, at)
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            report(.strayBracket, at..<(at + 1), "")
            return (at + 1, state)
        case UInt8(ascii: ","):
            report(.extraComma, at..<(at + 1), "", certain: true)
            return (at + 1, open == bottom ? state : .value)
        case UInt8(ascii: ":"):
            let isDouble = inObject && at > 0 && text[at - 1] == byte
            report(inObject ? .extraColon : .straySign, at..<(at + 1), "", certain: isDouble)
            return (at + 1, state)
        default:
            if open == bottom, let next = beforeValue(text, at) { return next }
            if !inObject { countChild() }
            if Self.quoteLength(text, at) > 0 { return (wronglyQuoted(text, at, as: .string), afterValue) }
            return (bareValue(text, at, byte), afterValue)
        }
    }

    private mutating func recoverName(
        _ text: Span<UInt8>, _ at: Int, _ byte: UInt8, _ state: State
    ) -> (Int, State) {
        switch byte {
        case UInt8(ascii: "}"):
            trailingComma(text, at)
            return (at + 1, close(at + 1))
        case UInt8(ascii: "]"):
            if state == .name { trailingComma(text, at) }
            return mismatched(text, at)
        case UInt8(ascii: ","):
            report(.extraComma, at..<(at + 1), "", certain: true)
            return (at + 1, state)
        case UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "["):
            report(.unquotedName, at..<(at + 1))
            countChild()
            append(.string, at, at)
            return (at, byte == UInt8(ascii: ":") ? .colon : .value)
        default:
            if let next = ellipsis(text, at, state) { return next }
            countChild()
            if Self.quoteLength(text, at) > 0 { return (wronglyQuoted(text, at, as: .string), .colon) }
            var end = at + 1
            while end < text.count, !Self.endsToken(text[end]), text[end] != UInt8(ascii: "="),
                text[end] != UInt8(ascii: "{"), text[end] != UInt8(ascii: "["),
                Self.quoteLength(text, end) == 0
            {
                end += 1
            }
            if let end = halfQuotedName(text, at..<end) { return (end, .colon) }
            guard !endsEntry(text, end) || !Self.isUTF8(text, at..<end) else {
                append(.string, at, end)
                missingValue(text, end, .loneName)
                return (end, .separator)
            }
            reportText(.unquotedName, text, at..<end, certain: Self.isBareName(text, at))
            append(.string, at, end)
            return (end, .colon)
        }
    }

    private mutating func recoverColon(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> (Int, State) {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
            missingValue(text, at, .loneName)
            return (at, .separator)
        case UInt8(ascii: "="):
            let end = at + 1 < text.count && text[at + 1] == UInt8(ascii: ">") ? at + 2 : at + 1
            report(.missingColon, at..<end, ":", certain: true)
            return (end, .value)
        default:
            if let colon = unclosedName(text, at) { return (colon, .colon) }
            let place = previousEnd(text, at)
            report(.missingColon, place..<place, ":")
            return (at, .value)
        }
    }

    private mutating func recoverSeparator(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> (Int, State) {
        if let end = innerQuotes(text, at, byte) { return (end, .separator) }
        if let comma = unclosedValue(text, at) { return (comma, .separator) }
        switch byte {
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return mismatched(text, at)
        case UInt8(ascii: ";") where !endsEntry(text, at + 1):
            let next = Self.skippingSpace(text, at + 1)
            report(.wrongSign, at..<(at + 1), ",", certain: isNextChild(text, next, behind: at + 1))
            return (at + 1, inObject ? .name : .value)
        case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ";"), UInt8(ascii: "/"):
            report(.straySign, at..<(at + 1), "")
            return (at + 1, .separator)
        default:
            let place = previousEnd(text, at)
            report(.missingComma, place..<place, ",", certain: isNextChild(text, at, behind: place))
            return (at, inObject ? .name : .value)
        }
    }

    /// Whether the next member or element certainly begins at `at`, where only its comma is missing.
    private func isNextChild(_ text: Span<UInt8>, _ at: Int, behind end: Int) -> Bool {
        let quote = UInt8(ascii: "\"")
        // A quote right behind a quote may be one inside a text.
        if text[at] == quote, at == end, end > 0, text[end - 1] == quote { return false }
        guard !inObject else { return Self.isName(text, at) || Self.isBareName(text, at) }
        return text[at] == quote || text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "[")
    }

    /// A closing bracket that does not fit the innermost container: it closes one further out, if that fits.
    private mutating func mismatched(_ text: Span<UInt8>, _ at: Int) -> (Int, State) {
        let wanted: JSONTree.Kind = text[at] == UInt8(ascii: "}") ? .object : .array
        let openArrays = depth - openObjects - (bottom == Self.none ? 0 : 1)
        guard wanted == .object ? openObjects > 0 : openArrays > 0 else {
            report(.strayBracket, at..<(at + 1), "")
            return (at + 1, .separator)
        }
        var outer = open
        while nodes[Int(outer)].kind != wanted { outer = nodes[Int(outer)].next }
        let end = previousEnd(text, at)
        while open != outer { closeMissing(text, end, certain: false) }
        return (at + 1, close(at + 1))
    }

    /// Closes the innermost container at `end`, where its bracket is missing.
    private mutating func closeMissing(_ text: Span<UInt8>, _ end: Int, certain: Bool) {
        let start = Int(nodes[Int(open)].start)
        let edit = TextEdit(range: end..<end, newText: inObject ? "}" : "]")
        if open == surroundings.bare {
            surroundings.braces.append(edit)
        } else {
            report(.missingBracket, start..<(start + 1), edits: [edit], certain: certain)
        }
        _ = close(end)
    }

    /// The text ended in this state: what is open is closed, what is missing is said.
    mutating func finish(_ text: Span<UInt8>, _ state: State) {
        // Where reading stopped early, the problem that stopped it is the only one to tell.
        let mute = stopped
        let known = problems.count
        let end = previousEnd(text, surroundings.end ?? text.count)
        switch state {
        case .value where open == bottom:
            // Only stray brackets and commas stood there, or nothing at all.
            if problems.isEmpty { report(.empty, end..<end) }
            countChild()
            append(.missing, end, end)
        case .value where inObject: missingValue(text, end)
        case .colon: missingValue(text, end, .loneName)
        case .value where open != bottom, .name: trailingComma(text, end)
        default: break
        }
        // Of several that are missing, each might belong elsewhere.
        let isLast = state == .separator && open != bottom && nodes[Int(open)].next == bottom
        while open != bottom { closeMissing(text, end, certain: isLast) }
        if mute, known > 0 { problems.removeLast(problems.count - known) }
        if nodes.isEmpty { append(.missing, end, end) }
    }

    // MARK: Pieces

    /// A word or number that is none: `True`, `.5`, `01`, `golden cat`.
    private mutating func bareValue(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> Int {
        var end = at + 1
        while end < text.count, text[end] != UInt8(ascii: ","), text[end] != UInt8(ascii: "}"),
            text[end] != UInt8(ascii: "]"), text[end] != 0x0A, text[end] != 0x0D,
            text[end] != UInt8(ascii: "\"")
        {
            if text[end] == UInt8(ascii: "/"), end + 1 < text.count,
                text[end + 1] == UInt8(ascii: "/") || text[end + 1] == UInt8(ascii: "*"),
                Self.isSpace(text[end - 1])
            {
                break
            }
            end += 1
        }
        let looksNumeric = byte &- 0x30 <= 9 || "+-.".utf8.contains(byte)
        if !looksNumeric, let end = halfQuotedValue(text, at..<end) { return end }
        while end > at + 1, Self.isSpace(text[end - 1]) { end -= 1 }
        append(.invalid, at, end)
        if looksNumeric {
            let words = Self.string(text, at..<end)
            var number = words.hasPrefix("+") ? String(words.dropFirst()) : words
            if number.hasPrefix(".") { number = "0" + number }
            if number.hasSuffix(".") { number.removeLast() }
            // Zeros in front say nothing, but for the last where no digit follows.
            let zeros = number.utf8.prefix { $0 == UInt8(ascii: "0") }.count
            let isNeeded = number.utf8.dropFirst(zeros).first.map { $0 &- 0x30 <= 9 } != true
            let idle = isNeeded ? max(0, zeros - 1) : zeros
            if idle > 0 { number = String(decoding: number.utf8.dropFirst(idle), as: UTF8.self) }
            let bytes = Array(number.utf8)
            let isNumber = !bytes.isEmpty && Self.numberEnd(bytes.span, 0) == bytes.count
            report(
                .badNumber, at..<end, edits: isNumber ? [TextEdit(range: at..<end, newText: number)] : [],
                certain: true)
        } else {
            switch Self.string(text, at..<end).lowercased() {
            case "true": report(.badLiteral, at..<end, "true", certain: true)
            case "false": report(.badLiteral, at..<end, "false", certain: true)
            case "null", "none": report(.badLiteral, at..<end, "null", certain: true)
            case "nil", "undefined", "nan": report(.badLiteral, at..<end, "null")
            default: reportText(.badLiteral, text, at..<end, certain: false)
            }
        }
        return end
    }

    static func isUTF8(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var at = range.lowerBound
        while at < range.upperBound {
            let length = text[at] < 0x80 ? 1 : sequenceLength(text, at)
            guard length > 0 else { return false }
            at += length
        }
        return true
    }

    /// Reports text whose mend is to put quotes around it, unless it is not even UTF-8.
    private mutating func reportText(
        _ kind: SyntaxProblem.Kind, _ text: Span<UInt8>, _ range: Range<Int>, certain: Bool
    ) {
        guard Self.isUTF8(text, range) else {
            isInDoubt = true
            report(.invalidUTF8, range)
            return
        }
        var writer = JSONWriter()
        writer.string(Self.string(text, range))
        report(kind, range, writer.text, certain: certain)
    }

    private mutating func missingValue(
        _ text: Span<UInt8>, _ at: Int, _ kind: SyntaxProblem.Kind = .missingValue
    ) {
        let place = previousEnd(text, at)
        // The name is the last node; it is what the problem is shown at.
        let name = nodes.last.map { Int($0.start)..<Int($0.end) } ?? place..<place
        report(kind, name)
        append(.missing, place, place)
    }

    private mutating func trailingComma(_ text: Span<UInt8>, _ at: Int) {
        guard !options.comments else { return }
        let comma = previousEnd(text, at)
        guard comma > 0, text[comma - 1] == UInt8(ascii: ",") else { return }
        report(.trailingComma, (comma - 1)..<comma, "", certain: true)
    }

    /// Behind the last byte before `at` that is neither space nor comment; not before the line, in JSON Lines.
    func previousEnd(_ text: Span<UInt8>, _ at: Int) -> Int {
        var end = at
        // A text may be nothing but comments: each is looked at once.
        var number = comments.count
        while true {
            while end > beginning, Self.isSpace(text[end - 1]) { end -= 1 }
            while number > 0, comments[number - 1].lowerBound >= end { number -= 1 }
            // The white space may have been the end of a comment.
            guard end > beginning, number > 0, comments[number - 1].upperBound >= end else { return end }
            end = max(beginning, comments[number - 1].lowerBound)
        }
    }

    /// Behind the comment at `at`, or nil when there is none.
    private mutating func comment(_ text: Span<UInt8>, _ at: Int) -> Int? {
        guard let (end, isClosed) = Self.commentEnd(text, at) else { return nil }
        comments.append(at..<end)
        if !isClosed || !options.comments { report(.comment, at..<end, "", certain: isClosed) }
        return end
    }

    /// Where the comment at `at` ends, and whether by its own sign or with its line; nil when there is none.
    static func commentEnd(_ text: Span<UInt8>, _ at: Int) -> (end: Int, isClosed: Bool)? {
        guard at + 1 < text.count else { return nil }
        var end = at + 2
        switch text[at + 1] {
        case UInt8(ascii: "/"):
            while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
            return (end, true)
        case UInt8(ascii: "*"):
            while end + 1 < text.count {
                if text[end] == UInt8(ascii: "*"), text[end + 1] == UInt8(ascii: "/") {
                    return (end + 2, true)
                }
                end += 1
            }
            return (text.count, false)
        default: return nil
        }
    }
}
