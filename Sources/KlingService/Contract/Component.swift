import JSON
import KlingCore

/// What several methods speak of, described once. Raw values are the names in the published documents.
enum Component: String, CaseIterable, Sendable {
    case request = "Request"
    case task = "Task"
    case video = "Video"
    case file = "File"
    case diagnostic = "Diagnostic"
    case fix = "Fix"
    case range = "Range"
    case position = "Position"
    case patchOperation = "PatchOperation"
    case validation = "Validation"
    case summary = "Summary"
    case dryRun = "DryRun"
    case error = "Error"
    case errorData = "ErrorData"
    case model = "Model"
    case parameter = "Parameter"

    var schema: Schema {
        switch self {
        case .request: .object([])
        case .task: .object(Self.taskMembers)
        case .video: .object(Self.videoMembers)
        case .file: .object(Self.fileMembers)
        case .diagnostic: .object(Self.diagnosticMembers)
        case .fix: .object(Self.fixMembers)
        case .range: .object(Self.rangeMembers)
        case .position: .object(Self.positionMembers)
        case .patchOperation: .object(Self.patchMembers)
        case .validation: .object(Self.validationMembers)
        case .summary: .object(Self.summaryMembers)
        case .dryRun: .object(Self.dryRunMembers)
        case .error: .object(Self.errorMembers)
        case .errorData: .object(Self.errorDataMembers)
        case .model: .object(Self.modelMembers)
        case .parameter: .object(Self.parameterMembers)
        }
    }

    var documentation: LocalizedText {
        switch self {
        case .request:
            LocalizedText(
                en: "A request for a video, as the model's schema describes it (schemas/kling.schema.json).",
                zh: "视频请求，见模型的 JSON Schema（schemas/kling.schema.json）。")
        case .task: LocalizedText(en: "A video being made.", zh: "一个视频生成任务。")
        case .video: LocalizedText(en: "A result.", zh: "生成结果。")
        case .file: LocalizedText(en: "A result on the disk.", zh: "已下载的文件。")
        case .diagnostic: LocalizedText(en: "One problem of a request.", zh: "请求中的一个问题。")
        case .fix: LocalizedText(en: "A change that removes a problem.", zh: "消除问题的修改。")
        case .range:
            LocalizedText(en: "From a position to the one behind it, as in LSP.", zh: "起止位置，同 LSP。")
        case .position:
            LocalizedText(
                en: "A place in a text, counted from 0; characters are UTF-16 code units, as in LSP.",
                zh: "文本位置，从 0 开始；字符按 UTF-16 单元计，同 LSP。")
        case .patchOperation:
            LocalizedText(en: "One step of a JSON Patch (RFC 6902).", zh: "JSON Patch 的一步（RFC 6902）。")
        case .validation: LocalizedText(en: "What came out of validating.", zh: "校验结果。")
        case .summary: LocalizedText(en: "What a request would make.", zh: "请求将生成的内容。")
        case .dryRun: LocalizedText(en: "What would be sent; nothing was.", zh: "将要发送的内容（没有发送）。")
        case .error: LocalizedText(en: "Why something did not work.", zh: "失败原因。")
        case .errorData:
            LocalizedText(
                en: "What a caller may rely on: what it cost, and what may be done.", zh: "可依赖的信息：费用与后续操作。")
        case .model: LocalizedText(en: "A model of the catalogue.", zh: "目录中的模型。")
        case .parameter: LocalizedText(en: "A parameter of a model.", zh: "模型的参数。")
        }
    }

    func json(_ place: String) -> JSONObject {
        var schema: JSONObject = ["title": .string(rawValue)]
        SchemaLanguage.both.put(documentation, as: "description", into: &schema)
        for (name, value) in self.schema.json(place) where name != "properties" || value != [:] {
            schema[name] = value
        }
        return schema
    }
}

extension Schema {
    /// The components that it speaks of, with those that they speak of.
    func components(_ found: Set<Component> = []) -> Set<Component> {
        switch self {
        case .component(let component):
            found.contains(component) ? found : component.schema.components(found.union([component]))
        case .array(let schema), .map(let schema), .nullable(let schema): schema.components(found)
        case .either(let choices): choices.reduce(found) { $1.components($0) }
        case .object(let members): members.reduce(found) { $1.schema.components($0) }
        default: found
        }
    }

    static let task = Schema.component(.task)
    static let tasks = Schema.array(of: .component(.task))
}
