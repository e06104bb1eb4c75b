/// An API key. It prints as `‹redacted›` everywhere and leaves this type only on its way into the
/// Authorization header.
public struct Secret: Sendable {
    private let text: String

    /// Tells keys apart, and does not tell the key.
    package let account: String
    /// Something around the key was left out.
    package let isTrimmed: Bool

    /// Nil when the text is no key: when nothing but white space is in it, or a character that no header can
    /// carry (RFC 9110 §5.5: visible ASCII here). See ``init(reading:)``.
    public init?(_ text: String) {
        guard let secret = try? Secret(reading: Array(text.utf8)) else { return nil }
        self = secret
    }

    /// A byte order mark (RFC 3629 §6) and white space around the key, such as the newline at the end of a file,
    /// are cut.
    package init(reading bytes: [UInt8]) throws(KeyProblem.Fault) {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let unmarked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let key = Array(unmarked.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard !key.isEmpty else { throw .isEmpty }
        guard key.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            if key.contains(where: { $0 == 0x0A || $0 == 0x0D }) { throw .hasSecondLine }
            throw key.starts(with: "Bearer ".utf8) ? .beginsWithBearer : .hasForeignCharacter
        }
        text = String(decoding: key, as: UTF8.self)
        var digest = SHA256()
        digest.update(Array("kling-server account ".utf8) + key)
        account = String(SHA256.hexadecimal(digest.finish()).prefix(8))
        isTrimmed = key.count < bytes.count
    }

    package var length: Int { text.utf8.count }

    /// It stands in quotes, which no key is known to do.
    package var isQuoted: Bool {
        text.utf8.count > 2 && text.first == text.last && (text.first == "\"" || text.first == "'")
    }

    /// The value of an Authorization header (RFC 6750 §2.1).
    package var bearer: String { "Bearer \(text)" }

    /// The text with every occurrence of the key replaced: a gateway may quote the key in its complaint.
    public func redacted(in message: String) -> String {
        // Nothing so short is a key, and replacing it would only garble the message.
        guard text.utf8.count >= 4 else { return message }
        return replaced(in: Array(message.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? message
    }

    /// The reply with the key replaced wherever it stands as it is, so that no part of it is left when a text is cut. What is
    /// as short as a word of the protocol is left: the reply would be understood no more.
    package func redacted(in reply: GatewayReply) -> GatewayReply {
        guard text.utf8.count >= 16 else { return reply }
        var reply = reply
        if let body = replaced(in: reply.body) { reply.body = body }
        for index in reply.headers.indices {
            reply.headers[index].value = redacted(in: reply.headers[index].value)
        }
        return reply
    }

    /// The bytes with every occurrence of the key replaced; nil when there is none.
    private func replaced(in source: [UInt8]) -> [UInt8]? {
        let key = Array(text.utf8)
        guard let first = key.first else { return nil }
        var result: [UInt8]?
        var (position, copied) = (0, 0)
        while let start = source[position...].firstIndex(of: first), start + key.count <= source.count {
            guard source[start...].starts(with: key) else {
                position = start + 1
                continue
            }
            result = (result ?? []) + source[copied..<start] + Array(Self.mask.utf8)
            position = start + key.count
            copied = position
        }
        return result.map { $0 + source[copied...] }
    }

    public static let mask = "‹redacted›"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Self.mask }
    public var debugDescription: String { Self.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
