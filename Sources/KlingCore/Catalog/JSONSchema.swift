package import JSON

/// JSON Schema (draft 2020-12), generated from the catalogue.
extension Model {
    /// What a schema can express of the model's rules. Members that the page does not name are allowed: the
    /// validator warns of them only.
    package func schema(_ locale: Locale) -> JSONObject {
        var schema: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title[locale]),
            "description": .string(documentation[locale]), "type": "object"
        ]
        schema["properties"] = .object(Self.properties(parameters, locale))
        let takesStoryboards = parameter(.multiShot) != nil && parameter(.shotType) != nil
        // With a storyboard written by hand the prompt may be left out; the conditions below ask for it else.
        let required = parameters.filter {
            $0.isRequired && !(takesStoryboards && $0.name == Field.prompt.name)
        }
        schema["required"] = .array(required.map { .string($0.name) })
        if takesStoryboards { schema["allOf"] = Self.storyboardConditions }
        return schema
    }

    package func writeSchema(locale: Locale, into writer: inout JSONWriter) {
        writer.value(.object(schema(locale)))
    }

    private static func properties(_ parameters: [Parameter], _ locale: Locale) -> JSONObject {
        var properties = JSONObject()
        for parameter in parameters { properties[parameter.name] = .object(schema(of: parameter, locale)) }
        return properties
    }

    private static func schema(of parameter: Parameter, _ locale: Locale) -> JSONObject {
        var schema = schema(of: parameter.type, locale)
        // Text that may not be empty; of optional text an empty one is the same as none.
        if parameter.isRequired, case .string = parameter.type { schema["pattern"] = "\\S" }
        schema["description"] = .string(parameter.documentation[locale])
        if let defaultValue = parameter.defaultValue { schema["default"] = defaultValue }
        if let example = parameter.example { schema["examples"] = [example] }
        return schema
    }

    private static func schema(of type: ParameterType, _ locale: Locale) -> JSONObject {
        switch type {
        case .string(let limit):
            var schema: JSONObject = ["type": "string"]
            if let limit { schema["maxLength"] = JSONValue(limit) }
            return schema
        case .url:
            return [
                "type": "string", "format": "uri",
                "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@]+([/?#]\\S*)?$"
            ]
        case .choice(let choices):
            return [
                "type": "string", "enum": .array(choices.map { .string($0.value) }),
                "enumDescriptions": .array(choices.map { .string($0.documentation[locale]) })
            ]
        case .integer(let range):
            return [
                "type": "integer", "minimum": JSONValue(range.lowerBound),
                "maximum": JSONValue(range.upperBound)
            ]
        case .integers(let values): return ["type": "integer", "enum": .array(values.map { JSONValue($0) })]
        case .boolean: return ["type": "boolean"]
        case .array(let element, let count):
            // An empty list of an optional parameter is the same as none.
            var schema: JSONObject = ["type": "array", "items": .object(self.schema(of: element, locale))]
            if count.lowerBound > 1 { schema["minItems"] = JSONValue(count.lowerBound) }
            schema["maxItems"] = JSONValue(count.upperBound)
            return schema
        case .object(let members):
            return [
                "type": "object", "properties": .object(properties(members, locale)),
                "required": .array(members.filter(\.isRequired).map { .string($0.name) })
            ]
        }
    }

    /// When shots are needed, and when the prompt is (kling-v3 page, `shot_type`, `multi_prompt`, 参数互斥与边界).
    private static let storyboardConditions: JSONValue = {
        let multiShot: JSONValue = ["const": true]
        let storyboard: JSONValue = [
            "properties": [Field.multiShot.name: multiShot], "required": [.string(Field.multiShot.name)]
        ]
        let customized: JSONValue = [
            "properties": [Field.multiShot.name: multiShot, Field.shotType.name: ["const": "customize"]],
            "required": [.string(Field.multiShot.name), .string(Field.shotType.name)]
        ]
        return [
            ["if": storyboard, "then": ["required": [.string(Field.shotType.name)]]],
            [
                "if": customized,
                "then": [
                    "properties": [Field.multiPrompt.name: ["minItems": 1]],
                    "required": [.string(Field.multiPrompt.name)]
                ],
                "else": ["required": [.string(Field.prompt.name)]]
            ]
        ]
    }()
}
