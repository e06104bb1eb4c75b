import JSON
import KlingCore

/// The contract as an OpenRPC 1.3.2 document: the methods' own tables, and no words beside them.
struct OpenRPC {
    let version: String

    private static let schemas = "#/components/schemas/"
    private static let errors = "#/components/errors/"

    func json() -> JSONObject {
        [
            "openrpc": "1.3.2", "info": .object(info),
            "methods": .array(PlainDialect.methods.map { .object(method($0)) }),
            "components": [
                "schemas": .object(
                    JSONObject(Component.allCases.map { ($0.rawValue, .object($0.json(Self.schemas))) })),
                "errors": .object(JSONObject(ErrorRow.all.map { ($0.name, .object(error($0))) }))
            ], "x-notifications": .array(Notification.all.map { .object(notification($0)) })
        ]
    }

    private var info: JSONObject {
        var info: JSONObject = ["title": "kling-server", "version": .string(version)]
        SchemaLanguage.both.put(Self.words, as: "description", into: &info)
        return info
    }

    private static let words = LocalizedText(
        en: "Makes Kling videos for editors, scripts and agents: JSON-RPC 2.0 on standard input and output. "
            + "Parameters are named; null counts as left out; what a method does not take is refused. "
            + "`x-exactly-one` and `x-at-most-one` name parameters that stand for each other. `x-notifications` are "
            + "sent by the server.",
        zh: "面向编辑器、脚本和智能体的可灵视频服务：标准输入输出上的 JSON-RPC 2.0。参数按名称传递；null 等同未填写；未知参数会被拒绝。"
            + "`x-exactly-one` 与 `x-at-most-one` 列出互斥的参数；`x-notifications` 由服务端发送。")

    private func method(_ method: PlainDialect.Method) -> JSONObject {
        var object: JSONObject = ["name": .string(method.name), "paramStructure": "by-name"]
        SchemaLanguage.both.put(method.documentation, as: "summary", into: &object)
        object["params"] = .array(method.signature.parameters.map { .object(descriptor($0)) })
        for choice in method.signature.choices {
            let name =
                switch choice {
                case .exactlyOne: "x-exactly-one"
                case .atMostOne: "x-at-most-one"
                }
            object[name] = .array((object[name]?.array ?? []) + [.array(choice.names.map { .string($0) })])
        }
        object["result"] = [
            "name": "result", "required": true, "schema": .object(method.result().json(Self.schemas))
        ]
        let rows = [ErrorRow.invalidParams, .cancelled] + method.errors.map(ErrorRow.init)
        object["errors"] = .array(rows.map { ["$ref": .string(Self.errors + $0.name)] })
        return object
    }

    private func notification(_ notification: Notification) -> JSONObject {
        var object: JSONObject = ["name": .string(notification.name), "paramStructure": "by-name"]
        SchemaLanguage.both.put(notification.documentation, as: "summary", into: &object)
        object["params"] = .array(notification.parameters.map { .object(descriptor($0)) })
        return object
    }

    private func descriptor(_ member: Member) -> JSONObject {
        var schema = member.schema.json(Self.schemas)
        if let value = member.defaultValue { schema["default"] = value }
        var object: JSONObject = ["name": .string(member.name)]
        SchemaLanguage.both.put(member.documentation, as: "description", into: &object)
        object["required"] = .bool(member.isRequired)
        object["schema"] = .object(schema)
        return object
    }

    private func error(_ row: ErrorRow) -> JSONObject {
        var object: JSONObject = ["code": JSONValue(row.code), "message": .string(row.when.en)]
        if let type = row.type { object["data"] = ["type": .string(type)] }
        return object
    }
}

extension Signature.Choice {
    var names: [String] {
        switch self {
        case .exactlyOne(let names), .atMostOne(let names): names
        }
    }
}
