// A task that was taken in by the gateway's id alone (`adopt` without `task`): what was asked for is not known.
extension VideoTask {
    package var isFoundling: Bool { request.body.isEmpty }

    /// That the gateway has it only a user has said so far.
    package var isHearsay: Bool { isFoundling && lastContactAt == nil }

    /// A foundling after `origin` was learnt to have the gateway's id, by the answer to its create or a user's word: it is
    /// that task, which alone is followed, counted and paid. Nil for a task that has an intent of its own, and when nobody
    /// would follow the other.
    package func givingWay(to origin: VideoTask) -> VideoTask? {
        guard isFoundling, !origin.isFoundling, origin.state != .abandoned else { return nil }
        var ended = self
        ended.state = .abandoned
        ended.taskId = nil
        ended.replacedBy = origin.id
        ended.billed = .no
        ended.degraded = false
        ended.error = Failure(.conflict)
        ended.updatedAt = origin.updatedAt
        ended.completedAt = origin.updatedAt
        return ended
    }
}
