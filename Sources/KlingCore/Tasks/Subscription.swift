/// Names a subscription within its process.
public typealias SubscriptionID = String

/// Which tasks a subscription is about.
public enum SubscriptionFilter: Sendable, Hashable {
    /// These, by our id or the gateway's.
    case tasks([String])
    /// Those that have all of these labels, the ones yet to come included.
    case labels([String: String])
    case all
}

/// A subscription that was made, before anything was delivered to it.
public struct Subscription: Sendable, Hashable {
    public var id: SubscriptionID
    /// Everything after this number will be delivered.
    public var seq: Int64
    /// The tasks named, those with the labels or, for `all`, those not at their end, as they are now. Of tasks with the labels
    /// that are at their end, the newest 500.
    public var tasks: [TaskReport]
    /// The history from the number asked for is gone: `tasks` is the full state, the newest 500 ended tasks
    /// included.
    public var isSnapshot: Bool

    public init(id: SubscriptionID, seq: Int64, tasks: [TaskReport], isSnapshot: Bool) {
        self.id = id
        self.seq = seq
        self.tasks = tasks
        self.isSnapshot = isSnapshot
    }
}

/// What a subscription is told.
public enum SubscriptionEvent: Sendable, Hashable {
    /// In rising `seq`; each change once. Of `.progress` the newest per task is enough: what was held back for a while comes with
    /// the number of the newest change then, which may have been told before.
    case update(seq: Int64, kind: JournalEvent.Kind, TaskReport)
    /// An automatic delivery goes on; not journaled, never replayed.
    case download(DownloadProgress)
    /// The last one: every task of the subscription is settled. Never for ``SubscriptionFilter/all``.
    case end(seq: Int64)
}
