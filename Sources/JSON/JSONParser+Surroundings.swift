/// What people put around a request, or forget there: the marks of a code block, the braces of the object, the brackets of a
/// list.
///
/// Each is one problem, whatever it would be byte by byte, and what stands inside is read as if all were well.
extension JSONParser {
    struct Surroundings {
        /// The object that began without its brace.
        var bare = JSONParser.none
        /// Its first name, and the braces that mend it.
        var bareName = 0..<0
        var braces: [TextEdit] = []
        /// Several objects: they are read as the elements of an array.
        var isSeveral = false
        /// Where the second begins.
        var second: Int?
        var commas: [TextEdit] = []
        /// So many commas are offered; each takes more room than the object before it may.
        static let mostCommas = 10_000
        /// What begins and ends a code block.
        var fences: [Range<Int>] = []
        /// Where the code block ends in the middle of the request.
        var end: Int?
        /// Text before the request and behind it, such as a program's.
        var lead: Range<Int>?
        var tail: Range<Int>?

        var isAny: Bool { second != nil || !fences.isEmpty || bare != JSONParser.none || lead != nil }
    }

    /// Reads a text that is no JSON Lines.
    mutating func runDocument(_ text: Span<UInt8>, from start: Int) {
        run(text, from: start)
        guard surroundings.isAny else { return }
        if surroundings.second != nil {
            // Once more, now that it is known that there are several.
            startAgain()
            surroundings.isSeveral = true
            _ = push(UInt8(ascii: "["), start)
            bottom = open
            run(text, from: start)
            bottom = Self.none
            _ = close(text.count)
        }
        if !stopped { reportSurroundings(text) }
    }

    mutating func startAgain() {
        var parser = JSONParser(options: options)
        swap(&parser.nodes, &nodes)
        parser.nodes.removeAll(keepingCapacity: true)
        self = parser
    }

    private mutating func reportSurroundings(_ text: Span<UInt8>) {
        if let second = surroundings.second, nodes.count > 1 {
            let list = [insertion("[", Int(nodes[1].start))] + surroundings.commas + [insertion("]", lastEnd)]
            let isMended = surroundings.commas.count <= Surroundings.mostCommas
            report(.severalValues, second..<(second + 1), edits: isMended ? list : [], certain: isMended)
        }
        if surroundings.bare != Self.none {
            let name = surroundings.bareName
            report(
                .missingBraces, name, edits: [insertion("{", name.lowerBound)] + surroundings.braces,
                certain: true)
        }
        if let lead = surroundings.lead {
            let edits = [lead, surroundings.tail].compactMap { $0.map { TextEdit(range: $0, newText: "") } }
            report(.surroundingText, lead, edits: edits, certain: isAssignment(text))
        }
        if let first = surroundings.fences.first {
            let marks = first.lowerBound..<(first.lowerBound + 3)
            report(
                .codeFence, marks, edits: surroundings.fences.map { TextEdit(range: $0, newText: "") },
                certain: true)
        }
    }

    private func insertion(_ text: String, _ at: Int) -> TextEdit { TextEdit(range: at..<at, newText: text) }

    /// The end of the last of several objects.
    private var lastEnd: Int {
        var index = 1
        while Int(nodes[index].next) < nodes.count, Int(nodes[index].next) > index {
            index = Int(nodes[index].next)
        }
        return Int(nodes[index].end)
    }

    private var first: Int { surroundings.isSeveral ? 1 : 0 }

    /// Where the text begins with what is no value.
    mutating func beforeValue(_ text: Span<UInt8>, _ at: Int) -> (Int, State)? {
        guard options.recovers, !options.isLines, nodes.count == first else { return nil }
        if surroundings.fences.isEmpty, Self.isFence(text, at) {
            var end = at + 3
            while end < text.count, Self.isNameByte(text[end]) { end += 1 }
            while end < text.count, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
            if end < text.count, text[end] == 0x0D { end += 1 }
            if end < text.count, text[end] == 0x0A { end += 1 }
            surroundings.fences = [at..<end]
            return (end, .value)
        }
        guard Self.isBareName(text, at) else { return begin(text, behindTextAt: at) }
        var end = at
        while end < text.count, Self.isNameByte(text[end]) { end += 1 }
        countChild()
        beginBare(at..<end)
        return (at, .firstName)
    }

    /// The object or list of objects that text, such as a program's, stands before.
    private mutating func begin(_ text: Span<UInt8>, behindTextAt at: Int) -> (Int, State)? {
        guard surroundings.lead == nil, let start = Self.likelyStart(text, from: at) else { return nil }
        surroundings.lead = at..<start
        return (start, .value)
    }

    private static func likelyStart(_ text: Span<UInt8>, from start: Int) -> Int? {
        for at in start..<text.count {
            switch text[at] {
            case UInt8(ascii: "{"):
                let next = skippingSpace(text, at + 1)
                guard next < text.count else { return nil }
                if text[next] == UInt8(ascii: "\"") || quoteLength(text, next) > 0 || isBareName(text, next) {
                    return at
                }
            case UInt8(ascii: "["):
                let next = skippingSpace(text, at + 1)
                if next < text.count, text[next] == UInt8(ascii: "{") { return at }
            default: break
            }
        }
        return nil
    }

    /// Whether nothing but `payload =` or `const payload =` and a semicolon stand around the request, so that nothing is lost
    /// with them.
    private func isAssignment(_ text: Span<UInt8>) -> Bool {
        guard let lead = surroundings.lead, lead.count <= Self.longestName else { return false }
        let end = Self.trimmedEnd(text, lead) - 1
        guard end > lead.lowerBound, text[end] == UInt8(ascii: "=") else { return false }
        for at in lead.lowerBound..<end where !Self.isNameByte(text[at]) && text[at] != 0x20 { return false }
        guard let tail = surroundings.tail else { return true }
        return Self.trimmedEnd(text, tail) == tail.lowerBound + 1
            && text[tail.lowerBound] == UInt8(ascii: ";")
    }

    private static func trimmedEnd(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, isSpace(text[end - 1]) { end -= 1 }
        return end
    }

    /// Where something follows the end of the value.
    mutating func beyondValue(_ text: Span<UInt8>, _ at: Int, _ byte: UInt8) -> (Int, State)? {
        guard options.recovers, !options.isLines, nodes.count > first else { return nil }
        if surroundings.lead != nil {
            surroundings.tail = at..<text.count
            return (text.count, .end)
        }
        let root = nodes[first]
        if byte == UInt8(ascii: ":") {
            guard nodes.count == first + 1, root.kind == .string, surroundings.bare == Self.none else {
                return nil
            }
            nodes.removeLast()
            // With other quotes the problem is what holds them.
            let whole = Int(root.start)..<Int(root.end)
            beginBare(root.flags.contains(.opened) ? whole : problems.last?.range ?? whole)
            countChild()
            append(.string, Int(root.start), Int(root.end), root.flags)
            return (at + 1, .value)
        }
        if surroundings.fences.count == 1, Self.isFence(text, at) {
            surroundings.fences.append(at..<(at + 3))
            return (at + 3, .end)
        }
        var next = at
        if byte == UInt8(ascii: ",") { next = Self.skippingSpace(text, at + 1) }
        guard next < text.count, text[next] == UInt8(ascii: "{"), root.kind == .object,
            surroundings.bare == Self.none
        else { return nil }
        if surroundings.second == nil { surroundings.second = next }
        guard surroundings.isSeveral else {
            stopped = true
            return (text.count, .end)
        }
        if next == at, surroundings.commas.count <= Surroundings.mostCommas {
            surroundings.commas.append(insertion(",", previousEnd(text, at)))
        }
        return (next, .value)
    }

    /// The end of a code block in the middle of the request: as if the text ended there.
    mutating func endsBlock(_ text: Span<UInt8>, _ at: Int) -> Bool {
        guard surroundings.fences.count == 1, open != bottom || nodes.count == first, Self.isFence(text, at)
        else { return false }
        surroundings.fences.append(at..<(at + 3))
        surroundings.end = at
        let next = Self.skippingSpace(text, at + 3)
        if next < text.count { report(.strayText, next..<text.count, "") }
        return true
    }

    private mutating func beginBare(_ name: Range<Int>) {
        surroundings.bare = UInt32(truncatingIfNeeded: nodes.count)
        surroundings.bareName = name
        _ = push(UInt8(ascii: "{"), name.lowerBound)
    }

    // MARK: What it looks like

    static func isFence(_ text: Span<UInt8>, _ at: Int) -> Bool {
        let mark = UInt8(ascii: "`")
        return at + 2 < text.count && text[at] == mark && text[at + 1] == mark && text[at + 2] == mark
    }

    /// Names longer than this are not looked for, so that a look costs little.
    static let longestName = 64

    static func isNameByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "-")
    }

    /// Whether a name without quotes and its colon stand at `at`: `model:`, not `https://`.
    static func isBareName(_ text: Span<UInt8>, _ at: Int) -> Bool { colon(text, behindBareName: at) != nil }

    static func colon(_ text: Span<UInt8>, behindBareName at: Int) -> Int? {
        guard at < text.count, isNameByte(text[at]), text[at] &- 0x30 > 9, text[at] != UInt8(ascii: "-")
        else { return nil }
        let limit = min(text.count, at + longestName)
        var end = at + 1
        while end < limit, isNameByte(text[end]) { end += 1 }
        while end < limit, isSpace(text[end]) { end += 1 }
        guard end < limit, text[end] == UInt8(ascii: ":") else { return nil }
        if end + 1 < text.count, text[end + 1] == UInt8(ascii: "/") { return nil }
        return end
    }

    /// Whether a name in quotes and its colon stand at `at`.
    static func isName(_ text: Span<UInt8>, _ at: Int) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { return false }
        let limit = min(text.count, at + longestName)
        var end = at + 1
        while end < limit, text[end] != UInt8(ascii: "\""), text[end] >= 0x20 { end += 1 }
        guard end < limit, text[end] == UInt8(ascii: "\"") else { return false }
        end += 1
        while end < limit, isSpace(text[end]) { end += 1 }
        return end < limit && text[end] == UInt8(ascii: ":")
    }
}
