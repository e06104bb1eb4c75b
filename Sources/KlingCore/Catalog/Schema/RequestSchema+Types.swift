import JSON

/// Types of the catalogue as schemas.
extension RequestSchema {
    /// The type of a parameter that must be there. Text may not be blank then.
    func type(of parameter: Parameter) -> JSONObject {
        var schema = type(parameter.type)
        if parameter.isRequired, case .string = parameter.type {
            schema["pattern"] = .string(SchemaPattern.nonBlank)
        }
        return schema
    }

    private func type(_ type: ParameterType) -> JSONObject {
        switch type {
        case .string(let limit):
            var schema: JSONObject = ["type": "string"]
            if let limit { schema["maxLength"] = JSONValue(limit) }
            return schema
        case .url: return Self.reference("address").object ?? [:]
        case .choice(let choices):
            var schema: JSONObject = [
                "type": "string", "enum": .array(choices.map { .string($0.value) })
            ]
            language.put(choices.map(\.documentation), as: "enumDescriptions", into: &schema)
            return schema
        case .integer(let range):
            return [
                "type": "integer", "minimum": JSONValue(range.lowerBound),
                "maximum": JSONValue(range.upperBound)
            ]
        case .integers(let values): return ["type": "integer", "enum": .array(values.map { JSONValue($0) })]
        case .boolean: return ["type": "boolean"]
        case .array(let element, let count):
            var schema: JSONObject = ["type": "array", "items": .object(self.type(element))]
            if count.lowerBound > 1 { schema["minItems"] = JSONValue(count.lowerBound) }
            schema["maxItems"] = JSONValue(count.upperBound)
            return schema
        case .object(let members): return entry(members)
        }
    }

    /// One entry of a list: a shot, an element or a clip.
    func entry(_ members: [Parameter]) -> JSONObject {
        // That an element may be given by its id instead is announced and not described: then nothing of it
        // is needed.
        let mayHaveID = members.contains { $0.name == ElementField.imageURLs.rawValue }
        var properties = JSONObject()
        var strict = JSONObject()
        for member in members {
            var schema = JSONObject()
            language.put(member.documentation, as: "description", into: &schema)
            if member.isRequired, !mayHaveID {
                for (name, value) in type(of: member) { schema[name] = value }
            } else {
                schema["anyOf"] = [.object(type(member.type)), Self.emptyMember]
                if member.isRequired { strict[member.name] = .object(Self.presence(member.type)) }
            }
            if let value = member.defaultValue { schema["default"] = value }
            if let example = member.example { schema["examples"] = [example] }
            if language == .both { schema["x-source"] = .string(member.source.description) }
            properties[member.name] = .object(schema)
        }
        var entry: JSONObject = ["type": "object", "properties": .object(properties)]
        let needed = JSONValue.array(members.filter(\.isRequired).map { .string($0.name) })
        if mayHaveID {
            let id = ElementField.id.rawValue
            entry["if"] = ["required": [.string(id)], "properties": [id: ["not": ["enum": [nil, ""]]]]]
            entry["else"] = ["required": needed, "properties": .object(strict)]
        } else {
            entry["required"] = needed
        }
        return entry
    }

    /// A member's value that counts as none. Other than of a parameter, an empty list is a value.
    private static let emptyMember: JSONValue = ["type": ["null", "string"], "maxLength": 0]

    /// The rest of what is asked of a member that must be there.
    private static func presence(_ type: ParameterType) -> JSONObject {
        switch type {
        case .string: ["type": "string", "pattern": .string(SchemaPattern.nonBlank)]
        case .array: ["type": "array"]
        default: ["not": ["enum": [nil, ""]]]
        }
    }
}

extension ParameterType {
    /// Whether an address is among its values, at any depth.
    var holdsAddress: Bool {
        switch self {
        case .url: true
        case .array(let element, _): element.holdsAddress
        case .object(let members): members.contains { $0.type.holdsAddress }
        default: false
        }
    }
}
