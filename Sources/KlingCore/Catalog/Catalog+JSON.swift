package import JSON

/// The catalogue as the wire shows it.
extension Catalog {
    /// The list of models: every parameter with its type, range, default and text, and the model's schema.
    package func writeModels(locale: Locale, into writer: inout JSONWriter) {
        writer.beginArray()
        for model in models { model.write(locale: locale, into: &writer) }
        writer.endArray()
    }
}

extension Model {
    package func write(locale: Locale, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("name")
        writer.string(name)
        writer.name("title")
        writer.string(title[locale])
        writer.name("description")
        writer.string(documentation[locale])
        writer.name("parameters")
        writer.beginArray()
        for parameter in parameters { writer.value(.object(parameter.description(locale))) }
        writer.endArray()
        writer.name("schema")
        writer.value(.object(schema(locale)))
        writer.endObject()
    }
}

extension Parameter {
    /// The parameter as the `models` method lists it.
    package func description(_ locale: Locale) -> JSONObject {
        var object: JSONObject = ["name": .string(name), "type": .string(type.word)]
        object["required"] = .bool(isRequired)
        if let defaultValue { object["default"] = defaultValue }
        if let allowed = type.allowed, type.jsonType != .boolean { object["allowed"] = allowed }
        object["description"] = .string(documentation[locale])
        if case .choice(let choices) = type {
            object["values"] = .array(
                choices.map { ["value": .string($0.value), "description": .string($0.documentation[locale])] }
            )
        }
        if case .array(.object(let members), _) = type {
            object["members"] = .array(members.map { .object($0.description(locale)) })
        }
        if let example { object["example"] = example }
        object["source"] = .string(source.description)
        return object
    }
}

extension ParameterType {
    /// As the model pages call it.
    package var word: String {
        switch self {
        case .string, .choice: "string"
        case .url: "url"
        case .integer, .integers: "integer"
        case .boolean: "boolean"
        case .object: "object"
        case .array(let element, _): "array<\(element.word)>"
        }
    }
}
