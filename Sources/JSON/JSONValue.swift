/// A JSON value that owns its content: what the service builds, journals and patches.
///
/// For reading a message or a document with its source positions, use ``JSONTree``.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    @inlinable public var string: String? { if case .string(let value) = self { value } else { nil } }
    @inlinable public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    @inlinable public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    @inlinable public var int: Int? { number?.int }
    @inlinable public var double: Double? { number?.double }
    @inlinable public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    @inlinable public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    @inlinable public var isNull: Bool { if case .null = self { true } else { false } }

    /// The member of an object, or nil for anything else.
    @inlinable public subscript(name: String) -> JSONValue? { object?[name] }

    /// The element of an array, or nil when there is none.
    @inlinable public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The word a message to the user calls this type by (RFC 8259 §3).
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
    public init(nilLiteral: ()) { self = .null }

    /// A number, written the shortest way.
    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    /// A number; null when it is not finite, which JSON cannot say.
    public init(_ value: Double) { self = JSONNumber(value).map(JSONValue.number) ?? .null }
    /// A string or, for nil, null.
    public init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
}
