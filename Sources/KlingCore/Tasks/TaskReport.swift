/// A task and what is worked out about it at the moment of asking; the latter is never journaled.
public struct TaskReport: Sendable, Hashable {
    public var task: VideoTask
    /// From its making to its end, or to now.
    public var elapsed: Duration
    /// Nil when it is at its end.
    public var estimate: TaskEstimate?
    public var queue: QueuePlace

    public init(task: VideoTask, elapsed: Duration, estimate: TaskEstimate?, queue: QueuePlace = QueuePlace())
    {
        self.task = task
        self.elapsed = elapsed
        self.estimate = estimate
        self.queue = queue
    }
}

/// A place in the local queue: 1 is the next to go, 0 is not in the queue.
public struct QueuePlace: Sendable, Hashable {
    public var position: Int
    /// Tasks that go before it.
    public var ahead: Int { max(0, position - 1) }

    public init(position: Int = 0) { self.position = position }
}
