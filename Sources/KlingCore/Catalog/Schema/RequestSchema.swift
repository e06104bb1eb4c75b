package import JSON

/// JSON Schema (draft 2020-12) of a model's requests, generated from the catalogue.
///
/// It refuses what the validator reports as an error, as far as a schema can say it, and nothing else:
/// members that the page does not name are allowed, null and empty optionals are as good as left out, and a
/// parameter may be written under an alias. Sums, references inside prompts and names that must differ are
/// beyond it.
struct RequestSchema {
    let model: Model
    let language: SchemaLanguage

    static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

    func json() -> JSONObject {
        var schema: JSONObject = ["$schema": Self.dialect, "$id": .string(model.schemaName)]
        language.put(model.title, as: "title", into: &schema)
        language.put(model.documentation, as: "description", into: &schema)
        schema["type"] = "object"
        schema["properties"] = .object(
            JSONObject(model.parameters.map { ($0.name, .object(property($0))) }))
        schema["patternProperties"] = .object(otherSpellings)
        schema["required"] = .array(needed.filter { spellings($0).count == 1 }.map { .string($0.name) })
        let conditions =
            needed.filter { spellings($0).count > 1 }.map { given($0.name) } + storyboard + clips
        if !conditions.isEmpty { schema["allOf"] = .array(conditions) }
        schema["$defs"] = .object(definitions)
        return schema
    }

    /// What can be left out in no request. With a storyboard written by hand the prompt can: see
    /// ``storyboard``.
    private var needed: [Parameter] {
        model.parameters.filter { $0.isRequired && !(takesStoryboards && $0.name == Field.prompt.name) }
    }

    private func property(_ parameter: Parameter) -> JSONObject {
        var schema = JSONObject()
        language.put(parameter.documentation, as: "description", into: &schema)
        if needed.contains(where: { $0.name == parameter.name }) {
            for (name, value) in type(of: parameter) { schema[name] = value }
        } else {
            schema["anyOf"] = [.object(looseType(of: parameter)), Self.reference("leftOut")]
        }
        if let value = parameter.defaultValue { schema["default"] = value }
        if let example = parameter.example { schema["examples"] = [example] }
        if language == .both { schema["x-source"] = .string(parameter.source.description) }
        return schema
    }

    /// What is asked of a value wherever it stands. Shots and their kind are ignored without a storyboard, so
    /// their own rules stand in ``storyboard``.
    private func looseType(of parameter: Parameter) -> JSONObject {
        guard takesStoryboards else { return type(of: parameter) }
        switch (parameter.name, parameter.type) {
        case (Field.shotType.name, .choice(let choices)):
            return ["type": "string", "examples": .array(choices.map { .string($0.value) })]
        case (Field.multiPrompt.name, _): return ["type": "array"]
        case (Field.prompt.name, _): return ["type": "string"]
        default: return type(of: parameter)
        }
    }

    private var definitions: JSONObject {
        var definitions: JSONObject = ["leftOut": leftOut]
        if model.parameters.contains(where: { $0.type.holdsAddress }) {
            definitions["address"] = address
        }
        if takesStoryboards, let shots = model.parameter(.multiPrompt) {
            definitions["shots"] = .object(self.shots(shots))
        }
        return definitions
    }

    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

    /// Null, an empty text and an empty list are not sent: as if the parameter were left out.
    private var leftOut: JSONValue {
        var schema = JSONObject()
        language.put(
            LocalizedText(en: "As good as left out.", zh: "等同于未填写。"), as: "description", into: &schema)
        schema["type"] = ["null", "string", "array"]
        schema["maxLength"] = 0
        schema["maxItems"] = 0
        return .object(schema)
    }

    private var address: JSONValue {
        var schema = JSONObject()
        language.put(
            LocalizedText(en: "The public address of a file.", zh: "文件的公开地址。"), as: "description",
            into: &schema)
        schema["type"] = "string"
        schema["pattern"] = .string(SchemaPattern.address)
        return .object(schema)
    }
}

extension Model {
    /// What a schema can express of the model's rules.
    package func schema(_ language: SchemaLanguage) -> JSONObject {
        RequestSchema(model: self, language: language).json()
    }

    package func schema(_ locale: Locale) -> JSONObject { schema(.one(locale)) }

    /// The file the schema is published as, which is its `$id`.
    package var schemaName: String { name + ".schema.json" }
}
