import JSON
import KlingCore

/// A task and what belongs to it (`TaskReport.json` writes it).
extension Component {
    static let taskId = Schema.pattern("^kt_[0-9A-HJKMNP-TV-Z]{26}$")

    static let taskMembers: [Member] = [
        .needed("id", taskId, en: "Our id: `kt_` and a ULID.", zh: "本地任务 ID：`kt_` 加 ULID。"),
        .needed(
            "taskId", .nullable(.string), en: "The gateway's id, as soon as it has said it.",
            zh: "网关的任务 ID，网关返回之前为 null。"),
        .needed("model", .string, en: "The model.", zh: "模型。"),
        .needed("mode", .string, en: "The mode in force.", zh: "生效的 mode。"),
        .needed(
            "state", states,
            en:
                "Where it is. `unconfirmed`: the create's answer was lost, so it may exist and be "
                + "billed; it is never sent again silently.",
            zh: "状态。`unconfirmed`：创建请求的应答丢失，任务可能存在并计费，绝不会自动重发。"),
        .needed(
            "progress", .nullable(.integer(0...100)),
            en: "Percent as the gateway said it, never going back; null until it says one.",
            zh: "网关给出的百分比，不会倒退；网关未给出时为 null。"),
        .needed("createdAt", .time, en: "When the intent was written to the journal.", zh: "写入日志的时间。"),
        .needed("submittedAt", .nullable(.time), en: "When the gateway took it.", zh: "网关接受的时间。"),
        .needed("updatedAt", .time, en: "When it last changed.", zh: "最后变化的时间。"),
        .needed("completedAt", .nullable(.time), en: "When it came to its end.", zh: "结束的时间。"),
        .needed(
            "elapsedSeconds", .number(0...Double.infinity), en: "From its making to its end, or to now.",
            zh: "从创建到结束（或当前）的秒数。"),
        .needed(
            "estimate",
            .nullable(
                .object([
                    .needed("secondsLeft", .count, en: "Seconds that are left.", zh: "剩余秒数。"),
                    .needed(
                        "basis", .words { TaskEstimate.Basis.allCases.map(\.rawValue) },
                        en: "How that is known: from tasks seen before, from the gateway, or from a table.",
                        zh: "依据：历史任务、网关或默认表。")
                ])), en: "How long it may still take; null at its end.", zh: "预计剩余时间；结束后为 null。"),
        .needed(
            "queue",
            .object([
                .needed(
                    "position", .count, en: "1 is the next to go; 0 is not in the line.",
                    zh: "1 为下一个；0 表示不在队列。"),
                .needed("ahead", .count, en: "Tasks that go before it.", zh: "前面的任务数。")
            ]), en: "Its place in the line that waits for the gateway.", zh: "在本地队列中的位置。"),
        .needed(
            "lastContactAt", .nullable(.time), en: "When the gateway last answered about it.",
            zh: "网关最近一次应答的时间。"),
        .needed(
            "degraded", .boolean,
            en:
                "The gateway cannot be asked at the moment or, of a completed task, the file not be delivered; `error` says why. "
                + "It goes on by itself.",
            zh: "暂时无法查询网关，或（已完成时）无法保存文件，原因见 `error`；会自动继续。"),
        .optional(
            "gatewayStatus", .string,
            en: "The gateway's own word for the state, when it is none that is known.",
            zh: "网关给出的未知状态原文。"),
        .needed("videos", .array(of: .component(.video)), en: "The results.", zh: "生成结果。"),
        .needed(
            "error", .nullable(.component(.error)), en: "Why it failed, or what is in doubt.", zh: "失败或存疑的原因。"
        ),
        .needed(
            "billed", .words { VideoTask.Billed.allCases.map(\.rawValue) },
            en: "Whether it is charged. `pending`: the gateway settles at its end.",
            zh: "是否计费。`pending`：结束时结算。"),
        .needed("idempotencyKey", .nullable(.string), en: "The key it was submitted with.", zh: "提交时的幂等键。"),
        .needed("labels", .map(of: .string), en: "The caller's own labels.", zh: "调用方自定义标签。"),
        .needed("request", .component(.request), en: "Exactly what is or was sent.", zh: "实际发送的请求。"),
        .optional(
            "previous", taskId, en: "The earlier task of the same key, which ended unbilled.",
            zh: "同一幂等键下未计费结束的前一任务。"),
        .optional(
            "replacedBy", taskId,
            en:
                "The task that this one, adopted by the gateway's id, turned out to be; its name is understood as that.",
            zh: "按网关 ID 认领的本任务实际上就是该任务；本任务的 ID 按该任务处理。"),
        .optional("simulated", .only(true), en: "Made by the simulator.", zh: "由模拟器生成。"),
        .needed(
            "seq", .count,
            en:
                "The number of its last change, rising over all tasks: of two tellings the one with the greater is newer.",
            zh: "最近一次变化的序号，全局递增：同一任务的两次结果以序号大者为新。"),
        .optional(
            "deduplicated", .only(true),
            en: "From `submit` only: the key was seen before, and this is its task.",
            zh: "仅 `submit` 返回：该幂等键已存在，这是原任务。"),
        .optional(
            "diagnostics", .array(of: .component(.diagnostic)),
            en: "From `submit` only: what was found below error.",
            zh: "仅 `submit` 返回：低于错误级别的问题。")
    ]

    static let states = Schema.words { VideoTask.State.allCases.map(\.rawValue) }

    static let videoMembers: [Member] = [
        .needed("url", .string, en: "The link to the video.", zh: "视频链接。"),
        .needed("expiresAt", .nullable(.time), en: "When the link dies.", zh: "链接失效时间。"),
        .needed("path", .nullable(.string), en: "The file it was delivered to.", zh: "已下载到的文件。")
    ]

    static let fileMembers: [Member] = [
        .needed("path", .string, en: "Where it is.", zh: "文件路径。"),
        .needed("bytes", .count, en: "Its size.", zh: "字节数。"),
        .needed(
            "sha256", .pattern("^[0-9a-f]{64}$"), en: "Its SHA-256 in hexadecimal.", zh: "SHA-256（十六进制）。"),
        .needed("contentType", .string, en: "Its media type.", zh: "媒体类型。")
    ]
}
