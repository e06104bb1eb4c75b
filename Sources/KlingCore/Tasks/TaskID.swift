/// Our name of a task: `kt_` and a ULID, 26 characters of Crockford's base 32: 48 bits of time in
/// milliseconds, then 80 random bits. It is given out before anything is sent, so it is never lost.
public struct TaskID: Sendable, Hashable {
    public let text: String

    /// - Parameter randomness: 80 random bits, in the low bits of the two words (16 and 64).
    package init(at time: Timestamp, randomness: (UInt16, UInt64)) {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        var digits: [UInt8] = []
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xFFFF_FFFF_FFFF
        for shift in stride(from: UInt64(45), through: 0, by: -5) {
            digits.append(alphabet[Int(milliseconds >> shift & 31)])
        }
        let low = randomness.1
        let high = UInt64(randomness.0)
        for shift in stride(from: UInt64(75), through: 0, by: -5) {
            let value: UInt64 =
                if shift >= 64 { high >> (shift - 64) } else if shift > 59 {
                    low >> shift | high << (64 - shift)
                } else { low >> shift }
            digits.append(alphabet[Int(value & 31)])
        }
        text = "kt_" + String(decoding: digits, as: UTF8.self)
    }

    /// Nil for text that is not `kt_` and 26 characters of the alphabet.
    public init?(_ text: String) {
        var text = text
        let isName = text.withUTF8 { bytes in
            bytes.count == 29 && bytes.starts(with: "kt_".utf8) && bytes[3...].allSatisfy(Self.isDigit)
        }
        guard isName else { return nil }
        self.text = text
    }

    /// The letters but I, L, O and U.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "0"..."9", "A"..."H", "J"..."K", "M"..."N", "P"..."T", "V"..."Z": true
        default: false
        }
    }
}

extension TaskID: CustomStringConvertible {
    public var description: String { text }
}
