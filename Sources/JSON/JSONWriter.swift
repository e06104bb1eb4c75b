/// Writes compact JSON into one buffer of bytes, commas included.
///
/// The caller keeps the nesting right; nothing is checked, nothing is copied twice. `removeAll()` keeps the
/// storage, so that a reply costs no allocation. The memory is its own, not an array's: a reply is made of
/// some hundred small pieces, and an array would ask before each whether somebody else holds it.
public struct JSONWriter: ~Copyable {
    @usableFromInline var memory: UnsafeMutableRawBufferPointer
    /// Bytes written: never more than ``memory`` holds.
    @usableFromInline var end = 0
    /// Whether a value stands before the place where the next one would go.
    @usableFromInline var follows = false

    /// - Parameter capacity: bytes that have room without growing.
    package init(capacity: Int = 256) {
        memory = .allocate(byteCount: max(16, capacity), alignment: 8)
    }

    deinit { memory.deallocate() }

    package mutating func removeAll() {
        end = 0
        follows = false
    }

    /// Bytes written.
    package var count: Int { end }

    /// A copy of what has been written.
    package var bytes: [UInt8] { withBytes { Array($0) } }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: memory[..<end]))
    }

    @inlinable public mutating func beginObject() { open(UInt8(ascii: "{")) }
    @inlinable public mutating func endObject() { close(UInt8(ascii: "}")) }
    @inlinable public mutating func beginArray() { open(UInt8(ascii: "[")) }
    @inlinable public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The name of a member, which needs no escapes.
    @inlinable public mutating func name(_ name: StaticString) {
        reserve(name.utf8CodeUnitCount &+ 4)
        separate()
        put(UInt8(ascii: "\""))
        put(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        follows = false
    }

    /// A literal goes to the overload above, which looks for no escapes.
    @_disfavoredOverload
    package mutating func name(_ name: String) {
        string(name)
        append(UInt8(ascii: ":"))
        follows = false
    }

    /// Text that is JSON already, such as a whole member or value written in the code.
    @inlinable public mutating func literal(_ json: StaticString) {
        reserve(json.utf8CodeUnitCount &+ 1)
        separate()
        put(json)
    }

    /// Bytes that are one JSON value already.
    package mutating func raw(_ json: UnsafeRawBufferPointer) {
        reserve(json.count &+ 1)
        separate()
        put(json)
    }

    package mutating func raw(_ json: [UInt8]) { json.withUnsafeBytes { raw($0) } }

    /// The source text of a value in a tree.
    package mutating func source(_ index: JSONTree.Index, of tree: borrowing JSONTree) {
        let range = tree.range(index)
        tree.source.withUnsafeBytes { raw(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    @inlinable public mutating func null() { literal("null") }
    @inlinable public mutating func bool(_ value: Bool) {
        if value { literal("true") } else { literal("false") }
    }

    package mutating func int(_ value: Int) {
        reserve(1)
        separate()
        appendDecimal(value)
    }

    /// Null when the value is not finite.
    package mutating func double(_ value: Double) { self.value(JSONValue(value)) }

    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// A string or null.
    package mutating func string(_ text: String?) { if let text { string(text) } else { null() } }

    /// A string made of bytes that are UTF-8.
    package mutating func string(utf8 content: UnsafeRawBufferPointer) {
        beginString()
        appendEscaped(content)
        append(UInt8(ascii: "\""))
    }

    /// The opening quote of a string whose content is appended piece by piece, with its closing quote.
    mutating func beginString() {
        reserve(2)
        separate()
        put(UInt8(ascii: "\""))
    }

    /// A value and all inside it, without recursion on the caller's stack.
    package mutating func value(_ value: JSONValue) {
        enum Rest {
            case elements([JSONValue], Int)
            case members(JSONObject, Int)
        }
        var stack: [Rest] = []
        var current = value
        while true {
            switch current {
            case .array(let elements):
                beginArray()
                stack.append(.elements(elements, 0))
            case .object(let members):
                beginObject()
                stack.append(.members(members, 0))
            default: scalar(current)
            }
            // On to the next value that holds others; scalars are written on the way.
            next: while true {
                switch stack.popLast() {
                case nil: return
                case .elements(let elements, var place)?:
                    while place < elements.count {
                        current = elements[place]
                        place += 1
                        if scalar(current) { continue }
                        stack.append(.elements(elements, place))
                        break next
                    }
                    endArray()
                case .members(let members, var place)?:
                    while place < members.count {
                        name(members.names[place])
                        current = members.values[place]
                        place += 1
                        if scalar(current) { continue }
                        stack.append(.members(members, place))
                        break next
                    }
                    endObject()
                }
            }
        }
    }

    /// Writes a value that holds no others; false for one that may.
    @discardableResult
    private mutating func scalar(_ value: JSONValue) -> Bool {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value):
            var literal = value.literal
            literal.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
        case .string(let value): string(value)
        case .array, .object: return false
        }
        return true
    }

    /// Takes back everything behind the first `count` bytes, so that something else can be written instead.
    package mutating func truncate(to count: Int, follows: Bool) {
        end = min(end, max(0, count))
        self.follows = follows
    }

    // MARK: Bytes

    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        put(byte)
    }

    @inlinable public mutating func append(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        put(text)
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        put(bytes)
    }

    package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// Bytes of a tree's source.
    package mutating func append(_ range: Range<Int>, of tree: borrowing JSONTree) {
        tree.source.withUnsafeBytes { append(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Digits without a value around them: for ids and lengths.
    package mutating func appendDecimal(_ value: Int) {
        reserve(20)
        if value < 0 { put(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits = 1
        var bound: UInt = 10
        while digits < 19, rest >= bound {
            digits &+= 1
            bound &*= 10
        }
        var at = end &+ digits
        repeat {
            at &-= 1
            memory[at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        end &+= digits
    }

    /// The content of a string (RFC 8259 §7): quotes, backslashes and control characters escaped; U+2028 and
    /// U+2029 too, because line-based readers in the field break at them.
    package mutating func appendEscaped(_ content: UnsafeRawBufferPointer) {
        var clean = content.startIndex
        var position = clean
        while position < content.endIndex {
            while position &+ 8 <= content.endIndex, Self.isClean(content, position) { position &+= 8 }
            guard position < content.endIndex else { break }
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
                append(UnsafeRawBufferPointer(rebasing: content[clean..<position]))
                append(content[position + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                position += 3
                clean = position
                continue
            }
            append(UnsafeRawBufferPointer(rebasing: content[clean..<position]))
            append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
            case 0x0A: append(UInt8(ascii: "n"))
            case 0x0D: append(UInt8(ascii: "r"))
            case 0x09: append(UInt8(ascii: "t"))
            default:
                append("u00")
                append(0x30 + (byte >> 4))
                append((byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
            }
            position += 1
            clean = position
        }
        append(UnsafeRawBufferPointer(rebasing: content[clean..<content.endIndex]))
    }

    /// Whether none of the eight bytes at `position` needs a second look.
    @inline(__always) private static func isClean(_ content: UnsafeRawBufferPointer, _ position: Int) -> Bool
    {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = content.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        func has(_ byte: UInt64) -> UInt64 {
            let difference = word ^ (ones &* byte)
            return (difference &- ones) & ~difference
        }
        let control = (word &- ones &* 0x20) & ~word
        return (has(0x22) | has(0x5C) | has(0xE2) | control) & (ones &* 0x80) == 0
    }
}

// MARK: - Memory

/// `put` writes where ``reserve(_:)`` has just made room; nothing else touches the memory.
extension JSONWriter {
    @inlinable @inline(__always) mutating func reserve(_ bytes: Int) {
        if memory.count &- end < bytes { grow(bytes) }
    }

    @inline(never) @usableFromInline mutating func grow(_ bytes: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(memory.count * 2, end + bytes), alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
        memory.deallocate()
        memory = larger
    }

    @inlinable @inline(__always) mutating func put(_ byte: UInt8) {
        memory[end] = byte
        end &+= 1
    }

    @inlinable @inline(__always) mutating func put(_ text: StaticString) {
        text.withUTF8Buffer { put(UnsafeRawBufferPointer($0)) }
    }

    @inlinable @inline(__always) mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        target.advanced(by: end).copyMemory(from: source, byteCount: bytes.count)
        end &+= bytes.count
    }

    @inlinable @inline(__always) mutating func separate() {
        if follows { put(UInt8(ascii: ",")) }
        follows = true
    }

    @inlinable @inline(__always) mutating func open(_ bracket: UInt8) {
        reserve(2)
        separate()
        put(bracket)
        follows = false
    }

    @inlinable @inline(__always) mutating func close(_ bracket: UInt8) {
        reserve(1)
        put(bracket)
        follows = true
    }
}

extension JSONValue: CustomStringConvertible {
    /// Compact JSON.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}

extension JSONWriter {
    /// What has been written, as text.
    package var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
