import JSON
import KlingCore
import Testing

@Suite struct CatalogTests {
    @Test("the models' list is JSON with every parameter, in both languages", arguments: Locale.allCases)
    func models(_ locale: Locale) throws {
        var writer = JSONWriter()
        Catalog.standard.writeModels(locale: locale, into: &writer)
        let tree = JSONTree(writer.bytes)
        #expect(tree.isValid)
        let models = try #require(tree.value(tree.root).array)
        #expect(models.compactMap { $0["name"]?.string } == ["kling-v3", "kling-video-o1"])
        #expect(
            models[0]["parameters"]?.array?.compactMap { $0["name"]?.string } == [
                "model", "prompt", "negative_prompt", "mode", "duration", "aspect_ratio", "image_urls",
                "watermark",
                "audio", "multi_shot", "shot_type", "multi_prompt", "element_list"
            ])
        #expect(
            models[1]["parameters"]?.array?.compactMap { $0["name"]?.string } == [
                "model", "prompt", "mode", "duration", "aspect_ratio", "image_urls", "video_list"
            ])
        for model in models {
            #expect(model["schema"]?["$schema"] == "https://json-schema.org/draft/2020-12/schema")
            for parameter in model["parameters"]?.array ?? [] {
                #expect(parameter["description"]?.string?.isEmpty == false)
                #expect(parameter["source"]?.string?.contains("line") == true)
            }
        }
    }

    @Test("a new model is one table")
    func newModel() throws {
        let model = Model(
            "other-1", title: LocalizedText(en: "Other", zh: "其他"),
            documentation: LocalizedText(en: "Another model.", zh: "另一个模型。"), aliases: [],
            references: .elementNames,
            parameters: [
                Parameter(
                    .model, .choice([Choice("other-1", en: "Other", zh: "其他")]), required: true,
                    source: SourceLine("other-1", "model", line: 1), en: "The model.", zh: "模型。"),
                Parameter(
                    .prompt, .string(limit: nil), required: true,
                    source: SourceLine("other-1", "prompt", line: 2),
                    en: "The text.", zh: "文本。"),
                Parameter(
                    "camera_fixed", .boolean, source: SourceLine("other-1", "camera_fixed", line: 3),
                    en: "Whether the camera stands still.", zh: "镜头是否固定。")
            ])
        let validator = Validator(catalog: Catalog(models: Catalog.standard.models + [model]))
        let good = validator.validate(["model": "other-1", "prompt": "a", "camera_fixed": true])
        #expect(good.diagnostics.isEmpty)
        let bad = validator.validate(["model": "other-1", "prompt": "a", "camera_fixed": 1])
        #expect(bad.diagnostics.map(\.code) == ["parameter.type"])
        let elsewhere = validator.validate(["model": "kling-v3", "prompt": "a", "camera_fixed": true])
        #expect(elsewhere.diagnostics.map(\.code) == ["parameter.otherModel"])
    }

    @Test("defaults and examples of the catalogue are among the allowed values")
    func defaults() {
        for model in Catalog.standard.models {
            for parameter in model.parameters {
                guard let value = parameter.defaultValue ?? parameter.example, parameter.name != "prompt"
                else { continue }
                let request: JSONObject = [
                    "model": .string(model.name), "prompt": "a", parameter.name: value
                ]
                let validation = Validator.standard.validate(request)
                #expect(!validation.hasErrors, "\(parameter.name)")
            }
        }
    }
}
