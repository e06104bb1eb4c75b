package import JSON

extension Catalog {
    /// The schema of a document: one request of any model, or a list of them. `model` decides which schema
    /// applies.
    package var schema: JSONObject {
        let model = Field.model.name
        let names = JSONValue.array(models.map { .string($0.name) })
        let choices = models.map { one -> JSONValue in
            let isOne = RequestSchema.given(model, ["const": .string(one.name)])
            return ["if": isOne, "then": ["$ref": .string(one.schemaName)]]
        }
        let request: JSONValue = [
            "type": "object",
            "allOf": .array([RequestSchema.given(model, ["enum": names])] + choices)
        ]
        var schema: JSONObject = ["$schema": RequestSchema.dialect, "$id": .string(Self.schemaName)]
        SchemaLanguage.both.put(
            LocalizedText(en: "Kling requests", zh: "可灵视频请求"), as: "title", into: &schema)
        SchemaLanguage.both.put(Self.words, as: "description", into: &schema)
        schema["type"] = ["object", "array"]
        schema["if"] = ["type": "array"]
        schema["then"] = ["items": ["$ref": "#/$defs/request"]]
        schema["else"] = ["$ref": "#/$defs/request"]
        schema["$defs"] = ["request": request]
        return schema
    }

    private static let words = LocalizedText(
        en:
            "What a *.kling.json file holds: one request, or a list of them. Of a *.kling.jsonl each line is one.",
        zh: "*.kling.json 文件的内容：一个请求，或请求的列表。*.kling.jsonl 的每一行是一个请求。")

    package static let schemaName = "kling.schema.json"
}
