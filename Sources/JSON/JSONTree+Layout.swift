/// How the source of a tree is laid out between its values: lines, comments, commas, indentation.
///
/// The tree does not hold commas and comments; they are found again in the few bytes around an edit.
extension JSONTree {
    /// A child of a container: an element, or a member with its name.
    struct Item {
        let key: Index?
        let value: Index
        /// From the first byte of the name or element to the last of the value.
        let range: Range<Int>
    }

    func items(of container: Index) -> [Item] {
        var items: [Item] = []
        var children = elements(container)
        while let item = nextItem(&children, of: container) { items.append(item) }
        return items
    }

    func nextItem(_ children: inout Elements, of container: Index) -> Item? {
        guard let first = children.next(in: self) else { return nil }
        guard kind(container) == .object else {
            return Item(key: nil, value: first, range: wholeRange(first))
        }
        guard let value = children.next(in: self) else { return nil }
        let name = wholeRange(first)
        let end = max(name.upperBound, wholeRange(value).upperBound)
        return Item(key: first, value: value, range: name.lowerBound..<end)
    }

    /// The bytes of a value and of the quotes around it that JSON does not know.
    func wholeRange(_ index: Index) -> Range<Int> {
        let range = range(index)
        guard kind(index) == .string, !nodes[Int(index.raw)].flags.contains(.opened) else { return range }
        // The problem begins with the quote, which takes three bytes at most. There may be a thousand others, and
        // each member of a container may ask.
        var number = firstProblem(from: range.lowerBound - 3)
        while number < problems.count, problems[number].range.lowerBound <= range.lowerBound {
            let problem = problems[number]
            if problem.kind == .wrongQuote, problem.range.contains(range) { return problem.range }
            number += 1
        }
        return range
    }

    /// The number of the first problem that does not begin before `offset`.
    func firstProblem(from offset: Int) -> Int {
        var low = 0
        var high = problems.count
        while low < high {
            let middle = low + (high - low) / 2
            if problems[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether the text is JSON Lines: its root is an array that has no brackets.
    package var isLines: Bool {
        let start = range(root).lowerBound
        guard kind(root) == .array else { return false }
        guard start < source.count, source[start] == UInt8(ascii: "[") else { return true }
        return nodes.count > 1 && Int(nodes[1].start) == start
    }

    /// How the text is read again after an edit: a comment or comma too many is not what an edit is about.
    var leniently: JSONOptions {
        var options: JSONOptions = isLines ? .lines : .jsonc
        options.comments = true
        return options
    }

    // MARK: Lines

    func isLineEnd(_ offset: Int) -> Bool {
        offset >= source.count || source[offset] == 0x0A || source[offset] == 0x0D
    }

    func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > 0, source[start - 1] != 0x0A, source[start - 1] != 0x0D { start -= 1 }
        return start
    }

    /// Behind the line end at `offset`, where one stands.
    func nextLine(_ offset: Int) -> Int {
        guard offset < source.count else { return offset }
        return source[offset] == 0x0D && offset + 1 < source.count && source[offset + 1] == 0x0A
            ? offset + 2 : offset + 1
    }

    /// The spaces and tabs that the line begins with.
    func indentation(_ offset: Int) -> String {
        let start = lineStart(offset)
        return String(decoding: source[start..<skippingSpaces(start)], as: UTF8.self)
    }

    func hasLineEnd(_ range: Range<Int>) -> Bool { source[range].contains { $0 == 0x0A || $0 == 0x0D } }

    /// Whether nothing but white space stands between two offsets; so too where they are not in order, as the
    /// children of broken text may be.
    func isBlank(from start: Int, to end: Int) -> Bool {
        start >= end || source[start..<end].allSatisfy(JSONParser.isSpace)
    }

    /// The line end that the document uses, judged by its first; what is inside a comment stays as it is and counts for nothing.
    var newline: String {
        var comments = comments[...]
        let first = source.indices.first { at in
            guard source[at] == 0x0A || source[at] == 0x0D else { return false }
            while let comment = comments.first, comment.upperBound <= at { comments.removeFirst() }
            return comments.first.map { !$0.contains(at) } ?? true
        }
        guard let first else { return "\n" }
        return String(decoding: source[first..<nextLine(first)], as: UTF8.self)
    }

    // MARK: Between values

    /// Behind the spaces and tabs at `offset`.
    func skippingSpaces(_ offset: Int) -> Int {
        var end = offset
        while end < source.count, source[end] == 0x20 || source[end] == 0x09 { end += 1 }
        return end
    }

    /// Before the spaces and tabs that end at `offset`.
    func strippingSpaces(_ offset: Int) -> Int {
        var start = offset
        while start > 0, source[start - 1] == 0x20 || source[start - 1] == 0x09 { start -= 1 }
        return start
    }

    /// Behind the comment at `offset`; nil when none stands there.
    func commentEnd(_ offset: Int) -> Int? {
        guard offset + 1 < source.count, source[offset] == UInt8(ascii: "/") else { return nil }
        var end = offset + 2
        switch source[offset + 1] {
        case UInt8(ascii: "/"):
            while !isLineEnd(end) { end += 1 }
            return end
        case UInt8(ascii: "*"):
            while end + 1 < source.count {
                if source[end] == UInt8(ascii: "*"), source[end + 1] == UInt8(ascii: "/") { return end + 2 }
                end += 1
            }
            return source.count
        default: return nil
        }
    }

    /// Behind all white space and comments at `offset`.
    func skippingTrivia(_ offset: Int) -> Int {
        var end = offset
        while end < source.count {
            if JSONParser.isSpace(source[end]) {
                end += 1
            } else if let comment = commentEnd(end) {
                end = comment
            } else {
                break
            }
        }
        return end
    }

    /// Behind the comments that begin on the line of `offset`; `offset` when there are none.
    func skippingComments(_ offset: Int) -> Int {
        var end = offset
        while let comment = commentEnd(skippingSpaces(end)) { end = comment }
        return end
    }

    /// The comma that follows a value ending at `offset`, comments aside.
    func comma(after offset: Int) -> Int? {
        let next = skippingTrivia(offset)
        return next < source.count && source[next] == UInt8(ascii: ",") ? next : nil
    }

    func colon(after offset: Int) -> Int? {
        let next = skippingTrivia(offset)
        return next < source.count && source[next] == UInt8(ascii: ":") ? next : nil
    }

    /// Whether nothing but white space and whole comments stands before `offset` on its line. What ends at
    /// `previous` is the last thing before `offset` that is neither.
    func isFirstOnLine(_ offset: Int, after previous: Int) -> Bool {
        // No farther back than needed: in a text of one line each value would look through all of it.
        var start = offset
        while start > previous, !isLineEnd(start - 1) { start -= 1 }
        guard previous <= start, start == 0 || isLineEnd(start - 1) else { return false }
        var position = previous
        while position < start {
            position = commentEnd(position) ?? position + 1
        }
        return position == start
    }

    /// Whether the container is closed by its own bracket, and where that stands.
    func closingBracket(_ container: Index) -> Int? {
        let range = range(container)
        let bracket = kind(container) == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard range.count > 1, source[range.upperBound - 1] == bracket else { return nil }
        // Of an unclosed container the last byte may be the bracket of a child or lie in a string.
        let last = items(of: container).last
        return (last?.range.upperBound ?? range.lowerBound + 1) < range.upperBound
            ? range.upperBound - 1 : nil
    }

    // MARK: Style

    /// One level of indentation, judged by the first container that has its children on lines of their own. Among so many there is
    /// one, or the text is not laid out in lines.
    var indentUnit: String {
        for raw in nodes.indices.prefix(4096) where nodes[raw].kind == .object || nodes[raw].kind == .array {
            let container = Index(UInt32(truncatingIfNeeded: raw))
            var children = elements(container)
            guard let first = children.next(in: self),
                isFirstOnLine(range(first).lowerBound, after: range(container).lowerBound + 1)
            else { continue }
            let inner = indentation(range(first).lowerBound)
            let outer = indentation(range(container).lowerBound)
            if inner.utf8.count > outer.utf8.count, inner.hasPrefix(outer) {
                return String(inner.dropFirst(outer.count))
            }
        }
        return "  "
    }

    /// Whether a space follows colons, judged by the first member; true where there is none.
    var isSpaced: Bool {
        for raw in nodes.indices where nodes[raw].kind == .object && nodes[raw].count > 0 {
            guard let colon = colon(after: range(Index(UInt32(truncatingIfNeeded: raw + 1))).upperBound)
            else { continue }
            return colon + 1 < source.count && JSONParser.isSpace(source[colon + 1])
        }
        return true
    }
}
