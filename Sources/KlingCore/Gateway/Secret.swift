/// An API key. It prints as `‹redacted›` everywhere and leaves this type only on its way into the
/// Authorization header.
public struct Secret: Sendable {
    private let text: String

    /// White space around the key, such as the newline at the end of a file, is cut. Nil when nothing is
    /// left, or when a character is left that no header can carry (RFC 9110 §5.5: visible ASCII here).
    public init?(_ text: String) {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let visible = text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard !visible.isEmpty, visible.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.text = String(decoding: Array(visible), as: UTF8.self)
    }

    /// The value of an Authorization header (RFC 6750 §2.1).
    package var bearer: String { "Bearer \(text)" }

    /// The text with every occurrence of the key replaced: a gateway may quote the key in its complaint.
    public func redacted(in message: String) -> String {
        // Nothing so short is a key, and replacing it would only garble the message.
        guard text.utf8.count >= 4 else { return message }
        let key = Array(text.utf8)
        let source = Array(message.utf8)
        guard source.count >= key.count else { return message }
        var result: [UInt8] = []
        var position = 0
        while position < source.count {
            if source[position...].starts(with: key) {
                result += Self.mask.utf8
                position += key.count
            } else {
                result.append(source[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    public static let mask = "‹redacted›"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Self.mask }
    public var debugDescription: String { Self.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
