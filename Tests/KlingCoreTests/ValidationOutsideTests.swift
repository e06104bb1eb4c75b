import JSON
import KlingCore
import Testing

/// A model and a rule of it, made with nothing but what the library offers: one table and one value.
@Suite struct ValidationOutsideTests {
    private static let page = "otter-1"

    private static let model = Model(
        "otter-1", title: LocalizedText(en: "Otter 1", zh: "水獭 1"),
        documentation: LocalizedText(en: "A model of another vendor.", zh: "另一家的模型。"),
        aliases: ["otter", "otter-pro"], references: .elementNames, promptAdvice: 100,
        parameters: [
            Parameter(
                .model, .choice([Choice("otter-1", en: "Otter 1", zh: "水獭 1")]), required: true,
                source: SourceLine(page, "model", line: 1), en: "The model.", zh: "模型。"),
            Parameter(
                .prompt, .string(limit: nil), required: true, source: SourceLine(page, "prompt", line: 2),
                en: "What the video shows.", zh: "视频内容。"),
            Parameter(
                "look",
                .choice([
                    Choice("film", en: "Like a film", zh: "电影"), Choice("cartoon", en: "Drawn", zh: "卡通")
                ]), default: "film", outside: wrongLook, source: SourceLine(page, "look", line: 3),
                en: "The look.", zh: "风格。"),
            Parameter(
                "steadiness", .integer(1...9), default: 5, outside: wrongSteadiness,
                source: SourceLine(page, "steadiness", line: 4), en: "How still the camera is.", zh: "镜头稳定程度。"
            ),
            Parameter(
                .imageURLs, .array(of: .url, count: 1...3), outside: nil,
                source: SourceLine(page, "image_urls", line: 5), en: "Up to three pictures.", zh: "最多三张图片。"),
            // Nothing but the table knows these: the general sentences do.
            Parameter(
                "grain", .integer(0...3), source: SourceLine(page, "grain", line: 6), en: "The grain.",
                zh: "颗粒。"),
            Parameter(
                "loops", .array(of: .integer(1...4), count: 1...2),
                source: SourceLine(page, "loops", line: 7),
                en: "How often each part is shown.", zh: "每段的循环次数。"),
            Parameter(
                "masks", .array(of: .url, count: 1...2), source: SourceLine(page, "masks", line: 8),
                en: "Masks.",
                zh: "遮罩。")
        ])

    private static let wrongLook = Message(
        "look.value", .error, en: "`{name}` must be {allowed}, not \"{value}\".",
        zh: "`{name}` 只能是 {allowed}，不能是“{value}”。")
    private static let wrongSteadiness = Message(
        "steadiness.range", .error, en: "`steadiness` must be {allowed}, not {value}.",
        zh: "`steadiness` 只能是 {allowed}，不能是 {value}。")
    private static let shaky = Message(
        "steadiness.cartoon", .warning, source: "otter-1 page, notes (line 9)",
        en: "A cartoon keeps still whatever `steadiness` says.", zh: "卡通风格下 `steadiness` 不起作用。")

    /// The rule: one value.
    private static let rule = Rule(
        "steadiness.cartoon", when: .prompt, for: { $0.parameter("steadiness") != nil }
    ) { view, findings in
        let tree = view.tree
        guard let look = tree.member("look", of: view.object), tree.string(look, equals: "cartoon"),
            let steadiness = tree.member("steadiness", of: view.object)
        else { return }
        let place = view.container.child("steadiness", tree.range(steadiness))
        findings.report(
            shaky, at: place, in: view,
            fixes: [
                Fix(
                    LocalizedText(en: "Remove it", zh: "删除"), patch: [.remove(place.pointer)], preferred: true
                )
            ])
    }

    static let validator = Validator(
        catalog: Catalog(models: Catalog.standard.models + [model]), rules: Rule.standard + [rule])

    private static func codes(_ request: JSONObject) -> [String] {
        validator.validate(request).diagnostics.map { "\($0.code) \($0.path)" }
    }

    @Test("what only the table knows is checked by the general rules")
    func generalRules() {
        let good: JSONObject = [
            "model": "otter-1", "prompt": "a", "grain": 0, "loops": [1, 4], "masks": ["https://a.com/m.png"]
        ]
        #expect(Self.codes(good) == [])
        #expect(
            Self.codes([
                "model": "otter-1", "prompt": "a", "grain": 4, "loops": [0, "2", 3], "masks": ["m.png"]
            ]) == [
                "parameter.value /grain", "parameter.count /loops", "parameter.value /loops/0",
                "parameter.type /loops/1", "parameter.value /masks/0"
            ])
    }

    @Test("a request for the new model is checked by its table")
    func diagnostics() {
        let good: JSONObject = [
            "model": "otter-1", "prompt": "a", "look": "film", "steadiness": 9,
            "image_urls": ["https://a.com/1.jpg", "https://a.com/2.jpg", "https://a.com/3.jpg"]
        ]
        #expect(Self.codes(good) == [])
        let bad: JSONObject = [
            "model": "otter-1", "prompt": .string(String(repeating: "a", count: 101)), "look": "oil",
            "steadiness": 10,
            "image_urls": ["https://a.com/1.jpg", "b.jpg", "https://a.com/3.jpg", "https://a.com/4.jpg"]
        ]
        #expect(
            Self.codes(bad) == [
                "prompt.length /prompt", "look.value /look", "steadiness.range /steadiness",
                "image.count /image_urls", "image.url /image_urls/1"
            ])
        #expect(Self.codes(["model": "otter-1", "look": true]) == ["prompt.missing ", "parameter.type /look"])
        // What belongs to the other models, and to the new one only.
        #expect(
            Self.codes(["model": "otter-1", "prompt": "a", "duration": 5]) == [
                "parameter.otherModel /duration"
            ])
        #expect(
            Self.codes(["model": "kling-v3", "prompt": "a", "look": "film"]) == ["parameter.otherModel /look"]
        )
    }

    @Test("its words are suggested, its limits told, its page named")
    func words() throws {
        func first(_ request: JSONObject) throws -> Diagnostic {
            try #require(Self.validator.validate(request).diagnostics.first)
        }
        let member = try first(["model": "otter-1", "prompt": "a", "steadyness": 3])
        #expect(member.message(.en).hasSuffix("Did you mean `steadiness`?"))
        let name = try first(["model": "Otter_1", "prompt": "a"])
        #expect(name.code == "model.unknown" && name.message(.zh).contains("\"otter-1\""))
        let alias = try first(["model": "otter-pro", "prompt": "a"])
        #expect(alias.fixes.first?.patch == [.replace("/model", "otter-1")])
        let value = try first(["model": "otter-1", "prompt": "a", "look": "cartoons"])
        #expect(value.fixes.first?.patch == [.replace("/look", "cartoon")])
        #expect(value.allowed == ["film", "cartoon"])
        #expect(value.message(.en) == "`look` must be \"film\" or \"cartoon\", not \"cartoons\".")
        #expect(value.source == "otter-1 page, look (line 3)")
        let range = try first(["model": "otter-1", "prompt": "a", "steadiness": 0])
        #expect(range.allowed == ["minimum": 1, "maximum": 9])
        #expect(range.fixes.first?.patch == [.replace("/steadiness", 1)])
    }

    @Test("its rule is asked for its requests and for no other")
    func rules() throws {
        let request: JSONObject = ["model": "otter-1", "prompt": "a", "look": "cartoon", "steadiness": 3]
        let validation = Self.validator.validate(request)
        #expect(validation.diagnostics.map(\.code) == ["steadiness.cartoon"])
        let found = try #require(validation.diagnostics.first)
        #expect(found.path == "/steadiness" && found.severity == .warning)
        #expect(found.source == "otter-1 page, notes (line 9)")
        let patch = try #require(found.fixes.first?.patch)
        let mended = try JSONValue.object(request).applying(patch)
        #expect(Self.validator.validate(try #require(mended.object)).diagnostics.isEmpty)
        #expect(
            Self.codes(["model": "kling-v3", "prompt": "a", "look": "cartoon", "steadiness": 3]) == [
                "parameter.otherModel /look", "parameter.otherModel /steadiness"
            ])
        // Its level can be set like that of any other.
        let silent = Self.validator.validate(
            request, options: ValidationOptions(severities: ["steadiness.cartoon": .off]))
        #expect(silent.diagnostics.isEmpty)
    }

    @Test("its requests are normalised and summarised")
    func normalisation() throws {
        let validation = Self.validator.validate([
            "imageUrls": ["https://a.com/1.jpg"], "model": "otter-1", "look": nil, "prompt": "a",
            "steadiness": 2
        ])
        #expect(!validation.hasErrors)
        #expect(
            validation.normalized == [
                "image_urls": ["https://a.com/1.jpg"], "model": "otter-1", "prompt": "a", "steadiness": 2
            ])
        let summary = try #require(validation.summary)
        #expect(summary.model == "otter-1" && summary.kind == .firstFrame && summary.effectivePrompt == "a")
    }

    @Test("its schema and its entry among the models are generated", arguments: Locale.allCases)
    func schema(_ locale: Locale) throws {
        let schema = JSONValue.object(Self.model.schema(locale))
        let properties = try #require(schema["properties"])
        // A value of the type, or what is as good as none.
        func type(_ name: String) -> JSONValue? { properties[name]?["anyOf"]?[0] }
        #expect(type("look")?["enum"] == ["film", "cartoon"])
        #expect(properties["look"]?["default"] == "film")
        #expect(type("steadiness")?["minimum"] == 1)
        #expect(type("steadiness")?["maximum"] == 9)
        #expect(type("image_urls")?["maxItems"] == 3)
        #expect(properties["model"]?["enum"] == ["otter-1"])
        #expect(schema["required"] == ["prompt"])
        // The model may be called otherwise; there are no storyboards and no clips to ask about.
        #expect(schema["allOf"]?.array?.count == 1)
        #expect(schema["allOf"]?[0]?["anyOf"]?[0] == ["required": ["model"]])
        var writer = JSONWriter()
        Self.validator.catalog.writeModels(locale: locale, into: &writer)
        let tree = JSONTree(writer.bytes)
        let models = try #require(tree.value(tree.root).array)
        #expect(models.last?["name"] == "otter-1" && models.count == 3)
        #expect(models.last?["parameters"]?.array?.count == 8)
    }
}
