import JSON
import JSONRPC
import KlingCore

// The methods that look at tasks and change them. All take our id or the gateway's.
extension PlainDialect {
    /// `status`: one task as it is; `refresh` asks the gateway first.
    static let status = Method(
        "status", en: "One task as it is.", zh: "查询一个任务。",
        [
            .task,
            .optional(
                "refresh", .boolean, default: false, en: "Ask the gateway first, at most once a second.",
                zh: "先查询网关，每秒最多一次。")
        ], gives: .task, errors: [.taskNotFound, .journalUnavailable] + Failure.Kind.gateway
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let id = try arguments.require(try arguments.string(0, in: tree), 0)
        let refresh = try arguments.bool(1, in: tree) ?? false
        return context.deferred(lasts: refresh) { tasks, locale throws(TaskServiceError) in
            .success(try await tasks.status(id, refresh: refresh), locale: locale)
        }
    }

    /// `wait`: until every task is at its end, or the time is over, which is a normal result.
    static let wait = Method(
        "wait", en: "Waits until every task is at its end, or the time is over.", zh: "等待全部任务结束或到时。",
        [.oneTask, .tasks, .timeout], of: [.exactlyOne(["task", "tasks"])],
        gives: .object([
            .needed("tasks", .tasks, en: "The tasks as they are.", zh: "任务现状。"),
            .needed("done", .boolean, en: "All of them are at their end.", zh: "是否全部结束。")
        ]), errors: [.taskNotFound, .journalUnavailable]
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let ids = try arguments.tasks(one: 0, several: 1, in: tree)
        let timeout = try arguments.seconds(2, in: tree) ?? Context.defaultWait
        return context.deferred(lasts: true) { tasks, locale throws(TaskServiceError) in
            let waited = try await tasks.wait(ids, until: .terminal, timeout: .seconds(timeout))
            return .success(capacity: waited.tasks.count * Answer.bytesOfTask) { writer in
                writer.beginObject()
                writer.tasks(waited.tasks, locale: locale)
                writer.name("done")
                writer.bool(waited.done)
                writer.endObject()
            }
        }
    }

    /// `list`: newest first, in pages.
    static let list = Method(
        "list", en: "Tasks, the newest first, in pages.", zh: "列出任务，最新在前，分页。",
        [
            .optional("states", .array(of: Component.states), en: "Only these states.", zh: "限定状态。"),
            .optional("labels", .map(of: .string), en: "Only those with all of these labels.", zh: "限定标签。"),
            .optional("model", .string, en: "Only this model.", zh: "限定模型。"),
            .optional("limit", .integer(1...500), default: 50, en: "The most in one page.", zh: "每页数量。"),
            .optional(
                "cursor", Component.taskId, en: "The `nextCursor` of the page before.",
                zh: "上一页的 `nextCursor`。")
        ],
        gives: .object([
            .needed("tasks", .tasks, en: "The page.", zh: "本页任务。"),
            .optional("nextCursor", Component.taskId, en: "There is another page.", zh: "下一页的游标。")
        ]), errors: [.journalUnavailable]
    ) { (context, arguments, tree, writer) throws(RPCError) in
        var query = JournalQuery()
        for word in try arguments.strings(0, in: tree) ?? [] {
            guard let state = VideoTask.State(rawValue: word) else {
                throw unknownWord("states", word, VideoTask.State.allCases.map(\.rawValue))
            }
            query.states.insert(state)
        }
        query.labels = try arguments.stringMap(1, in: tree) ?? [:]
        query.model = try arguments.string(2, in: tree)
        let limit = try arguments.int(3, in: tree) ?? 50
        query.limit = limit + 1
        if let cursor = try arguments.string(4, in: tree) {
            guard let before = TaskID(cursor) else {
                throw .invalidParams("cursor must be the nextCursor of an earlier list")
            }
            query.before = before
        }
        return context.deferred { [query] tasks, locale throws(TaskServiceError) in
            let reports = try await tasks.list(query)
            return .success(capacity: reports.count * Answer.bytesOfTask) { writer in
                writer.beginObject()
                writer.tasks(reports.prefix(limit), locale: locale)
                if reports.count > limit {
                    writer.name("nextCursor")
                    writer.string(reports[limit - 1].task.id.text)
                }
                writer.endObject()
            }
        }
    }

    /// `cancel`: free while the task is queued; later only `abandon` lets go of it.
    static let cancel = Method(
        "cancel", en: "Cancels a queued task, free of charge. One at the gateway can only be abandoned.",
        zh: "免费取消排队中的任务；已提交到网关的只能放弃跟踪。",
        [
            .task,
            .optional(
                "abandon", .boolean, default: false,
                en:
                    "Let go of a task that is at the gateway: it is made and charged, and no longer followed.",
                zh: "放弃跟踪已提交的任务：仍会生成并计费。")
        ], gives: .task, errors: [.taskNotFound, .conflict, .journalUnavailable]
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let id = try arguments.require(try arguments.string(0, in: tree), 0)
        let abandon = try arguments.bool(1, in: tree) ?? false
        return context.deferred { tasks, locale throws(TaskServiceError) in
            .success(try await tasks.cancel(id, abandon: abandon), locale: locale)
        }
    }

    /// `adopt`: follow a task that the gateway has and the journal does not, or that an unconfirmed one
    /// turned out to be.
    static let adopt = Method(
        "adopt", en: "Follows a task that the gateway has and the journal has not.", zh: "跟踪网关已有而日志没有的任务。",
        [
            .needed("taskId", .string, en: "The gateway's id.", zh: "网关任务 ID。"),
            .optional(
                "task", .string, en: "The `unconfirmed` task that it turned out to be.",
                zh: "对应的 `unconfirmed` 任务。"),
            .labels
        ], gives: .task, errors: [.taskNotFound, .conflict, .journalUnavailable] + Failure.Kind.gateway
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let taskId = try arguments.require(try arguments.string(0, in: tree), 0)
        guard taskId.contains(where: { !$0.isWhitespace }), !taskId.contains("…") else {
            throw .invalidParams("taskId must be the id that the gateway has given the task")
        }
        let onto = try arguments.string(1, in: tree)
        let labels = try arguments.stringMap(2, in: tree) ?? [:]
        return context.deferred { tasks, locale throws(TaskServiceError) in
            .success(try await tasks.adopt(taskId: taskId, onto: onto, labels: labels), locale: locale)
        }
    }

    /// `download`: the result of a completed task, onto the disk.
    static let download = Method(
        "download", en: "Puts the result of a completed task on the disk.", zh: "下载已完成任务的结果。",
        [
            .task, .directory, .path,
            .optional(
                "overwrite", .boolean, default: false, en: "Replace a file that exists.", zh: "覆盖已有文件。"),
            .optional(
                "progressToken", .token, en: "Comes back in each `task/download` of this call.",
                zh: "原样带回本次调用的每条 `task/download` 通知。")
        ], of: [.place],
        gives: .object([.needed("files", .array(of: .component(.file)), en: "The files.", zh: "文件。")]),
        errors: [
            .taskNotFound, .conflict, .resultExpired, .serverError, .badGateway, .unreachable, .timeout,
            .journalUnavailable, .fileSystem
        ]
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let id = try arguments.require(try arguments.string(0, in: tree), 0)
        let place = try VideoTask.Delivery.place(
            directory: try arguments.string(1, in: tree), path: try arguments.string(2, in: tree),
            default: context.settings.downloadDirectory)
        let overwrite = try arguments.bool(3, in: tree) ?? false
        let token = try arguments.token(4, in: tree)
        let outbox = context.outbox
        return context.deferred(lasts: true) { tasks, locale throws(TaskServiceError) in
            let files = try await tasks.download(id, to: place, overwrite: overwrite) { progress in
                outbox.notify(progress, token: token)
            }
            return .success([
                "files": .array(
                    files.map {
                        [
                            "path": .string($0.path), "bytes": JSONValue(Int($0.bytes)),
                            "sha256": .string($0.sha256),
                            "contentType": .string($0.contentType)
                        ]
                    })
            ])
        }
    }
}

extension Context {
    /// Work on tasks beside the loop, its errors put into words.
    /// - Parameter lasts: it may take as long as the world does; else it ends soon.
    func deferred(
        lasts: Bool = false,
        _ operation: @escaping @Sendable (TaskService, Locale) async throws(TaskServiceError) -> Answer
    ) -> Outcome {
        let tasks = tasks
        let locale = settings.locale
        return .deferred(
            DeferredWork(isBrief: !lasts) {
                do throws(TaskServiceError) {
                    return try await operation(tasks, locale)
                } catch {
                    return .failure(error.rpcError(locale: locale))
                }
            })
    }
}

extension Arguments {
    /// `task` or `tasks`.
    func tasks(one: Int, several: Int, in tree: borrowing JSONTree) throws(RPCError) -> [String] {
        let task = try string(one, in: tree)
        let tasks = try strings(several, in: tree)
        switch (task, tasks) {
        case (let task?, nil): return [task]
        case (nil, let tasks?):
            // Each once: the answer tells each task once.
            var seen: Set<String> = []
            return tasks.filter { seen.insert($0).inserted }
        case (nil, nil): throw .invalidParams("one of task and tasks is needed")
        case (_?, _?): throw .invalidParams("only one of task and tasks can be given")
        }
    }
}
