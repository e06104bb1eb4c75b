/// A JSON Pointer (RFC 6901): the way from the root of a document to one value.
public struct JSONPointer: Sendable, Hashable {
    /// The reference tokens, unescaped: member names, or array indices in decimal.
    public var tokens: [String]

    public static let root = JSONPointer(tokens: [])

    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads `""`, `/a/0`, `/a~1b`; nil for text that is not empty and does not begin with `/`, and for a `~`
    /// that is followed by neither `0` nor `1` (RFC 6901 §3).
    public init?(_ text: String) {
        tokens = []
        guard !text.isEmpty else { return }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        for part in text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            var token: [UInt8] = []
            var escape = false
            for byte in part {
                switch (escape, byte) {
                case (false, UInt8(ascii: "~")): escape = true
                case (false, _): token.append(byte)
                case (true, UInt8(ascii: "0")):
                    token.append(UInt8(ascii: "~"))
                    escape = false
                case (true, UInt8(ascii: "1")):
                    token.append(UInt8(ascii: "/"))
                    escape = false
                case (true, _): return nil
                }
            }
            guard !escape else { return nil }
            tokens.append(String(decoding: token, as: UTF8.self))
        }
    }

    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    /// The pointer to the container, or nil for the root.
    public var parent: JSONPointer? { tokens.isEmpty ? nil : JSONPointer(tokens: Array(tokens.dropLast())) }

    /// Whether `other` is this place or lies inside it.
    public func contains(_ other: JSONPointer) -> Bool { other.tokens.starts(with: tokens) }
}

extension JSONPointer: CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String {
        tokens.reduce(into: "") { text, token in
            text += "/"
            text += Self.escaped(token)
        }
    }

    /// A token as it stands in a pointer (RFC 6901 §3).
    fileprivate static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return token
        }
        var text = ""
        for character in token.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// For pointers written in code: text that is no pointer becomes a pointer of that one token.
    public init(stringLiteral value: String) { self = JSONPointer(value) ?? JSONPointer(tokens: [value]) }
}

extension JSONWriter {
    /// A pointer as a string.
    package mutating func pointer(_ pointer: JSONPointer) {
        beginString()
        for token in pointer.tokens {
            append(UInt8(ascii: "/"))
            var token = JSONPointer.escaped(token)
            token.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0)) }
        }
        append(UInt8(ascii: "\""))
    }
}

extension JSONPointer {
    /// The token as an array index: `0` or digits without a leading zero (RFC 6901 §4).
    package static func arrayIndex(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first != UInt8(ascii: "0") else { return nil }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(token)
    }
}

extension JSONValue {
    /// The value at `pointer`, or nil when there is none.
    public func value(at pointer: JSONPointer) -> JSONValue? {
        var current = self
        for token in pointer.tokens {
            switch current {
            case .object(let members):
                guard let next = members[token] else { return nil }
                current = next
            case .array(let elements):
                guard let index = JSONPointer.arrayIndex(token), index < elements.count else { return nil }
                current = elements[index]
            default:
                return nil
            }
        }
        return current
    }
}
