import JSON

extension RequestView {
    /// Values and names in a value that is compared or offered in a fix. As values of their own they take fifty times their
    /// text, and of so many nobody takes an offer.
    private static let largestOffer = 4096

    /// A value by itself; nil for one of too many parts.
    func offered(_ value: JSONTree.Index) -> JSONValue? {
        tree.extent(value) <= Self.largestOffer ? tree.value(value) : nil
    }

    /// The same in another type, where that is plain.
    func converted(_ value: JSONTree.Index, to type: ParameterType) -> JSONValue? {
        offered(value).flatMap { Conversion.convert($0, to: type) }
    }
}

/// Turns a value of the wrong type into one of the right type that says the same, where that is plain.
enum Conversion {
    static func convert(_ value: JSONValue, to type: ParameterType) -> JSONValue? {
        switch (type, value) {
        case (.boolean, .string(let text)):
            switch text.lowercased() {
            case "true", "on", "yes": return true
            case "false", "off", "no": return false
            default: return nil
            }
        case (.boolean, .number(let number)):
            switch number.int {
            case 1: return true
            case 0: return false
            default: return nil
            }
        case (.integer, .string(let text)), (.integers, .string(let text)):
            guard let whole = Int(text), type.allows(whole) else { return nil }
            return JSONValue(whole)
        case (.string, .number(let number)): return .string(number.literal)
        case (.string, .array(let parts)) where parts.count == 1:
            // Not nothing: a text that is missing is no better than a list.
            guard let only = parts.first?.string, only.unicodeScalars.contains(where: \.isVisible) else {
                return nil
            }
            return .string(only)
        case (.choice(let choices), .array(let parts)) where parts.count == 1:
            guard let only = parts.first, choices.contains(where: { .string($0.value) == only }) else {
                return nil
            }
            return only
        case (.array(of: .url, _), .string(var text)):
            guard text.withUTF8({ URLExamination(UnsafeRawBufferPointer($0)).fault }) == nil else {
                return nil
            }
            return [.string(text)]
        case (.array(of: .object(let members), count: let count), .object(let object))
        where count.lowerBound <= 1:
            // One entry, not several by names of their own.
            guard members.contains(where: { object[$0.name] != nil }) else { return nil }
            return [value]
        default: return nil
        }
    }
}
