import KlingCore
import Synchronization

/// A journal in memory, with the rules of the real one. ``reopened()`` is what the next process finds.
final class TaskTestJournal: Journal {
    struct Store {
        var tasks: [TaskID: VideoTask] = [:]
        var order: [TaskID] = []
        var keys: [String: TaskID] = [:]
        var events: [JournalEvent] = []
        var owners: [TaskID: Int] = [:]
        var living: Set<Int> = [1]
        /// By when each has said that it is heard of again.
        var staying: [Int: Timestamp] = [:]
        /// For whom each sends.
        var accounts: [Int: String] = [:]
        /// Taken for gone, and not told yet.
        var robbed: Set<Int> = []
        var lastProcess = 1
        var seq: Int64 = 0
        /// Events up to here are forgotten.
        var trimmed: Int64 = 0
        var failure: JournalFailure?
        var calls = 0
        /// Rises with every write.
        var version = 0
        var paces: [String: GatewayPace] = [:]

        func holder(of taskId: String, besides id: TaskID) -> VideoTask? {
            tasks.values.first { $0.taskId == taskId && $0.id != id }
        }

        func active(besides id: TaskID, of url: String, but strangers: Set<String> = []) -> Int {
            tasks.values.count {
                $0.state.isActive && $0.id != id && $0.gateway ?? url == url
                    && !strangers.contains($0.account ?? "")
            }
        }

        func isThere(_ id: TaskID) -> Bool { owners[id].map { living.contains($0) } ?? false }

        func isLookedAfter(_ id: TaskID, at now: Timestamp) -> Bool {
            isThere(id) && owners[id].flatMap { staying[$0] }.map { $0 >= now } ?? true
        }

        mutating func write(_ task: VideoTask, _ kind: JournalEvent.Kind) -> VideoTask {
            var task = task
            seq += 1
            version += 1
            task.seq = seq
            tasks[task.id] = task
            events.append(JournalEvent(seq: seq, kind: kind, task: task))
            return task
        }
    }

    final class Shared: Sendable { let store = Mutex(Store()) }

    let shared: Shared
    private let process: Int
    private let isClosed = Mutex(false)
    private let seen = Mutex<Int?>(nil)

    init(shared: Shared = Shared(), process: Int = 1) {
        self.shared = shared
        self.process = process
    }

    /// The journal as another process opens it; this one is dead when `afterDeath`.
    func reopened(afterDeath: Bool = true) -> TaskTestJournal {
        let number = shared.store.withLock { store in
            store.lastProcess += 1
            store.living.insert(store.lastProcess)
            return store.lastProcess
        }
        if afterDeath { die() }
        return TaskTestJournal(shared: shared, process: number)
    }

    /// Its process is killed.
    func die() {
        shared.store.withLock { _ = $0.living.remove(process) }
        isClosed.withLock { $0 = true }
    }

    /// Is not heard of for too long, though it is still there.
    func fallSilent() { shared.store.withLock { $0.staying[process] = Timestamp(milliseconds: 0) } }

    func fail(with failure: JournalFailure?) { shared.store.withLock { $0.failure = failure } }
    func trim() { shared.store.withLock { $0.trimmed = $0.seq } }
    var events: [JournalEvent] { shared.store.withLock(\.events) }
    var calls: Int { shared.store.withLock(\.calls) }

    private func transaction<Result>(
        _ body: (inout Store) -> Result
    ) async throws(JournalFailure) -> Result {
        // Replies come back in any order, as from a real journal.
        for _ in 0..<(shared.store.withLock(\.calls) * 7 % 5) { await Task.yield() }
        return try await inOrder(body)
    }

    /// The same, in the order of the calls.
    private nonisolated(nonsending) func inOrder<Result>(
        _ body: (inout Store) -> Result
    ) async throws(JournalFailure) -> Result {
        if isClosed.withLock({ $0 }) { throw .closed }
        let result: Swift.Result<Result, JournalFailure> = shared.store.withLock { store in
            store.calls += 1
            if let failure = store.failure { return .failure(failure) }
            return .success(body(&store))
        }
        for _ in 0..<(shared.store.withLock(\.calls) * 11 % 7) { await Task.yield() }
        return try result.get()
    }

    nonisolated(nonsending) func begin(
        _ task: VideoTask, within budget: SpendBudget.Window?
    ) async throws(JournalFailure) -> JournalBeginning {
        try await inOrder { [process] store in
            var task = task
            if let key = task.idempotencyKey, let id = store.keys[key], let bound = store.tasks[id] {
                if !bound.state.isTerminal || bound.billed != .no {
                    return bound.request == task.request ? .existing(bound) : .conflict(bound)
                }
                task.previous = id
            }
            if let taskId = task.taskId, let holder = store.holder(of: taskId, besides: task.id) {
                return .existing(holder)
            }
            if let budget, !task.isFoundling {
                let counted = store.tasks.values.filter {
                    $0.createdAt >= budget.start && !$0.isFoundling
                        && !($0.state.isTerminal && $0.billed == .no)
                }
                let spent = SpendBudget(
                    submissions: counted.count, seconds: counted.reduce(0) { $0 + $1.request.billableSeconds }
                )
                guard budget.budget.allows(task.request, after: spent) else {
                    let ages = counted.map { (created: $0.createdAt, seconds: $0.request.billableSeconds) }
                    return .overBudget(
                        spent: spent,
                        roomAt: budget.room(for: task.request, after: ages.sorted { $0.created < $1.created })
                    )
                }
            }
            let earlier = store.order.reversed().compactMap({ [tasks = store.tasks] in tasks[$0] }).first {
                $0.request == task.request
                    && $0.createdAt.advanced(by: VideoRequest.repeatWindow) >= task.createdAt
                    && !($0.state.isTerminal && $0.billed == .no)
            }
            store.owners[task.id] = process
            if let key = task.idempotencyKey { store.keys[key] = task.id }
            store.order.append(task.id)
            task.place = Int64(store.order.count)
            let isAsked = task.idempotencyKey == nil && task.taskId == nil
            return .created(store.write(task, .change), earlier: isAsked ? earlier?.id : nil)
        }
    }

    func bound(to key: String) async throws(JournalFailure) -> VideoTask? {
        try await transaction { store in
            let task = store.keys[key].flatMap { store.tasks[$0] }
            return task.flatMap { !$0.state.isTerminal || $0.billed != .no ? $0 : nil }
        }
    }

    func claim(
        _ id: TaskID, maximumActive: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        isAwaited: Bool, at time: Timestamp
    ) async throws(JournalFailure) -> JournalClaim {
        let url = gateway.url
        return try await transaction { [process] store in
            var pace = store.paces[url, default: GatewayPace()]
            guard var task = store.tasks[id], task.state == .queued,
                store.active(besides: id, of: url, but: strangers) < maximumActive,
                pace.allowsCreate(
                    for: gateway.account, isAwaited: isAwaited,
                    active: store.active(besides: id, of: url), at: time)
            else { return .refused }
            if task.isDoubtful, task.gateway ?? url != url || task.account != gateway.account {
                return .refused
            }
            let idle = pace.idleAccounts(but: gateway.account)
            pace.forgetHolds(at: time)
            let isRefused = pace.refuses(gateway.account)
            let isBehind = store.order.prefix { $0 != id }.contains {
                let refusedAt = store.tasks[$0]?.refusedAt ?? Timestamp(milliseconds: 0)
                return time.since(refusedAt) >= VideoTask.timeAside && store.tasks[$0]?.state == .queued
                    && store.tasks[$0]?.billed == .no && store.owners[$0] != nil
                    && store.owners[$0] != process
                    && store.tasks[$0]?.gateway ?? url == url
                    && !idle.contains(store.owners[$0].flatMap { store.accounts[$0] } ?? "")
            }
            guard isRefused || !isBehind else { return .behind }
            let isTrial =
                !(isRefused && isAwaited)
                && pace.beginTrial(of: task.place, for: gateway.account, at: time)
            if isTrial { store.paces[url] = pace }
            task.state = .submitting
            (task.gateway, task.account) = (url, gateway.account)
            task.attempts += 1
            task.error = nil
            task.updatedAt = time
            store.owners[id] = process
            return .claimed(store.write(task, .change), isTrial: isTrial)
        }
    }

    func ahead(
        of place: Int64, slots: Int, for gateway: GatewayIdentity, at now: Timestamp
    ) async throws(JournalFailure) -> TasksAhead? {
        try await transaction { [process] store in
            let made = store.tasks.values.count { $0.state == .submitted || $0.state == .processing }
            guard made < slots else { return nil }
            let first = store.order.prefix(Int(place)).compactMap { store.tasks[$0] }.first {
                $0.state == .queued && $0.billed == .no && store.isThere($0.id)
                    && store.owners[$0.id] != process
                    && now.since($0.refusedAt ?? Timestamp(milliseconds: 0)) >= VideoTask.timeAside
            }
            let sent = store.tasks.values.filter { $0.state == .submitting }
            return TasksAhead(first: first, sent: sent, made: made)
        }
    }

    func note(
        _ wish: GatewayPace.Wish, of url: String, at now: Timestamp
    ) async throws(JournalFailure) -> GatewayPace {
        try await transaction { store in
            var pace = store.paces[url, default: GatewayPace()]
            var others = 0
            if case .fewerTasks(let id, _) = wish { others = store.active(besides: id, of: url) }
            pace.note(wish, active: others, at: now)
            store.paces[url] = pace
            store.version += 1
            return pace
        }
    }

    func pace(of url: String) async throws(JournalFailure) -> GatewayPace {
        try await transaction { $0.paces[url, default: GatewayPace()] }
    }

    func record(_ task: VideoTask, _ kind: JournalEvent.Kind) async throws(JournalFailure) -> JournalRecord {
        let record: Result<JournalRecord, JournalFailure> = try await transaction { [process] store in
            if let current = store.tasks[task.id], current.seq != task.seq {
                return .success(.outdated(current))
            }
            let isNews = store.tasks[task.id]?.taskId != task.taskId
            if isNews, let holder = task.taskId.flatMap({ store.holder(of: $0, besides: task.id) }) {
                if let ended = holder.givingWay(to: task) {
                    store.owners[ended.id] = nil
                    _ = store.write(ended, .change)
                } else if kind == .adoption {
                    return .failure(.taskIdTaken(holder))
                }
            }
            if !store.isThere(task.id) { store.owners[task.id] = process }
            if task.isSettled { store.owners[task.id] = nil }
            return .success(.written(store.write(task, kind)))
        }
        return try record.get()
    }

    func find(_ id: String) async throws(JournalFailure) -> VideoTask? {
        try await transaction { store in
            TaskID(id).flatMap { store.tasks[$0] } ?? store.tasks.values.first { $0.taskId == id }
        }
    }

    func list(_ query: JournalQuery) async throws(JournalFailure) -> [VideoTask] {
        try await transaction { store in
            var rest = store.order.reversed().compactMap { store.tasks[$0] }[...]
            if let end = query.before { rest = rest.drop { $0.id != end }.dropFirst() }
            let found = rest.filter { task in
                (query.states.isEmpty || query.states.contains(task.state))
                    && query.labels.allSatisfy { task.labels[$0.key] == $0.value }
                    && (query.model == nil || query.model == task.request.model)
            }
            return Array(found.prefix(query.limit))
        }
    }

    func takeOver(
        _ choice: LeftTasks, limit: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        at now: Timestamp
    ) async throws(JournalFailure) -> [VideoTask] {
        let url = gateway.url
        return try await transaction { [process] store in
            let withoutKey = store.paces[url]?.accountsWithoutKey ?? []
            let left = store.order.compactMap { store.tasks[$0] }.filter {
                switch choice {
                case .creates:
                    ($0.state == .submitting || $0.isDoubtful && $0.gateway ?? url == url)
                        && !store.isThere($0.id)
                case .ofTheDead: !$0.isSettled && !store.isThere($0.id) && $0.gateway ?? url == url
                case .everything:
                    !$0.isSettled && $0.gateway ?? url == url
                        && (!store.isLookedAfter($0.id, at: now)
                            || $0.state != .submitting && !$0.isDoubtful
                                && !withoutKey.contains(gateway.account ?? "")
                                && withoutKey.contains(
                                    store.owners[$0.id].flatMap { store.accounts[$0] } ?? ""))
                }
            }.filter {
                choice == .creates || $0.state != .submitted && $0.state != .processing
                    || !strangers.contains($0.account ?? "")
            }
            for task in left.prefix(limit) {
                if let owner = store.owners[task.id], !store.isLookedAfter(task.id, at: now) {
                    store.robbed.insert(owner)
                }
                store.owners[task.id] = process
            }
            return Array(left.prefix(limit))
        }
    }

    func leave(_ account: String) async throws(JournalFailure) {
        try await transaction { [process] store in
            for (id, owner) in store.owners where owner == process {
                guard let task = store.tasks[id], task.account == account else { continue }
                if task.state == .submitted || task.state == .processing { store.owners[id] = nil }
            }
        }
    }

    func stay(until time: Timestamp?, at gateway: GatewayIdentity) async throws(JournalFailure) -> Bool {
        try await transaction { [process] store in
            store.staying[process] = time
            store.accounts[process] = gateway.account
            return store.robbed.remove(process) == nil
        }
    }

    func lookedAfter() async throws(JournalFailure) -> Set<TaskID> {
        try await transaction { [process] store in Set(store.owners.filter { $0.value == process }.keys) }
    }

    func hasForeignChanges() async throws(JournalFailure) -> Bool {
        let version = try await transaction(\.version)
        return seen.withLock { seen in
            defer { seen = version }
            return seen != version
        }
    }

    func queuedPlaces() async throws(JournalFailure) -> QueuedPlaces {
        try await transaction { store in
            let waiting = store.order.enumerated().filter { store.tasks[$1]?.state == .queued }
            return QueuedPlaces(places: waiting.map { Int64($0.offset + 1) }, seq: store.seq)
        }
    }

    func events(
        after seq: Int64, limit: Int
    ) async throws(JournalFailure) -> (events: [JournalEvent], complete: Bool) {
        try await transaction { store in
            let isKnown = seq >= store.trimmed && seq <= store.seq
            let lost = store.tasks.values.filter { $0.seq > seq && $0.seq <= store.trimmed }
                .sorted { $0.seq < $1.seq }.map { JournalEvent(seq: $0.seq, kind: .change, task: $0) }
            let kept = store.events.filter { $0.seq > max(seq, store.trimmed) }
            return (Array((lost + kept).prefix(limit)), isKnown)
        }
    }

    func lastSeq() async throws(JournalFailure) -> Int64 { try await transaction(\.seq) }

    func close() async { isClosed.withLock { $0 = true } }
}
