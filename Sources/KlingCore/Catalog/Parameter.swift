public import JSON

/// One parameter of a model: all that is known about it, and the only place where it is known.
public struct Parameter: Sendable {
    /// The member's name on the wire.
    public let name: String
    public let type: ParameterType
    public let isRequired: Bool
    /// What the gateway assumes when the parameter is left out.
    public let defaultValue: JSONValue?
    public let documentation: LocalizedText
    public let example: JSONValue?
    /// Where the model page says so.
    public let source: SourceLine
    /// What is reported when the value is of the right type and none of the allowed.
    package let rangeMessage: Message?

    package init(
        _ name: String, _ type: ParameterType, required: Bool = false, default defaultValue: JSONValue? = nil,
        example: JSONValue? = nil, outside rangeMessage: Message? = nil, source: SourceLine, en: String,
        zh: String
    ) {
        self.name = name
        self.type = type
        isRequired = required
        self.defaultValue = defaultValue
        self.example = example
        self.rangeMessage = rangeMessage
        self.source = source
        documentation = LocalizedText(en: en, zh: zh)
    }

    package init(
        _ field: Field, _ type: ParameterType, required: Bool = false, default defaultValue: JSONValue? = nil,
        example: JSONValue? = nil, outside rangeMessage: Message? = nil, source: SourceLine, en: String,
        zh: String
    ) {
        self.init(
            field.name, type, required: required, default: defaultValue, example: example,
            outside: rangeMessage,
            source: source, en: en, zh: zh)
    }
}

/// The values a parameter takes.
public indirect enum ParameterType: Sendable {
    /// Text; `limit` is the greatest number of Unicode scalars that the page or Kling itself allows.
    case string(limit: Int?)
    /// An absolute address of a file that everyone may fetch.
    case url
    /// One word of a list.
    case choice([Choice])
    /// A whole number in the range, in seconds or as a count.
    case integer(ClosedRange<Int>)
    /// A whole number of the list, ascending.
    case integers([Int])
    case boolean
    case array(of: ParameterType, count: ClosedRange<Int>)
    case object([Parameter])
}

/// One word that a parameter may say.
public struct Choice: Sendable, Hashable {
    public let value: String
    public let documentation: LocalizedText
    /// The height class of the video that this `mode` gives.
    public let resolution: String?

    public init(_ value: String, resolution: String? = nil, en: String, zh: String) {
        self.value = value
        self.resolution = resolution
        documentation = LocalizedText(en: en, zh: zh)
    }
}

/// A line of a model page.
public struct SourceLine: Sendable, Hashable, CustomStringConvertible {
    /// The page's name, which is the model's.
    public let page: String
    /// The section or parameter, as the page spells it.
    public let section: String
    /// Counted from 1.
    public let line: Int

    public init(_ page: String, _ section: String, line: Int) {
        self.page = page
        self.section = section
        self.line = line
    }

    public var description: String { "\(page) page, \(section) (line \(line))" }
}

extension ParameterType {
    /// The word of RFC 8259 §3 for the JSON type.
    public var jsonType: JSONType {
        switch self {
        case .string, .url, .choice: .string
        case .integer, .integers: .number
        case .boolean: .boolean
        case .array: .array
        case .object: .object
        }
    }

    /// The allowed values, as a diagnostic's `allowed` and a schema say them; nil when any will do.
    package var allowed: JSONValue? {
        switch self {
        case .choice(let choices): .array(choices.map { .string($0.value) })
        case .integer(let range):
            range.upperBound == .max
                ? ["minimum": JSONValue(range.lowerBound)]
                : ["minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
        case .integers(let values): .array(values.map { JSONValue($0) })
        case .boolean: [true, false]
        case .string(let limit?): ["maxLength": JSONValue(limit)]
        case .array(_, let count):
            ["minItems": JSONValue(count.lowerBound), "maxItems": JSONValue(count.upperBound)]
        case .string(nil), .url, .object: nil
        }
    }

    /// Whether a whole number is one of the allowed.
    func allows(_ value: Int) -> Bool {
        switch self {
        case .integer(let range): range.contains(value)
        case .integers(let values): values.contains(value)
        default: false
        }
    }

    /// The allowed whole numbers nearest to `value`: one, or two when it lies between.
    func nearest(to value: Int) -> [Int] {
        switch self {
        case .integer(let range): [min(max(value, range.lowerBound), range.upperBound)]
        case .integers(let values):
            [values.last { $0 <= value }, values.first { $0 >= value }].compactMap { $0 }
        default: []
        }
    }
}

/// The types of JSON (RFC 8259 §3).
public enum JSONType: String, Sendable, Hashable, CaseIterable {
    case null, boolean, number, string, array, object
}
