/// A subscription under way. Belongs to ``TaskService`` and never leaves its actor.
///
/// Invariant: every change with a number up to `cursor` that it is about has been told, each once; no later
/// one has.
final class SubscriptionState {
    enum Phase: Sendable {
        /// Not started: what happens meanwhile is in the journal.
        case registered
        /// Reads the journal; what happens meanwhile is in the journal too.
        case replaying
        case live
    }

    enum Selection: Sendable, Hashable {
        case tasks(Set<TaskID>)
        case labels([String: String])
        case all

        func includes(_ task: VideoTask) -> Bool {
            switch self {
            case .all: true
            case .tasks(let ids): ids.contains(task.id)
            case .labels(let labels): labels.allSatisfy { task.labels[$0.key] == $0.value }
            }
        }
    }

    let id: SubscriptionID
    let selection: Selection
    let minimumInterval: Duration
    let isBehind: @Sendable () -> Bool
    let onEvent: @Sendable (SubscriptionEvent) -> Void
    var phase = Phase.registered
    var cursor: Int64
    /// Told in the reply already, for these tasks, up to these numbers beyond `cursor`.
    var floors: [TaskID: Int64]
    /// Tasks it is about that are not settled, as far as is told.
    var open: Set<TaskID>
    /// It is about some task at least; one about labels that nobody has yet does not end.
    var hasTasks: Bool
    private var lastProgress: [TaskID: Duration] = [:]
    /// The newest progress of each task that came too early to be told.
    private var heldBack: [TaskID: JournalEvent] = [:]

    init(
        id: SubscriptionID, selection: Selection, cursor: Int64, tasks: [VideoTask],
        minimumInterval: Duration,
        tells: Bool, isBehind: @escaping @Sendable () -> Bool,
        onEvent: @escaping @Sendable (SubscriptionEvent) -> Void
    ) {
        self.id = id
        self.selection = selection
        self.minimumInterval = minimumInterval
        self.isBehind = isBehind
        self.onEvent = onEvent
        self.cursor = cursor
        floors = [:]
        if tells {
            for task in tasks where task.seq > cursor { floors[task.id] = task.seq }
        }
        open = Set(tasks.lazy.filter { !$0.isSettled }.map(\.id))
        hasTasks = !tasks.isEmpty
    }

    func isAbout(_ task: VideoTask) -> Bool { selection.includes(task) }

    /// When a change is told.
    enum Admission: Sendable, Hashable {
        case now
        /// Once this time has passed, unless a newer change of the task supersedes it.
        case after(Duration)
        case never
    }

    /// When the change is to be told; it counts as told in any case.
    func admit(_ event: JournalEvent, at now: Duration) -> Admission {
        guard event.seq > cursor else { return .never }
        cursor = event.seq
        guard isAbout(event.task) else { return .never }
        hasTasks = true
        if event.task.isSettled { open.remove(event.task.id) } else { open.insert(event.task.id) }
        if let floor = floors[event.task.id] {
            if event.seq <= floor { return .never }
            floors[event.task.id] = nil
        }
        guard minimumInterval > .zero else { return .now }
        heldBack[event.task.id] = nil
        switch event.kind {
        case .change, .adoption:
            if event.task.state.isTerminal { lastProgress[event.task.id] = nil }
            return .now
        case .progress:
            if let last = lastProgress[event.task.id], now - last < minimumInterval {
                heldBack[event.task.id] = event
                return .after(minimumInterval - (now - last))
            }
            lastProgress[event.task.id] = now
            return .now
        }
    }

    /// The progress that was held back and is to be told now, with a number that takes nothing back which was told meanwhile.
    func release(_ id: TaskID, at now: Duration) -> JournalEvent? {
        guard var event = heldBack.removeValue(forKey: id) else { return nil }
        lastProgress[id] = now
        event.seq = cursor
        return event
    }

    var isAtEnd: Bool {
        if case .all = selection { return false }
        return hasTasks && open.isEmpty
    }
}
