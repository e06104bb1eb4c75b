/// Prints values for people: one member or element a line, or all on one line.
///
/// In lines, an array of scalars stays on one line where that ends within 80 columns; objects that are not
/// empty never do. An explicit stack: the depth of a value must not be that of the caller's stack.
struct JSONPrinter {
    enum Layout {
        case lines
        /// On one line, with a space behind commas and colons or without.
        case line(spaced: Bool)
    }

    /// Columns that a line may take before an array is put on several, counted in Unicode scalars.
    static let width = 80

    let layout: Layout
    /// One level of indentation.
    var indent = "  "
    /// What all lines but the first begin with.
    var prefix = ""
    var newline = "\n"
    /// Columns taken already on the line where printing begins.
    var column = 0

    func text(of value: JSONValue) -> String { String(decoding: bytes(of: value), as: UTF8.self) }

    func bytes(of value: JSONValue) -> [UInt8] {
        var output = Output(printer: self)
        output.print(value)
        return output.writer.bytes
    }
}

private struct Output: ~Copyable {
    struct Frame {
        let container: JSONValue
        let count: Int
        let onOneLine: Bool
        var next = 0
    }

    let printer: JSONPrinter
    let spaced: Bool
    var writer = JSONWriter()
    var lineStart = 0
    var column: Int

    init(printer: JSONPrinter) {
        self.printer = printer
        column = printer.column
        if case .line(let spaced) = printer.layout { self.spaced = spaced } else { spaced = true }
    }

    mutating func print(_ value: JSONValue) {
        var stack: [Frame] = []
        var current: JSONValue? = value
        while true {
            if let value = current {
                current = nil
                if value.isScalarOrEmpty {
                    scalar(value)
                } else {
                    let onOneLine = stack.last?.onOneLine ?? isOnOneLine
                    let follows = stack.last.map { $0.next < $0.count } ?? false
                    append(value.array == nil ? "{" : "[")
                    stack.append(
                        Frame(
                            container: value, count: value.array?.count ?? value.object?.count ?? 0,
                            onOneLine: onOneLine || fits(value, room: follows ? 1 : 0)))
                }
            }
            guard let top = stack.indices.last else { return }
            let frame = stack[top]
            guard frame.next < frame.count else {
                stack.removeLast()
                if !frame.onOneLine { breakLine(depth: top) }
                append(frame.container.array == nil ? "}" : "]")
                continue
            }
            if frame.next > 0 { append(frame.onOneLine && spaced ? ", " : ",") }
            if !frame.onOneLine { breakLine(depth: top + 1) }
            stack[top].next += 1
            switch frame.container {
            case .array(let elements): current = elements[frame.next]
            case .object(let members):
                scalar(.string(members[frame.next].name))
                append(spaced ? ": " : ":")
                current = members[frame.next].value
            default: break
            }
        }
    }

    private var isOnOneLine: Bool { if case .line = printer.layout { true } else { false } }

    private mutating func append(_ text: StaticString) { writer.append(text) }

    private mutating func append(text: String) {
        var text = text
        text.withUTF8 { writer.append(UnsafeRawBufferPointer($0)) }
    }

    private mutating func scalar(_ value: JSONValue) {
        writer.follows = false
        writer.value(value)
    }

    private mutating func breakLine(depth: Int) {
        append(text: printer.newline)
        lineStart = writer.count
        column = 0
        append(text: printer.prefix)
        guard !printer.indent.isEmpty else { return }
        for _ in 0..<depth { append(text: printer.indent) }
    }

    /// Whether the array, its `[` written already, ends within the width of the line, `room` columns to
    /// spare.
    private func fits(_ value: JSONValue, room: Int) -> Bool {
        guard let elements = value.array, elements.allSatisfy(\.isScalarOrEmpty) else { return false }
        var rest =
            JSONPrinter.width - room - column - writer.withBytes { UTF8Scan.columns($0[lineStart...]) } + 2
        for element in elements {
            rest -= 2
            guard rest > 0 else { return false }
            var writer = JSONWriter()
            writer.value(element)
            rest -= writer.withBytes { UTF8Scan.columns($0[...]) }
        }
        return rest >= 1
    }
}

extension UTF8Scan {
    /// The Unicode scalars in UTF-8 bytes.
    static func columns(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }
}

extension JSONValue {
    /// JSON for people: one member or element a line; see ``JSONTree/formatted(indent:)`` for documents.
    ///
    /// An array of scalars stays on one line where that ends within 80 columns. There is no line end at the
    /// end.
    package func pretty(indent: String = "  ") -> String {
        JSONPrinter(layout: .lines, indent: indent).text(of: self)
    }

    /// Whether this holds no other value.
    var isScalarOrEmpty: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }
}
