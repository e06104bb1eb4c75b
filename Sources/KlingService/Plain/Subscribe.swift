import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// `subscribe`: the tasks as they are, then a notification for each change. `since` replays what was
    /// missed.
    static let subscribe = Method(
        "subscribe", en: "Answers with the tasks as they are; then a `task/update` comes for each change.",
        zh: "返回任务现状，之后每次变化发送 `task/update`。",
        [
            .oneTask, .tasks,
            .optional(
                "labels", .map(of: .string), en: "Every task with all of these labels.", zh: "带有这些标签的全部任务。"),
            .optional("all", .only(true), en: "Every task.", zh: "全部任务。"),
            .optional(
                "since", .count, en: "Replay what happened behind this `seq`.", zh: "补发此 `seq` 之后的事件。"),
            .optional(
                "intervalSeconds", .number(0...Context.longestWait), default: 0,
                en: "The least spacing of events of progress; changes of state always come.",
                zh: "进度事件的最小间隔；状态变化不受影响。")
        ], of: [.exactlyOne(["task", "tasks", "labels", "all"])],
        gives: .object([
            .needed("subscription", .string, en: "Its name.", zh: "订阅 ID。"),
            .needed("seq", .count, en: "The number of the last event so far.", zh: "当前最后的事件序号。"),
            .needed(
                "tasks", .tasks,
                en:
                    "The tasks as they are: those named, or those not at their end and, with `labels` or `snapshot`, the newest 500 that are.",
                zh: "任务现状：指定的任务，或全部未结束的任务；使用 `labels` 或 `snapshot` 时另含最新 500 个已结束的任务。"),
            .needed(
                "snapshot", .boolean, en: "The history before `since` is gone: `tasks` is all there is.",
                zh: "`since` 之前的历史已不存在，`tasks` 为全部状态。")
        ]), errors: [.taskNotFound, .journalUnavailable]
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let filter = try arguments.filter(in: tree)
        let since = try arguments.int(4, in: tree).map { Int64($0) }
        let interval = try arguments.seconds(5, in: tree) ?? 0
        let outbox = context.outbox
        let locale = context.settings.locale
        let tasks = context.tasks
        return .deferred(
            DeferredWork(isBrief: true) {
                let name = SubscriptionName()
                do throws(TaskServiceError) {
                    let subscription = try await tasks.subscribe(
                        filter, since: since, minimumInterval: .seconds(interval),
                        isBehind: { outbox.isBehind }
                    ) { event in
                        outbox.notify(event, subscription: name.value, locale: locale)
                    }
                    name.value = subscription.id
                    // The client must know the subscription before it hears of it.
                    return .success(then: { Task { await tasks.start(subscription.id) } }) { writer in
                        writer.beginObject()
                        writer.name("subscription")
                        writer.string(subscription.id)
                        writer.name("seq")
                        writer.int(Int(subscription.seq))
                        writer.tasks(subscription.tasks, locale: locale)
                        writer.name("snapshot")
                        writer.bool(subscription.isSnapshot)
                        writer.endObject()
                    }
                } catch {
                    return .failure(error.rpcError(locale: locale))
                }
            })
    }

    static let unsubscribe = Method(
        "unsubscribe", en: "Ends a subscription.", zh: "取消订阅。",
        [.needed("subscription", .string, en: "Its name.", zh: "订阅 ID。")], gives: .object([])
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let id = try arguments.require(try arguments.string(0, in: tree), 0)
        let tasks = context.tasks
        return .deferred(
            DeferredWork(isBrief: true) {
                // A parameter that names nothing: 404 and `task_not_found` are for tasks, and a client that gets
                // them forgets the task.
                await tasks.unsubscribe(id)
                    ? .success([:])
                    : .failure(
                        .invalidParams("there is no subscription \(quoted(id)); it may have ended already"))
            })
    }
}

extension Arguments {
    fileprivate func filter(in tree: borrowing JSONTree) throws(RPCError) -> SubscriptionFilter {
        let given = [0, 1, 2, 3].filter { self[$0] != nil }
        guard given.count == 1 else {
            throw .invalidParams("exactly one of task, tasks, labels and all is needed")
        }
        if let labels = try stringMap(2, in: tree) { return .labels(labels) }
        if let all = try bool(3, in: tree) {
            guard all else { throw .invalidParams("all can only be true") }
            return .all
        }
        return .tasks(try tasks(one: 0, several: 1, in: tree))
    }
}
