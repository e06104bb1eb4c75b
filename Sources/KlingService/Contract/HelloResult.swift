import JSON
import KlingCore

extension PlainDialect {
    /// The result of `hello`.
    static let helloMembers: [Member] = [
        .needed(
            "server",
            .object([
                .needed("name", .only("kling-server"), en: "The program.", zh: "程序名。"),
                .needed("version", .string, en: "Its version.", zh: "版本。")
            ]), en: "Who answers.", zh: "服务端。"),
        .needed("protocol", .only("1.0"), en: "The version of this contract.", zh: "协议版本。"),
        .needed("methods", .array(of: .string), en: "The names of the methods.", zh: "方法名。"),
        .needed("notifications", .array(of: .string), en: "What the server sends by itself.", zh: "服务端通知。"),
        .needed("models", .array(of: .string), en: "The names of the models.", zh: "模型名。"),
        .needed(
            "gateway",
            .object([
                .needed("url", .string, en: "Where it is.", zh: "地址。"),
                .needed(
                    "simulated", .boolean, en: "It is inside this process, and costs nothing.",
                    zh: "是否为进程内模拟。")
            ]), en: "Who makes the videos.", zh: "网关。"),
        .needed(
            "limits",
            .object([
                .needed("messageBytes", .count, en: "Of one message.", zh: "单条消息字节数。"),
                .needed("headerBytes", .count, en: "Of one header block.", zh: "消息头字节数。"),
                .needed("depth", .count, en: "Arrays and objects inside each other.", zh: "嵌套层数。"),
                .needed("batch", .count, en: "Messages in one batch.", zh: "批量消息数。"),
                .needed("values", .count, en: "Values and names in one message or text.", zh: "单条消息的值与名称数。"),
                .needed("waitSeconds", .count, en: "The longest `timeoutSeconds`.", zh: "最长等待秒数。")
            ]), en: "What is not taken beyond.", zh: "限制。"),
        .needed(
            "locale", .words { Locale.allCases.map(\.rawValue) }, en: "The language in force.", zh: "生效的语言。")
    ]
}
