/// Writes compact JSON into one buffer of bytes, commas included.
///
/// The caller keeps the nesting right; nothing is checked, nothing is copied twice. `removeAll()` keeps the
/// storage, so that a reply costs no allocation.
package struct JSONWriter: Sendable {
    package var bytes: [UInt8]
    /// Whether a value stands before the place where the next one would go.
    @usableFromInline var follows = false

    package init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        follows = false
    }

    @inlinable mutating func separate() {
        if follows { bytes.append(UInt8(ascii: ",")) }
        follows = true
    }

    @inlinable package mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        follows = false
    }

    @inlinable package mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        follows = true
    }

    @inlinable package mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        follows = false
    }

    @inlinable package mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        follows = true
    }

    /// The name of a member, which needs no escapes.
    @inlinable package mutating func name(_ name: StaticString) {
        if follows { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        follows = false
    }

    /// A literal goes to the overload above, which looks for no escapes.
    @_disfavoredOverload
    package mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        follows = false
    }

    /// Text that is JSON already, such as a whole member or value written in the code.
    @inlinable package mutating func literal(_ json: StaticString) {
        separate()
        append(json)
    }

    /// The source text of a value in a tree.
    @inlinable package mutating func source(_ index: JSONTree.Index, of tree: borrowing JSONTree) {
        separate()
        bytes.append(contentsOf: tree.source[tree.range(index)])
    }

    @inlinable package mutating func null() { literal("null") }
    @inlinable package mutating func bool(_ value: Bool) {
        if value { literal("true") } else { literal("false") }
    }

    package mutating func int(_ value: Int) {
        separate()
        appendDecimal(value)
    }

    /// Null when the value is not finite.
    package mutating func double(_ value: Double) { self.value(JSONValue(value)) }

    package mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0)) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string or null.
    package mutating func string(_ text: String?) { if let text { string(text) } else { null() } }

    /// A string made of bytes that are UTF-8.
    package mutating func string(utf8 content: UnsafeRawBufferPointer) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(content)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value and all inside it, without recursion on the caller's stack.
    package mutating func value(_ value: JSONValue) {
        enum Rest {
            case elements([JSONValue], Int)
            case members(JSONObject, Int)
        }
        var stack: [Rest] = []
        var current: JSONValue? = value
        while true {
            if let now = current {
                current = nil
                switch now {
                case .null: null()
                case .bool(let value): bool(value)
                case .number(let value):
                    separate()
                    bytes.append(contentsOf: value.literal.utf8)
                case .string(let value): string(value)
                case .array(let elements):
                    beginArray()
                    stack.append(.elements(elements, 0))
                case .object(let members):
                    beginObject()
                    stack.append(.members(members, 0))
                }
            }
            switch stack.popLast() {
            case nil: return
            case .elements(let elements, let next)?:
                guard next < elements.count else {
                    endArray()
                    continue
                }
                current = elements[next]
                stack.append(.elements(elements, next + 1))
            case .members(let members, let next)?:
                guard next < members.count else {
                    endObject()
                    continue
                }
                name(members[next].name)
                current = members[next].value
                stack.append(.members(members, next + 1))
            }
        }
    }

    // MARK: Bytes

    @inlinable mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Digits without a value around them: for ids and lengths.
    package mutating func appendDecimal(_ value: Int) {
        guard value < 0 || value > 9 else {
            bytes.append(0x30 + UInt8(value))
            return
        }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// The content of a string (RFC 8259 §7): quotes, backslashes and control characters escaped; U+2028 and
    /// U+2029 too, because line-based readers in the field break at them.
    package mutating func appendEscaped(_ content: UnsafeRawBufferPointer) {
        var clean = content.startIndex
        var position = clean
        while position < content.endIndex {
            let byte = content[position]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0xE2 {
                position += 1
                continue
            }
            if byte == 0xE2 {
                guard position + 2 < content.endIndex, content[position + 1] == 0x80,
                    content[position + 2] | 1 == 0xA9
                else {
                    position += 1
                    continue
                }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[clean..<position]))
                append(content[position + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                position += 3
                clean = position
                continue
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[clean..<position]))
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            default:
                append("u00")
                bytes.append(0x30 + (byte >> 4))
                bytes.append((byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
            }
            position += 1
            clean = position
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[clean..<content.endIndex]))
    }
}

extension JSONValue: CustomStringConvertible {
    /// Compact JSON.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    /// Bytes that are one JSON value already.
    @inlinable package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Takes back everything behind the first `count` bytes, so that something else can be written instead.
    package mutating func truncate(to count: Int, follows: Bool) {
        bytes.removeLast(max(0, bytes.count - count))
        self.follows = follows
    }
}
