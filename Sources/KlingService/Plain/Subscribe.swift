import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// `subscribe`: the tasks as they are, then a notification for each change. `since` replays what was
    /// missed.
    static let subscribe = Method("subscribe", ["task", "tasks", "labels", "all", "since", "intervalSeconds"])
    {
        (context, arguments, tree, writer) throws(RPCError) in
        let filter = try arguments.filter(in: tree)
        let since = try arguments.int(4, 0...Int.max, in: tree).map { Int64($0) }
        let interval = try arguments.seconds(5, upTo: Context.longestWait, in: tree) ?? 0
        let outbox = context.outbox
        let locale = context.settings.locale
        let tasks = context.tasks
        return .deferred(
            DeferredWork(isBrief: true) {
                let name = SubscriptionName()
                do throws(TaskServiceError) {
                    let subscription = try await tasks.subscribe(
                        filter, since: since, minimumInterval: .seconds(interval)
                    ) { event in
                        outbox.notify(event, subscription: name.value, locale: locale)
                    }
                    name.value = subscription.id
                    return .success(
                        [
                            "subscription": .string(subscription.id), "seq": JSONValue(Int(subscription.seq)),
                            "tasks": .array(subscription.tasks.map { $0.json(locale: locale) }),
                            "snapshot": .bool(subscription.isSnapshot)
                        ],
                        // The client must know the subscription before it hears of it.
                        then: { Task { await tasks.start(subscription.id) } })
                } catch {
                    return .failure(error.rpcError(locale: locale))
                }
            })
    }

    static let unsubscribe = Method("unsubscribe", ["subscription"]) {
        (context, arguments, tree, writer) throws(RPCError) in
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
