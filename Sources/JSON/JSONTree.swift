/// A JSON text with the place of every value in it: what the parser makes of bytes, from the wire or a
/// document.
///
/// The tree is two flat arrays: the source bytes, and the nodes in pre-order, 16 bytes each, without a
/// pointer or reference among them. A member is a string node (its name) followed by its value. Broken text
/// gives a tree as well, with `problems` saying what is wrong where; `root` always exists.
///
/// Public, like ``JSONWriter``, though nobody outside gets one: only what is public is inlined in other modules.
public struct JSONTree: Sendable {
    /// The UTF-8 text, as given.
    public internal(set) var source: [UInt8]
    @usableFromInline var nodes: [Node]
    /// What few texts have, apart: a tree is handed around, and each array in it would be counted each time.
    @usableFromInline var remarks: Remarks?

    @usableFromInline final class Remarks: Sendable {
        let problems: [SyntaxProblem]
        let leftOut: Int
        let comments: [Range<Int>]
        /// The texts with a problem that has no certain mend, in order.
        let doubtful: [Range<Int>]

        init(
            problems: [SyntaxProblem], leftOut: Int, comments: [Range<Int>], doubtful: [Range<Int>]
        ) {
            self.problems = problems
            self.leftOut = leftOut
            self.comments = comments
            self.doubtful = doubtful
        }
    }

    /// The place of a value in the tree; valid for that tree only.
    public struct Index: Sendable, Hashable {
        @usableFromInline let raw: UInt32
        @inlinable init(_ raw: UInt32) { self.raw = raw }

        @inlinable @inline(__always) public static func == (left: Index, right: Index) -> Bool {
            left.raw == right.raw
        }
    }

    /// What stands at a place. `missing` is a value that the text does not have where one must be (its range
    /// is empty, where it belongs); `invalid` is text that is no JSON value.
    public enum Kind: UInt8, Sendable {
        case missing, invalid, null, `false`, `true`, number, string, array, object

        /// What the compiler would make, but visible to other modules: the kind is compared at every step.
        @inlinable @inline(__always) public static func == (left: Kind, right: Kind) -> Bool {
            unsafeBitCast(left, to: UInt8.self) == unsafeBitCast(right, to: UInt8.self)
        }
    }

    @usableFromInline struct Node: Sendable {
        @usableFromInline var start: UInt32
        @usableFromInline var end: UInt32
        /// The index after this value and all inside it; while a container is open, the index of its parent.
        @usableFromInline var next: UInt32
        @usableFromInline var kind: Kind
        @usableFromInline var flags: Flags
        /// Elements or members directly inside, counting up to 65,535.
        @usableFromInline var count: UInt16
    }

    @usableFromInline struct Flags: OptionSet, Sendable {
        @usableFromInline let rawValue: UInt8
        @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The string holds a backslash.
        @inlinable static var escaped: Flags { Flags(rawValue: 1) }
        /// The string begins, ends with a quote: not so for bare words and unterminated strings.
        @inlinable static var opened: Flags { Flags(rawValue: 2) }
        @inlinable static var closed: Flags { Flags(rawValue: 4) }
        /// The string holds bytes beyond ASCII.
        @inlinable static var beyondASCII: Flags { Flags(rawValue: 8) }
    }

    package init() {
        self.init([])
    }

    package init(_ source: [UInt8], options: JSONOptions = .json) {
        self.source = source
        nodes = []
        reparse(options: options)
    }

    package init(_ text: String, options: JSONOptions = .json) {
        self.init(Array(text.utf8), options: options)
    }

    /// Reads other bytes into this tree, using its storage again: the way of the wire, where a message costs
    /// no allocation once the largest has been seen.
    package mutating func parse(_ bytes: UnsafeRawBufferPointer, options: JSONOptions) {
        source.removeAll(keepingCapacity: true)
        source.append(contentsOf: bytes)
        reparse(options: options)
    }

    /// Reads the bytes in `range` without copying them; positions count from the beginning of `bytes`.
    package mutating func parse(_ bytes: consuming [UInt8], in range: Range<Int>? = nil, options: JSONOptions)
    {
        source = bytes
        reparse(options: options, range: range.map { $0.clamped(to: 0..<source.count) })
    }
}

/// What counts as JSON.
package struct JSONOptions: Sendable {
    /// Comments and trailing commas are allowed, as in `.jsonc` files.
    package var comments: Bool
    /// Containers inside each other; more is a ``SyntaxProblem`` and ends the reading.
    package var maximumDepth: Int
    /// Values and names in all; more is a ``SyntaxProblem`` and ends the reading. A value of two bytes takes
    /// a node of 16, so that without a limit a message of zeros would need eight times its size.
    package var maximumCount: Int
    /// The text is JSON Lines: a value on each line that is not blank, read as the elements of one array.
    package var isLines = false
    /// Whether reading goes on behind a problem. A message on the wire needs only the first.
    package var recovers: Bool

    package init(
        comments: Bool = false, maximumDepth: Int = 512, maximumCount: Int = .max, recovers: Bool = true
    ) {
        self.comments = comments
        self.maximumDepth = maximumDepth
        self.maximumCount = maximumCount
        self.recovers = recovers
    }

    package static let json = JSONOptions()
    package static let jsonc = JSONOptions(comments: true)
    package static let lines: JSONOptions = {
        var options = JSONOptions()
        options.isLines = true
        return options
    }()
}

// MARK: - Reading the tree

extension JSONTree {
    @inlinable @inline(__always) public var root: Index { Index(0) }

    /// What is not JSON about the text, by position. Empty means valid (RFC 8259 §2).
    package var problems: [SyntaxProblem] { remarks?.problems ?? [] }
    /// Problems of a very broken text that are not among them.
    package var problemsLeftOut: Int { remarks?.leftOut ?? 0 }
    /// The byte ranges of comments, when the options allow them.
    package var comments: [Range<Int>] { remarks?.comments ?? [] }
    package var isValid: Bool { remarks?.problems.isEmpty ?? true }

    /// Whether reading came to the end: not so of a text beyond the limits of depth or count.
    package var isReadInFull: Bool { !problems.contains { $0.kind == .depth || $0.kind == .count } }

    /// Whether a value may have been misread: a problem that has no certain mend stands somewhere in the text; in JSON Lines,
    /// on its line.
    package func isInDoubt(_ index: Index) -> Bool {
        guard let doubtful = remarks?.doubtful, !doubtful.isEmpty else { return false }
        let start = range(index).lowerBound
        var low = 0
        var high = doubtful.count
        while low < high {
            let middle = low + (high - low) / 2
            if doubtful[middle].upperBound < start { low = middle + 1 } else { high = middle }
        }
        return low < doubtful.count && doubtful[low].lowerBound <= start
    }

    @inlinable @inline(__always) public func kind(_ index: Index) -> Kind { nodes[Int(index.raw)].kind }

    /// The bytes of the value, quotes and brackets included.
    @inlinable @inline(__always) public func range(_ index: Index) -> Range<Int> {
        let node = nodes[Int(index.raw)]
        return Int(node.start)..<Int(node.end)
    }

    /// The bytes between the quotes of a string; the whole range of anything else.
    @inlinable @inline(__always) public func contentRange(_ index: Index) -> Range<Int> {
        let node = nodes[Int(index.raw)]
        let start = Int(node.start) + (node.flags.contains(.opened) ? 1 : 0)
        let end = Int(node.end) - (node.flags.contains(.closed) ? 1 : 0)
        return start..<max(start, end)
    }

    /// Whether a string's content differs from its bytes.
    @inlinable @inline(__always) public func isEscaped(_ index: Index) -> Bool {
        nodes[Int(index.raw)].flags.contains(.escaped)
    }

    /// Whether a string's content is ASCII in the source; an escape may still say another character.
    @inlinable @inline(__always) public func isASCII(_ index: Index) -> Bool {
        !nodes[Int(index.raw)].flags.contains(.beyondASCII)
    }

    /// Elements of an array, members of an object, 0 for the rest.
    @inlinable public func count(_ index: Index) -> Int {
        let node = nodes[Int(index.raw)]
        guard node.count == .max else { return Int(node.count) }
        var children = elements(index)
        var count = 0
        while children.next(in: self) != nil { count += 1 }
        return node.kind == .object ? count / 2 : count
    }

    /// The value with all values and names inside it.
    package func extent(_ index: Index) -> Int {
        let next = nodes[Int(index.raw)].next
        return next > index.raw ? Int(next - index.raw) : 1
    }

    /// The elements of an array; of an object, names and values in turn; empty for the rest.
    @inlinable @inline(__always) public func elements(_ index: Index) -> Elements {
        let node = nodes[Int(index.raw)]
        return Elements(
            next: index.raw + 1, end: node.kind == .array || node.kind == .object ? node.next : index.raw + 1)
    }

    /// A value by itself, walked as if it were the only element of an array.
    package func alone(_ index: Index) -> Elements {
        Elements(next: index.raw, end: nodes[Int(index.raw)].next)
    }

    /// The value of a member by its name, behind which it stands.
    package func value(ofName key: Index) -> Index {
        Int(key.raw) + 1 < nodes.count ? Index(key.raw + 1) : key
    }

    /// The value with the name, the last of several (RFC 8259 §4); nil when there is none or this is no
    /// object.
    package func member(_ name: StaticString, of index: Index) -> Index? {
        guard kind(index) == .object else { return nil }
        var found: Index?
        var members = elements(index)
        while let key = members.next(in: self), let value = members.next(in: self) {
            if self.string(key, equals: name) { found = value }
        }
        return found
    }

    /// Walks the children of one container: `while let child = children.next(in: tree)`.
    ///
    /// It holds no reference to the tree, so that a walk costs no reference counting.
    @frozen public struct Elements {
        @usableFromInline var nextIndex: UInt32
        @usableFromInline let end: UInt32

        @inlinable init(next: UInt32, end: UInt32) {
            nextIndex = next
            self.end = end
        }

        /// Of nothing.
        @inlinable public static var none: Elements { Elements(next: 0, end: 0) }

        @inlinable @inline(__always) public mutating func next(in tree: borrowing JSONTree) -> Index? {
            guard nextIndex < end else { return nil }
            let index = Index(nextIndex)
            nextIndex = tree.nodes[Int(nextIndex)].next
            return index
        }
    }
}
