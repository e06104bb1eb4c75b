#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one parser: RFC 8259 from bytes to nodes, for messages and documents alike.
///
/// `run` is the whole of the hot path; what it does not expect goes to the recovery in
/// `JSONParser+Recovery.swift`, which reports the problem and says where and in which state to go on. There
/// is no recursion: while a container is open, its node's `next` holds the index of the container around it.
struct JSONParser {
    var nodes: [JSONTree.Node] = []
    var problems: [SyntaxProblem] = []
    /// Beyond ``maximumProblems``.
    var problemsLeftOut = 0
    var comments: [Range<Int>] = []
    let options: JSONOptions
    /// The innermost open container, or ``bottom``.
    var open = Self.none
    /// What `open` is at the root: ``none``, or for JSON Lines the array that holds the lines.
    var bottom = Self.none
    var inObject = false
    /// Where the text at hand begins: the line, in JSON Lines.
    var beginning = 0
    /// Children of the innermost open container so far; those of the outer ones wait in their nodes.
    var children: UInt16 = 0
    var depth = 0
    /// How many of the open containers are objects.
    var openObjects = 0
    /// A problem left open what was meant, so that what follows may have been misread.
    var isInDoubt = false
    /// Where the first that did so has its mend, in a text that is no JSON Lines.
    var doubt = Int.max
    /// The texts that one did, in order: lines of JSON Lines, or all of it.
    var doubtful: [Range<Int>] = []
    /// What stands around the request, or should.
    var surroundings = Surroundings()
    /// Where open strings most likely end: in an object, in an array.
    var likelyEnds = (object: LikelyEnd(), array: LikelyEnd())
    /// Nothing more is to be read: the limit of depth, or the first problem where reading does not recover.
    var stopped = false

    static let none = UInt32.max
    /// Problems kept of one text; what follows them is read but not reported, so that memory stays bounded.
    static let maximumProblems = 1000

    /// What must come next.
    enum State: UInt8 {
        /// A value, with a comma or a colon before it, or the root.
        case value
        /// The first element of an array, or its end.
        case firstElement
        /// The first name of an object, or its end.
        case firstName
        /// A name, with a comma before it.
        case name
        case colon
        /// A comma, or the end of the container.
        case separator
        /// The end of the text.
        case end
    }

    init(options: JSONOptions) { self.options = options }

    /// Makes room for the nodes of a large text at once, by the density of its beginning: growing step by
    /// step would copy them over and over and hold old and new side by side.
    mutating func reserve(for text: Span<UInt8>, in range: Range<Int>) {
        guard range.count > 1 << 16 else { return }
        let sample = range.prefix(1 << 14)
        var count = 1
        // JSON Lines, and text with its commas forgotten, have values without a sign between them.
        var lineEnds = 1
        for at in sample {
            switch text[at] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"): count &+= 1
            case 0x0A: lineEnds &+= 1
            default: break
            }
        }
        count = max(count, lineEnds)
        // Each of them may be a name without its value, which takes two. What is not needed is never touched.
        let expected = Int(Double(2 * count) / Double(sample.count) * Double(range.count) * 1.05) + 64
        nodes.reserveCapacity(
            options.maximumCount == .max ? expected : min(expected, options.maximumCount + (1 << 16) + 64))
        nodes.withUnsafeBytes { [capacity = nodes.capacity] storage in
            LargePages.use(
                for: UnsafeRawBufferPointer(
                    start: storage.baseAddress, count: capacity * MemoryLayout<JSONTree.Node>.stride))
        }
    }

    /// Reads all of it; a byte order mark at the front is passed over (RFC 8259 §8.1).
    mutating func read(_ source: Span<UInt8>, in range: Range<Int>) {
        let text = source.extracting(0..<range.upperBound)
        var start = range.lowerBound
        if range.count >= 3, text[start] == 0xEF, text[start + 1] == 0xBB, text[start + 2] == 0xBF {
            start += 3
        }
        reserve(for: text, in: range)
        readAll(text, from: start)
        readForeignSigns(text, from: start)
    }

    mutating func readAll(_ text: Span<UInt8>, from start: Int) {
        guard !options.isLines else { return runLines(text, from: start) }
        runDocument(text, from: start)
        if isInDoubt { doubtful = [0..<text.count] }
    }

    /// Reads one text: the bytes from `start` to the end.
    mutating func run(_ text: Span<UInt8>, from start: Int) {
        var at = start
        var state = State.value
        while !stopped {
            while at < text.count, Self.isSpace(text[at]) { at &+= 1 }
            guard at < text.count else { break }
            let byte = text[at]
            switch state {
            case .separator:
                if byte == UInt8(ascii: ",") {
                    at &+= 1
                    state = inObject ? .name : .value
                } else if byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at &+= 1
                    state = close(at)
                } else {
                    (at, state) = recover(text, at, state)
                }
            case .name, .firstName:
                guard byte == UInt8(ascii: "\"") else {
                    if byte == UInt8(ascii: "}"), state == .firstName {
                        at &+= 1
                        state = close(at)
                    } else {
                        (at, state) = recover(text, at, state)
                    }
                    continue
                }
                countChild()
                at = string(text, at)
                while at < text.count, Self.isSpace(text[at]) { at &+= 1 }
                if at < text.count, text[at] == UInt8(ascii: ":") {
                    at &+= 1
                    state = .value
                } else {
                    state = .colon
                }
            case .value, .firstElement:
                switch byte {
                case UInt8(ascii: "\""):
                    if !inObject { countChild() }
                    at = string(text, at)
                    state = afterValue
                case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    let end = Self.numberEnd(text, at)
                    if end > 0 {
                        if !inObject { countChild() }
                        append(.number, at, end)
                        at = end
                        state = afterValue
                    } else {
                        (at, state) = recover(text, at, state)
                    }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    if !inObject { countChild() }
                    state = push(byte, at)
                    at &+= 1
                case UInt8(ascii: "t") where Self.word(text, at, "true"):
                    if !inObject { countChild() }
                    append(.true, at, at &+ 4)
                    at &+= 4
                    state = afterValue
                case UInt8(ascii: "f") where Self.word(text, at, "false"):
                    if !inObject { countChild() }
                    append(.false, at, at &+ 5)
                    at &+= 5
                    state = afterValue
                case UInt8(ascii: "n") where Self.word(text, at, "null"):
                    if !inObject { countChild() }
                    append(.null, at, at &+ 4)
                    at &+= 4
                    state = afterValue
                case UInt8(ascii: "]") where state == .firstElement:
                    at &+= 1
                    state = close(at)
                default:
                    (at, state) = recover(text, at, state)
                }
            case .colon where byte == UInt8(ascii: ":"):
                at &+= 1
                state = .value
            case .colon, .end:
                (at, state) = recover(text, at, state)
            }
        }
        if open != bottom || nodes.isEmpty || state != .end { finish(text, state) }
    }

    /// Reads JSON Lines: each line that is not blank is a text of its own, and an element of the array that
    /// is the root.
    mutating func runLines(_ text: Span<UInt8>, from start: Int) {
        _ = push(UInt8(ascii: "["), start)
        bottom = open
        var at = start
        while at < text.count, !stopped {
            let end = Self.lineEnd(text, from: at)
            var first = at
            while first < end, Self.isSpace(text[first]) { first &+= 1 }
            if first < end {
                beginning = first
                let wasInDoubt = isInDoubt
                isInDoubt = false
                run(text.extracting(0..<end), from: first)
                // Of lines behind each other one range.
                if isInDoubt {
                    doubtful.append((wasInDoubt ? doubtful.removeLast().lowerBound : first)..<end)
                }
            }
            at = end &+ 1
        }
        bottom = Self.none
        _ = close(text.count)
    }

    private static func lineEnd(_ text: Span<UInt8>, from start: Int) -> Int {
        text.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let hit = memchr(base + start, 0x0A, bytes.count - start)
            else {
                return bytes.count
            }
            return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        }
    }

    var afterValue: State { open == bottom ? .end : .separator }

    // MARK: Nodes

    @inline(__always) mutating func append(
        _ kind: JSONTree.Kind, _ start: Int, _ end: Int, _ flags: JSONTree.Flags = []
    ) {
        nodes.append(
            JSONTree.Node(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: nodes.count &+ 1), kind: kind, flags: flags, count: 0))
    }

    /// One more element or member in the innermost container.
    @inline(__always) mutating func countChild() {
        if children < .max { children &+= 1 } else if nodes.count > options.maximumCount { tooMany() }
    }

    /// Checked at each container and, in one of more children than are counted, at each child: at the most
    /// 65,535 more values than allowed are read.
    @inline(never) mutating func tooMany() {
        let last = nodes.last.map { Int($0.end) } ?? 0
        report(.count, last..<last)
        stopped = true
    }

    @inline(__always) mutating func push(_ bracket: UInt8, _ at: Int) -> State {
        guard depth < options.maximumDepth else {
            report(.depth, at..<(at + 1))
            stopped = true
            append(.invalid, at, at + 1)
            return afterValue
        }
        if nodes.count > options.maximumCount { tooMany() }
        let index = UInt32(truncatingIfNeeded: nodes.count)
        inObject = bracket == UInt8(ascii: "{")
        if open != Self.none { nodes[Int(open)].count = children }
        children = 0
        append(inObject ? .object : .array, at, at)
        nodes[Int(index)].next = open
        open = index
        depth &+= 1
        if inObject { openObjects &+= 1 }
        return inObject ? .firstName : .firstElement
    }

    /// Closes the innermost container, whose bytes end before `end`.
    @inline(__always) mutating func close(_ end: Int) -> State {
        let index = Int(open)
        open = nodes[index].next
        nodes[index].end = UInt32(truncatingIfNeeded: end)
        nodes[index].next = UInt32(truncatingIfNeeded: nodes.count)
        nodes[index].count = children
        children = open == Self.none ? 0 : nodes[Int(open)].count
        depth &-= 1
        if inObject { openObjects &-= 1 }
        inObject = open != Self.none && nodes[Int(open)].kind == .object
        return afterValue
    }

    // MARK: Tokens

    @inline(__always) static func isSpace(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09)
    }

    /// Whether `word` stands at `at` and a name cannot go on behind it.
    @inline(__always) static func word(_ text: Span<UInt8>, _ at: Int, _ word: StaticString) -> Bool {
        let end = at &+ word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        let matches = word.withUTF8Buffer { wanted in
            for offset in 0..<wanted.count where text[at &+ offset] != wanted[offset] { return false }
            return true
        }
        return matches && (end == text.count || endsToken(text[end]))
    }

    /// Whether a number or word may end before this byte.
    @inline(__always) static func endsToken(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\"")
            || byte == UInt8(ascii: ";")
    }

    /// The end of the number at `at` (RFC 8259 §6), or 0 when it is none.
    @inline(__always) static func numberEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        func digits() -> Bool {
            let first = at
            while at < text.count, text[at] &- 0x30 <= 9 { at &+= 1 }
            return at > first
        }
        if text[at] == UInt8(ascii: "-") { at &+= 1 }
        guard at < text.count else { return 0 }
        if text[at] == UInt8(ascii: "0") { at &+= 1 } else if !digits() { return 0 }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at &+= 1
            guard digits() else { return 0 }
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at &+= 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at &+= 1 }
            guard digits() else { return 0 }
        }
        return at == text.count || endsToken(text[at]) ? at : 0
    }
}

extension JSONTree {
    /// Reads `source`, or a range of it, anew into the tree.
    mutating func reparse(options: JSONOptions, range: Range<Int>? = nil) {
        var parser = JSONParser(options: options)
        // Swapped, not assigned: storage that two hold is not used again.
        swap(&parser.nodes, &nodes)
        parser.nodes.removeAll(keepingCapacity: true)
        parser.read(source.span, in: range ?? 0..<source.count)
        swap(&parser.nodes, &nodes)
        let comments = options.comments ? parser.comments : []
        remarks =
            parser.problems.isEmpty && comments.isEmpty
            ? nil
            : Remarks(
                problems: parser.problemsByPosition, leftOut: parser.problemsLeftOut, comments: comments,
                doubtful: parser.doubtful)
    }
}

extension JSONParser {
    /// A bracket that is never closed is found at the end, but told of where it stands. Of problems at one place the first
    /// found stays the first.
    fileprivate var problemsByPosition: [SyntaxProblem] {
        problems.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        .map(\.element)
    }
}
