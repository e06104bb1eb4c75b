// Telling of changes as they happen, and of those that happened before (GATEWAY §3).
extension TaskService {
    /// Registers a subscription. Nothing is delivered before ``start(_:)``, so that the reply that
    /// names it can be on its way first.
    ///
    /// - Parameters:
    ///   - since: deliver what happened after this number; nil for from now on.
    ///   - minimumInterval: the least time between two events of progress of one task; changes of state
    ///   always come.
    ///   - isBehind: whether the one who listens has much to take in already; a replay waits then.
    ///   - onEvent: called on the actor, one event at a time, in order: must not block.
    /// - Throws: `.noSuchTask`, `.journal`.
    public func subscribe(
        _ filter: SubscriptionFilter, since: Int64? = nil, minimumInterval: Duration = .zero,
        isBehind: @escaping @Sendable () -> Bool = { false },
        onEvent: @escaping @Sendable (SubscriptionEvent) -> Void
    ) async throws(TaskServiceError) -> Subscription {
        await oriented()
        try? await countLine()
        var (cursor, isSnapshot) = (Int64(0), false)
        do {
            let newest = try await journal.lastSeq()
            cursor = max(since ?? newest, 0)
            if since != nil { isSnapshot = try await !journal.events(after: cursor, limit: 1).complete }
            if isSnapshot { cursor = newest }
        } catch {
            throw .journal(error)
        }
        let (selection, tasks) = try await select(filter, ended: isSnapshot)
        lastSubscription += 1
        let state = SubscriptionState(
            id: "sub_\(lastSubscription)", selection: selection, cursor: cursor, tasks: tasks,
            minimumInterval: minimumInterval, tells: since == nil || isSnapshot, isBehind: isBehind,
            onEvent: onEvent)
        subscriptions[state.id] = state
        watch()
        return Subscription(
            id: state.id, seq: cursor, tasks: tasks.map(report), isSnapshot: isSnapshot)
    }

    /// How many tasks at their end a reply tells of at most: a journal has tens of thousands, and they are `list`'s.
    static let mostEnded = 500

    /// - Parameter ended: of all tasks, tell of the newest at their end too.
    private func select(
        _ filter: SubscriptionFilter, ended: Bool
    ) async throws(TaskServiceError) -> (SubscriptionState.Selection, [VideoTask]) {
        let selection: SubscriptionState.Selection
        var query = JournalQuery(limit: 500)
        switch filter {
        case .tasks(let ids):
            var tasks: [VideoTask] = []
            for id in ids { tasks.append(try await locate(id)) }
            return (.tasks(Set(tasks.map(\.id))), tasks)
        case .labels(let labels):
            query.labels = labels
            selection = .labels(labels)
        case .all: selection = .all
        }
        do {
            // One that ends meanwhile is found here already; those that end here are unsettled while they are delivered.
            var found: [TaskID: VideoTask] = [:]
            // Of those that wait for the user or for their file none is left out.
            let isOver: (VideoTask.State) -> Bool = { $0.isTerminal && $0 != .unconfirmed }
            query.states = Set(VideoTask.State.allCases.filter { !isOver($0) })
            try await forEachTask(query) { task, _ in found[task.id] = task }
            if ended || selection != .all {
                query.states = Set(VideoTask.State.allCases.filter(isOver))
                try await forEachTask(query) { task, number in
                    if number < Self.mostEnded || !task.isSettled { found[task.id] = task }
                }
            }
            return (selection, found.values.sorted { $0.id.text > $1.id.text })
        } catch {
            throw .journal(error)
        }
    }

    /// All tasks of a query as they are known here, the newest first, with their number.
    private func forEachTask(
        _ query: JournalQuery, _ body: (VideoTask, Int) -> Void
    ) async throws(JournalFailure) {
        var (query, number) = (query, 0)
        var page: [VideoTask]
        repeat {
            page = try await journal.list(query)
            for task in page {
                body(newest(of: task), number)
                number += 1
            }
            query.before = page.last?.id
        } while page.count == query.limit
    }

    /// How long a replay waits before it looks whether there is room again.
    private static let replayPause = Duration.milliseconds(10)

    /// Delivers what happened after the subscription's `seq`, then what happens. No change is left out or
    /// comes twice.
    public func start(_ id: SubscriptionID) async {
        guard let subscription = subscriptions[id], subscription.phase == .registered else { return }
        subscription.phase = .replaying
        while subscriptions[id] != nil {
            guard !subscription.isBehind() else {
                subscription.phase = .registered
                return schedule(.replay(id), after: Self.replayPause)
            }
            let page: [JournalEvent]
            let known = published
            do {
                page = try await journal.events(after: subscription.cursor, limit: 500).events
            } catch {
                subscription.phase = .registered
                return schedule(.replay(id), after: .seconds(1))
            }
            for event in newestProgressOnly(page, for: subscription) { tell(event, to: subscription) }
            guard page.count < 500 else { continue }
            // All that was published before the page was read is in it, unless the journal has let go of it.
            subscription.cursor = max(subscription.cursor, known)
            if published <= subscription.cursor { break }
        }
        // Tasks that were settled before `since` have nothing left to be told.
        for name in subscription.open where live[name] == nil {
            guard let task = try? await locate(name.text) else { continue }
            if task.isSettled, task.seq <= subscription.cursor { subscription.open.remove(name) }
        }
        if published > subscription.cursor {
            subscription.phase = .registered
            return await start(id)
        }
        subscription.phase = .live
        endIfDone(subscription)
    }

    /// In a replay the spacing of progress is not that of the clock: the newest of each task is kept.
    private func newestProgressOnly(_ page: [JournalEvent], for subscription: SubscriptionState)
        -> [JournalEvent]
    {
        guard subscription.minimumInterval > .zero else { return page }
        var newest: [TaskID: Int64] = [:]
        for event in page where event.kind == .progress { newest[event.task.id] = event.seq }
        return page.filter { $0.kind == .change || newest[$0.task.id] == $0.seq }
    }

    /// - Returns: whether there was such a subscription.
    @discardableResult
    public func unsubscribe(_ id: SubscriptionID) -> Bool { subscriptions.removeValue(forKey: id) != nil }

    /// Tells everyone; called in the order of the numbers.
    func tell(_ event: JournalEvent) {
        published = max(published, event.seq)
        line.learn(event)
        observer(.changed(event))
        if event.task.state == .completed { watchExpiry(of: event.task) }
        for subscription in subscriptions.values where subscription.phase == .live {
            tell(event, to: subscription)
            endIfDone(subscription)
        }
        wake(event.task)
    }

    private func tell(_ event: JournalEvent, to subscription: SubscriptionState) {
        switch subscription.admit(event, at: clock.elapsed()) {
        case .never: break
        case .now: subscription.onEvent(.update(seq: event.seq, kind: event.kind, report(event.task)))
        case .after(let delay): schedule(.progress(subscription.id, event.task.id), after: delay)
        }
    }

    /// Tells the progress that came before its time.
    func tellHeldBack(_ task: TaskID, to id: SubscriptionID) {
        guard let subscription = subscriptions[id] else { return }
        guard subscription.phase == .live else {
            return schedule(.progress(id, task), after: Self.replayPause)
        }
        guard let event = subscription.release(task, at: clock.elapsed()) else { return }
        subscription.onEvent(.update(seq: event.seq, kind: event.kind, report(event.task)))
    }

    private func endIfDone(_ subscription: SubscriptionState) {
        guard subscription.isAtEnd else { return }
        subscriptions[subscription.id] = nil
        subscription.onEvent(.end(seq: subscription.cursor))
    }
}
