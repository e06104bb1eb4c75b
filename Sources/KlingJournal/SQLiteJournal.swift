public import KlingCore

/// The journal in an SQLite file, which several processes may share.
///
/// Nothing is opened before the first use. A failure to open is the failure of that call; the next one tries
/// again, so that a journal that was locked, or a disk that was full, heals without a restart. Dropping the
/// last reference ends its thread; ``close()`` also waits for what is pending.
public final class SQLiteJournal: Journal {
    /// How long to wait, and how much history to keep.
    public struct Options: Sendable {
        /// How long to wait for another process before a call fails as ``JournalFailure/locked(path:)``.
        public var busyTimeout: Duration
        /// Changes older than this, measured from the newest, are forgotten; tasks never are.
        public var historyAge: Duration
        /// More changes than about this many are forgotten, the oldest first.
        public var historyCount: Int
        /// The most pages the file may have, for tests of a full disk.
        package var maximumPages: Int?

        public init(
            busyTimeout: Duration = .seconds(2), historyAge: Duration = .seconds(30 * 86_400),
            historyCount: Int = 200_000
        ) {
            self.busyTimeout = busyTimeout
            self.historyAge = historyAge
            self.historyCount = historyCount
        }
    }

    private let thread: JournalThread

    /// - Parameters:
    /// - path: the file, made with its directory on first use; `:memory:` for a journal that ends with the
    /// process.
    ///   - simulated: whether it holds simulated tasks; a journal of the other kind is refused.
    public init(path: String, simulated: Bool, options: Options = Options()) {
        thread = JournalThread {
            JournalStore(
                path: path, simulated: simulated, options: options, owner: .random(in: JournalOwners.numbers))
        }
    }

    deinit { thread.end(then: nil) }

    public nonisolated(nonsending) func begin(
        _ task: VideoTask, within budget: SpendBudget.Window?
    ) async throws(JournalFailure) -> JournalBeginning {
        try await thread.perform(.write) { (store) throws(JournalFailure) in
            try store.begin(task, within: budget)
        }
    }

    public func bound(to key: String) async throws(JournalFailure) -> VideoTask? {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.bound(to: key) }
    }

    public func claim(
        _ id: TaskID, maximumActive: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        isAwaited: Bool, at time: Timestamp
    ) async throws(JournalFailure) -> JournalClaim {
        try await thread.perform(.write) { (store) throws(JournalFailure) in
            try store.claim(
                id, maximumActive: maximumActive, for: gateway, besides: strangers.sorted(),
                isAwaited: isAwaited,
                at: time)
        }
    }

    public func note(
        _ wish: GatewayPace.Wish, of url: String, at now: Timestamp
    ) async throws(JournalFailure) -> GatewayPace {
        try await thread.perform(.write) { (store) throws(JournalFailure) in
            try store.note(wish, of: url, at: now)
        }
    }

    public func pace(of url: String) async throws(JournalFailure) -> GatewayPace {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.pace(of: url) }
    }

    public func record(
        _ task: VideoTask, _ kind: JournalEvent.Kind
    ) async throws(JournalFailure) -> JournalRecord {
        try await thread.perform(.write) { (store) throws(JournalFailure) in try store.record(task, kind) }
    }

    public func find(_ id: String) async throws(JournalFailure) -> VideoTask? {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.find(id) }
    }

    public func list(_ query: JournalQuery) async throws(JournalFailure) -> [VideoTask] {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.list(query) }
    }

    public func takeOver(
        _ choice: LeftTasks, limit: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        at now: Timestamp
    ) async throws(JournalFailure) -> [VideoTask] {
        // Nearly always there is nothing, and then nothing is to be locked or written.
        let reach = JournalStore.Reach(
            url: gateway.url, account: gateway.account, strangers: strangers.sorted())
        let isNeeded = try await thread.perform(.read) { (store) throws(JournalFailure) in
            try store.isAnythingLeft(choice, within: reach, at: now)
        }
        guard isNeeded else { return [] }
        return try await thread.perform(.write, choice == .creates ? .now : .later) {
            (store) throws(JournalFailure) in
            try store.takeOver(choice, limit: limit, within: reach, at: now)
        }
    }

    public func leave(_ account: String) async throws(JournalFailure) {
        try await thread.perform(.write) { (store) throws(JournalFailure) in try store.leave(account) }
    }

    public func stay(until time: Timestamp?, at gateway: GatewayIdentity) async throws(JournalFailure) -> Bool
    {
        try await thread.perform(.write) { (store) throws(JournalFailure) in
            try store.stay(until: time, at: gateway)
        }
    }

    public func lookedAfter() async throws(JournalFailure) -> Set<TaskID> {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.lookedAfter() }
    }

    public func hasForeignChanges() async throws(JournalFailure) -> Bool {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.hasForeignChanges() }
    }

    public func ahead(
        of place: Int64, slots: Int, for gateway: GatewayIdentity, at now: Timestamp
    ) async throws(JournalFailure) -> TasksAhead? {
        try await thread.perform(.read) { (store) throws(JournalFailure) in
            try store.ahead(of: place, slots: slots, for: gateway, at: now)
        }
    }

    public func queuedPlaces() async throws(JournalFailure) -> QueuedPlaces {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.queuedPlaces() }
    }

    public func events(
        after seq: Int64, limit: Int
    ) async throws(JournalFailure) -> (events: [JournalEvent], complete: Bool) {
        try await thread.perform(.read) { (store) throws(JournalFailure) in
            try store.events(after: seq, limit: limit)
        }
    }

    public func lastSeq() async throws(JournalFailure) -> Int64 {
        try await thread.perform(.read) { (store) throws(JournalFailure) in try store.lastSeq() }
    }

    public func close() async {
        await withCheckedContinuation { continuation in
            thread.end { continuation.resume() }
        }
    }
}
