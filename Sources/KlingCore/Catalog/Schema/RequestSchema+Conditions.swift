import JSON

/// What depends on other parameters, and the names a parameter may be written under.
extension RequestSchema {
    var takesStoryboards: Bool {
        model.takes(.multiShot) && model.takes(.shotType) && model.takes(.multiPrompt)
    }

    // MARK: Names

    func spellings(_ parameter: Parameter) -> [String] { Self.spellings(parameter.name) }

    static func spellings(_ name: String) -> [String] {
        [name] + Vocabulary.aliases.filter { $0.field.name == name && !$0.onlyRatios }.map(\.word)
    }

    /// The parameter is there, under whatever name, with a value that the schema allows.
    func given(_ name: String, _ value: JSONValue? = nil) -> JSONValue { Self.given(name, value) }

    static func given(_ name: String, _ value: JSONValue? = nil) -> JSONValue {
        let choices = spellings(name).map { name -> JSONValue in
            var schema: JSONObject = ["required": [.string(name)]]
            if let value { schema["properties"] = [name: value] }
            return .object(schema)
        }
        return choices.count == 1 ? choices[0] : ["anyOf": .array(choices)]
    }

    /// Aliases say the same as the parameter; a frame of its own has to go into `image_urls`.
    var otherSpellings: JSONObject {
        var patterns = JSONObject()
        for parameter in model.parameters {
            let property = JSONValue.string("#/properties/\(parameter.name)")
            let aliases = spellings(parameter).dropFirst()
            if !aliases.isEmpty {
                patterns[SchemaPattern.oneOf(Array(aliases))] = ["deprecated": true, "$ref": property]
            }
            for alias in Vocabulary.aliases where alias.onlyRatios && alias.field.name == parameter.name {
                patterns[SchemaPattern.oneOf([alias.word])] = [
                    "if": ["type": "string", "pattern": .string(SchemaPattern.ratio), "maxLength": 16],
                    "then": ["deprecated": true, "$ref": property]
                ]
            }
        }
        let frames = Vocabulary.frames.map(\.word).filter { model.parameter($0) == nil }
        // Null is no picture.
        if model.takes(.imageURLs) { patterns[SchemaPattern.oneOf(frames)] = ["type": "null"] }
        return patterns
    }

    // MARK: Storyboards

    /// When a kind of storyboard is needed, shots, and a prompt (kling-v3 page, `shot_type`, `multi_prompt`,
    /// 参数互斥与边界).
    var storyboard: [JSONValue] {
        guard takesStoryboards, case .choice(let choices)? = model.parameter(.shotType)?.type else {
            return []
        }
        let isStoryboard = given(Field.multiShot.name, ["const": true])
        let isCustomized = given(Field.shotType.name, ["const": "customize"])
        let kinds: JSONValue = ["enum": .array(choices.map { .string($0.value) })]
        let prompt: JSONValue = [
            "required": [.string(Field.prompt.name)],
            "properties": [
                Field.prompt.name: ["type": "string", "pattern": .string(SchemaPattern.nonBlank)]
            ]
        ]
        return [
            ["if": isStoryboard, "then": given(Field.shotType.name, kinds)],
            [
                "if": ["allOf": [isStoryboard, isCustomized]],
                "then": given(Field.multiPrompt.name, Self.reference("shots")), "else": prompt
            ]
        ]
    }

    /// The shots of a storyboard: of n, each number from 1 to n is there.
    func shots(_ parameter: Parameter) -> JSONObject {
        guard case .array(.object(let members), let count) = parameter.type else { return [:] }
        let index = ShotField.index.rawValue
        let numbering = count.map { number -> JSONValue in
            let numbered: JSONValue = [index: ["const": JSONValue(number)]]
            return [
                "if": ["minItems": JSONValue(number)],
                "then": ["contains": ["required": [.string(index)], "properties": numbered]]
            ]
        }
        return [
            "type": "array", "minItems": JSONValue(count.lowerBound),
            "maxItems": JSONValue(count.upperBound), "items": .object(entry(members)),
            "allOf": .array(numbering)
        ]
    }

    // MARK: Clips

    /// With a clip there is room for one picture: no last frame (kling-video-o1 page, `video_list`, lines 455
    /// and 459).
    var clips: [JSONValue] {
        guard model.takes(.videoList), model.takes(.imageURLs) else { return [] }
        let one: JSONValue = ["maxItems": 1]
        return [
            [
                "if": given(Field.videoList.name, ["type": "array", "minItems": 1]),
                "then": [
                    "properties": .object(
                        JSONObject(Self.spellings(Field.imageURLs.name).map { ($0, one) }))
                ]
            ]
        ]
    }
}
