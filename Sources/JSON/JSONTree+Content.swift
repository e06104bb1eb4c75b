#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The content of strings and numbers, read from the source when asked for.
extension JSONTree {
    /// The text of a string with its escapes resolved; nil for anything but a string. A lone surrogate, which
    /// is reported as a problem, reads as U+FFFD.
    package func string(_ index: Index) -> String? {
        guard kind(index) == .string else { return nil }
        guard isEscaped(index) else { return String(decoding: source[contentRange(index)], as: UTF8.self) }
        return String(decoding: content(index), as: UTF8.self)
    }

    /// The UTF-8 text of a string with its escapes resolved. Eight bytes at a time: a document in a message has an escape at each
    /// line end and each quote, but few others.
    package func content(_ index: Index) -> [UInt8] {
        let range = contentRange(index)
        guard isEscaped(index) else { return Array(source[range]) }
        // A broken `\u` is two bytes and becomes the three of U+FFFD.
        return [UInt8](unsafeUninitializedCapacity: range.count + range.count / 2 + 8) { target, count in
            let target = UnsafeMutableRawBufferPointer(target)
            source.withUnsafeBytes { bytes in
                var at = range.lowerBound
                while at < range.upperBound {
                    if at &+ 8 <= range.upperBound {
                        let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
                        target.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
                        let plain = Self.bytesBeforeEscape(word)
                        at &+= plain
                        count &+= plain
                        if plain == 8 { continue }
                    } else if bytes[at] != UInt8(ascii: "\\") {
                        target[count] = bytes[at]
                        at &+= 1
                        count &+= 1
                        continue
                    }
                    if at &+ 1 < range.upperBound, let byte = EscapeDecoder.short(bytes[at &+ 1]) {
                        target[count] = byte
                        at &+= 2
                        count &+= 1
                    } else {
                        var decoder = EscapeDecoder(position: at, end: range.upperBound)
                        guard let piece = decoder.next(in: source) else { return }
                        for byte in String(piece.scalar).utf8 {
                            target[count] = byte
                            count &+= 1
                        }
                        at = decoder.position
                    }
                }
            }
        }
    }

    /// How many of eight bytes stand before the first backslash.
    @inline(__always) private static func bytesBeforeEscape(_ word: UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let backslash = word ^ (ones &* 0x5C)
        // The lowest flagged byte is exact: a borrow runs only upwards from a true hit.
        let hits = (backslash &- ones) & ~backslash & (ones &* 0x80)
        return hits.trailingZeroBitCount >> 3
    }

    /// Whether a string says exactly `text`, which is ASCII.
    package func string(_ index: Index, equals text: StaticString) -> Bool {
        guard kind(index) == .string else { return false }
        guard !isEscaped(index) else { return string(index) == text.description }
        let range = contentRange(index)
        guard range.count == text.utf8CodeUnitCount else { return false }
        return source.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memcmp(start + range.lowerBound, text.utf8Start, range.count) == 0
        }
    }

    /// The source text of a value.
    package func literal(_ index: Index) -> String { String(decoding: source[range(index)], as: UTF8.self) }

    package func number(_ index: Index) -> JSONNumber? {
        kind(index) == .number ? JSONNumber(validLiteral: literal(index)) : nil
    }

    /// The number as an integer when it is one (`5`, `5.0`); nil when it is not whole, does not fit, or is no
    /// number.
    package func int(_ index: Index) -> Int? {
        guard kind(index) == .number else { return nil }
        let range = range(index)
        var value = 0
        // Up to 18 digits cannot overflow; all else takes the general way.
        guard range.count <= 18 else { return number(index)?.int }
        for offset in range {
            let digit = source[offset] &- 0x30
            guard digit <= 9 else { return number(index)?.int }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    package func bool(_ index: Index) -> Bool? {
        switch kind(index) {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value with all inside it, without its positions. Missing and invalid parts read as null; a name
    /// that occurs twice counts the last time.
    package func value(_ index: Index) -> JSONValue {
        // Explicit stack: the depth of a document must not be that of the caller's stack.
        struct Frame {
            var container: Kind
            var children: Elements
            var array: [JSONValue] = []
            var object = JSONObject()
            var seen: Set<Int> = []
            var name = ""

            mutating func take(_ value: JSONValue) { object.set(name, to: value, &seen) }
        }
        var stack: [Frame] = []
        var current = index
        while true {
            var value: JSONValue
            switch kind(current) {
            case .missing, .invalid, .null: value = .null
            case .false: value = false
            case .true: value = true
            case .number: value = .number(JSONNumber(validLiteral: literal(current)))
            case .string: value = .string(string(current) ?? "")
            case .array, .object:
                stack.append(Frame(container: kind(current), children: elements(current)))
                if kind(current) == .array { stack[stack.count - 1].array.reserveCapacity(count(current)) }
                if advance() != nil { continue }
                value = stack.removeLast().container == .array ? .array([]) : .object([:])
            }
            // Hand the finished value to its container; a container finished by that is handed on.
            while true {
                guard let top = stack.indices.last else { return value }
                if stack[top].container == .array {
                    stack[top].array.append(value)
                } else {
                    stack[top].take(value)
                }
                if advance() != nil { break }
                let done = stack.removeLast()
                value = done.container == .array ? .array(done.array) : .object(done.object)
            }
        }

        /// Moves `current` to the next child of the innermost container; nil when it has no more.
        func advance() -> Void? {
            let top = stack.count - 1
            guard var next = stack[top].children.next(in: self) else { return nil }
            if stack[top].container == .object {
                stack[top].name = string(next) ?? ""
                guard let value = stack[top].children.next(in: self) else { return nil }
                next = value
            }
            current = next
            return ()
        }
    }
}

/// Walks the content of a string scalar by scalar, telling where each stands in the source.
package struct EscapeDecoder {
    package private(set) var position: Int
    let end: Int

    package init(position: Int, end: Int) {
        self.position = position
        self.end = end
    }

    /// A scalar and the bytes of the source that say it.
    package struct Piece {
        package let scalar: Unicode.Scalar
        package let range: Range<Int>
        var isEscape = false

        /// How many bytes of the content it is.
        package var contentLength: Int { isEscape ? UTF8.width(scalar) : range.count }
    }

    package mutating func next(in source: [UInt8]) -> Piece? {
        let start = position
        guard start < end, end <= source.count else { return nil }
        let byte = source[start]
        if byte == UInt8(ascii: "\\") { return escape(in: source) }
        if byte < 0x80 {
            position += 1
            return Piece(scalar: Unicode.Scalar(byte), range: start..<position)
        }
        // Bytes that are no character stand for themselves in the content.
        position = start + UTF8Scan.length(source, at: start, before: end)
        let expected = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        guard position - start == expected else { return Piece(scalar: "\u{FFFD}", range: start..<position) }
        var value = UInt32(byte) & (0xFF >> UInt32(expected + 1))
        for continuation in source[(start + 1)..<position] {
            value = value << 6 | UInt32(continuation & 0x3F)
        }
        return Piece(scalar: Unicode.Scalar(value) ?? "\u{FFFD}", range: start..<position)
    }

    /// What the letter behind a backslash stands for, when it is one character (RFC 8259 §7).
    @inline(__always) static func short(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    private mutating func escape(in source: [UInt8]) -> Piece {
        let start = position
        position = min(end, start + 2)
        let letter = start + 1 < end ? source[start + 1] : 0
        let scalar: Unicode.Scalar
        switch letter {
        case UInt8(ascii: "u"):
            guard let high = Self.codeUnit(at: start, before: end, in: source) else {
                scalar = "\u{FFFD}"
                break
            }
            position = start + 6
            if (0xD800..<0xDC00).contains(high),
                let low = Self.codeUnit(at: position, before: end, in: source),
                (0xDC00..<0xE000).contains(low)
            {
                position += 6
                scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            } else {
                scalar = Unicode.Scalar(high) ?? "\u{FFFD}"
            }
        default: scalar = Unicode.Scalar(Self.short(letter) ?? letter)
        }
        return Piece(scalar: scalar, range: start..<position, isEscape: true)
    }

    /// The UTF-16 code unit of the `\u` escape at `position` (RFC 8259 §7).
    static func codeUnit(at position: Int, before end: Int, in source: [UInt8]) -> UInt32? {
        position + 6 <= end ? JSONParser.codeUnit(source.span, position) : nil
    }
}
