/// A JSON number exactly as it was written: `1.0`, `1e2` and an integer of 40 digits stay what they are.
///
/// Two numbers are equal when they are written the same or denote the same finite double.
public struct JSONNumber: Sendable {
    /// The source text, valid by RFC 8259 §6.
    public let literal: String

    /// - Precondition: `literal` is a JSON number; only the parser and the initialisers below call this.
    package init(validLiteral literal: String) { self.literal = literal }

    public init(_ value: Int) { literal = String(value) }

    /// Nil for infinities and NaN, which JSON cannot say.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        if let whole = Int(exactly: value), abs(value) < 9_007_199_254_740_992 {
            literal = String(whole)
        } else {
            literal = value.description
        }
    }

    /// The value as an integer when it is one: `5`, `5.0` and `50e-1` all are 5; nil when it is not whole or
    /// does not fit.
    public var int: Int? {
        if let exact = Int(literal) { return exact }
        guard let value = Double(literal), abs(value) < 9_007_199_254_740_992 else { return nil }
        return Int(exactly: value)
    }

    /// The nearest double; infinite when the exponent is out of range.
    public var double: Double { Double(literal) ?? .infinity }
}

extension JSONNumber: Hashable {
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        if left.literal == right.literal { return true }
        if let a = Int(left.literal), let b = Int(right.literal) { return a == b }
        let (a, b) = (left.double, right.double)
        return a == b && a.isFinite && abs(a) < 9_007_199_254_740_992
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(double) }
}
