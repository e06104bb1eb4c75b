/// A moment in UTC with the precision of the wire: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// From a number of seconds or milliseconds, told apart by size; nil for a number that is neither (negative, or beyond the
    /// year 9999). Gateways differ in what they send; none of them speaks of a time before 2001 in milliseconds.
    public init?(secondsOrMilliseconds value: Double) {
        switch value {
        case 0..<253_402_300_800: milliseconds = Int64(value * 1000)
        case 1_000_000_000_000..<253_402_300_800_000: milliseconds = Int64(value)
        default: return nil
        }
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time that passes from `start` to here, negative when `start` is later.
    public func since(_ start: Timestamp) -> Duration {
        .milliseconds(milliseconds.subtractingReportingOverflow(start.milliseconds).partialValue)
    }

    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds.addingReportingOverflow(duration.milliseconds).partialValue)
    }
}

extension Duration {
    /// Whole milliseconds, towards zero; saturating.
    public var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }

    public var seconds: Double { Double(milliseconds) / 1000 }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-20T21:00:00.000Z`.
    public var description: String {
        var text = ""
        withUTF8 { text = String(decoding: $0, as: UTF8.self) }
        return text
    }

    /// The bytes of ``description``.
    package func withUTF8(_ body: (UnsafeRawBufferPointer) -> Void) {
        let (days, millisecondOfDay) = milliseconds.quotientAndRemainderFloor(dividingBy: 86_400_000)
        let (year, month, day) = Self.civil(days: days)
        // Years of more than four digits are no dates of RFC 3339; they are told as they are.
        let yearDigits = (0..<10_000).contains(year) ? 4 : String(year).utf8.count
        withUnsafeTemporaryAllocation(byteCount: yearDigits + 20, alignment: 1) { bytes in
            var end = 0
            func put(_ value: Int64, _ width: Int, then sign: Unicode.Scalar) {
                var rest = value.magnitude
                var place = end + width
                while place > end {
                    place -= 1
                    bytes[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                if value < 0 { bytes[end] = UInt8(ascii: "-") }
                bytes[end + width] = UInt8(ascii: sign)
                end += width + 1
            }
            put(year, yearDigits, then: "-")
            put(month, 2, then: "-")
            put(day, 2, then: "T")
            put(millisecondOfDay / 3_600_000, 2, then: ":")
            put(millisecondOfDay / 60_000 % 60, 2, then: ":")
            put(millisecondOfDay / 1000 % 60, 2, then: ".")
            put(millisecondOfDay % 1000, 3, then: "Z")
            body(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Reads an RFC 3339 date-time (§5.6), with any offset and any number of decimals; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func separator(_ offset: Int, _ allowed: String) -> Bool {
            offset < bytes.count && allowed.utf8.contains(bytes[offset])
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            separator(4, "-"), separator(7, "-"), separator(10, "Tt "), separator(13, ":"),
            separator(16, ":"),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if separator(position, ".") {
            position += 1
            var scale: Int64 = 100
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                fraction += Int64(bytes[position] - 0x30) * scale
                scale /= 10
                position += 1
            }
        }
        var offset: Int64 = 0
        if separator(position, "+-") {
            guard let hours = number((position + 1)..<(position + 3)), separator(position + 3, ":"),
                let minutes = number((position + 4)..<(position + 6)), position + 6 == bytes.count
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[position] == UInt8(ascii: "-") ? -1 : 1)
        } else if !(separator(position, "Zz") && position + 1 == bytes.count) {
            return nil
        }
        let days = Self.days(year: year, month: month, day: day)
        milliseconds = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction
    }

    // The proleptic Gregorian calendar in eras of 400 years (146,097 days), the year beginning in March.

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainderFloor(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = year.quotientAndRemainderFloor(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFloor(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
