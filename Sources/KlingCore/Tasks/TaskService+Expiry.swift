/// What the service tells beside the answers to calls and subscriptions, for a log.
public enum TaskNotice: Sendable, Hashable {
    case changed(JournalEvent)
    /// What has become of the task cannot be written to the journal.
    case unwritten(VideoTask)
    /// The gateway deletes the task's video then, and no file has it yet.
    case expiring(VideoTask, at: Timestamp)
    /// The gateway wants to be left alone for longer than a minute, takes nothing, or takes tasks again.
    case asked(GatewayPace.Wish)
}

// Videos that nobody has fetched are lost when their link dies (GATEWAY §1, "Results").
extension TaskService {
    /// So long before the end it is warned.
    static let expiryWarning = Duration.seconds(2 * 3600)
    /// Beyond so many no more are kept in mind.
    private static let mostExpiring = 10_000

    /// Keeps in mind when a video that is in no file will be lost.
    func watchExpiry(of task: VideoTask) {
        guard let time = task.expiry, due.count < Self.mostExpiring else { return }
        let left = time.since(clock.wallTime())
        guard left > .zero else { return }
        schedule(.expiry(task.id), after: max(.zero, left - real(Self.expiryWarning)))
    }

    func warnOfExpiry(_ id: TaskID) async {
        guard let task = try? await locate(id.text), let time = task.expiry else { return }
        let left = time.since(clock.wallTime())
        // The link is a fresh one, or the clock was set.
        guard left <= real(Self.expiryWarning) * 1.5 else { return watchExpiry(of: task) }
        if left > .zero { observer(.expiring(task, at: time)) }
    }
}

extension VideoTask {
    /// When the first of the videos that are in no file is lost.
    var expiry: Timestamp? {
        guard state == .completed else { return nil }
        return videos.compactMap { $0.path == nil ? $0.expiresAt : nil }.min()
    }
}
