import JSON
import KlingCore

/// A JSON Schema of the published documents: what the wire needs and no more.
indirect enum Schema: Sendable {
    case any
    case string
    /// A string that the expression matches.
    case pattern(String)
    /// RFC 3339, UTC, with milliseconds.
    case time
    case boolean
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// One of the words. A closure: at start nobody asks.
    case words(@Sendable () -> [String])
    case only(JSONValue)
    case array(of: Schema)
    /// An object whose members are all alike.
    case map(of: Schema)
    case object([Member])
    case component(Component)
    case either([Schema])
    /// The same, or null.
    case nullable(Schema)

    static let count = Schema.integer(0...Int.max)
    /// What a client tells its own calls apart by (LSP 3.17 and MCP, `ProgressToken`).
    static let token = Schema.either([.string, .integer(.min ... .max)])

    /// - Parameter place: where the components are, such as `#/$defs/`.
    func json(_ place: String) -> JSONObject {
        switch self {
        case .any: [:]
        case .string: ["type": "string"]
        case .pattern(let expression): ["type": "string", "pattern": .string(expression)]
        case .time:
            [
                "type": "string", "format": "date-time",
                "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$"
            ]
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            Self.limits(
                "integer", range.lowerBound == .min ? .null : JSONValue(range.lowerBound),
                range.upperBound == .max ? .null : JSONValue(range.upperBound))
        case .number(let range):
            Self.limits("number", JSONValue(range.lowerBound), JSONValue(range.upperBound))
        case .words(let words): ["type": "string", "enum": .array(words().map { .string($0) })]
        case .only(let value): ["const": value]
        case .array(let element): ["type": "array", "items": .object(element.json(place))]
        case .map(let value): ["type": "object", "additionalProperties": .object(value.json(place))]
        case .object(let members): Self.object(members, place)
        case .component(let component): ["$ref": .string(place + component.rawValue)]
        case .either(let choices): ["anyOf": .array(choices.map { .object($0.json(place)) })]
        case .nullable(let schema): Self.orNull(schema.json(place))
        }
    }

    private static func limits(_ type: JSONValue, _ lower: JSONValue, _ upper: JSONValue) -> JSONObject {
        var schema: JSONObject = ["type": type]
        if !lower.isNull { schema["minimum"] = lower }
        if !upper.isNull { schema["maximum"] = upper }
        return schema
    }

    private static func object(_ members: [Member], _ place: String) -> JSONObject {
        var schema: JSONObject = ["type": "object"]
        schema["properties"] = .object(JSONObject(members.map { ($0.name, .object($0.json(place))) }))
        let needed = members.filter(\.isRequired)
        if !needed.isEmpty { schema["required"] = .array(needed.map { .string($0.name) }) }
        return schema
    }

    private static func orNull(_ schema: JSONObject) -> JSONObject {
        guard let type = schema["type"]?.string, schema["enum"] == nil else {
            return ["anyOf": [.object(schema), ["type": "null"]]]
        }
        var schema = schema
        schema["type"] = [.string(type), "null"]
        return schema
    }
}

/// A parameter of a method, or a member of an object: all that is known about it.
struct Member: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
    let documentation: LocalizedText
    let defaultValue: JSONValue?

    private init(
        _ name: String, _ schema: Schema, _ isRequired: Bool, _ en: String, _ zh: String, _ value: JSONValue?
    ) {
        self.name = name
        self.schema = schema
        self.isRequired = isRequired
        documentation = LocalizedText(en: en, zh: zh)
        defaultValue = value
    }

    static func needed(_ name: String, _ schema: Schema, en: String, zh: String) -> Member {
        Member(name, schema, true, en, zh, nil)
    }

    static func optional(
        _ name: String, _ schema: Schema, default value: JSONValue? = nil, en: String, zh: String
    ) -> Member {
        Member(name, schema, false, en, zh, value)
    }

    func json(_ place: String) -> JSONObject {
        var schema = JSONObject()
        SchemaLanguage.both.put(documentation, as: "description", into: &schema)
        for (name, value) in self.schema.json(place) { schema[name] = value }
        if let defaultValue { schema["default"] = defaultValue }
        return schema
    }
}
