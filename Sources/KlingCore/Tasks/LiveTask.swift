/// A task that this process follows. Belongs to ``TaskService`` and never leaves its actor.
///
/// Invariant: `machine` changes only in the holder's turn, so that the changes of one task are written one
/// after the other although writing suspends the actor; `told` is the newest state that is in the journal,
/// and the only one that clients see (ARCHITECTURE, invariant 5).
final class LiveTask {
    enum Activity: Sendable {
        case none, creating
        /// Waits for its turn, or for the gateway.
        case reading
        case delivering
    }

    let id: TaskID
    var machine: TaskMachine
    var told: VideoTask
    /// A change could not be written yet, and will be.
    var isUnsaved = false
    var activity = Activity.none
    /// Another process looks after it: this one only does what a user asks for.
    var isForeign = false
    /// When the last read began; a moment of the service's clock.
    var lastRead: Duration?
    var readWaiters: [CheckedContinuation<Void, Never>] = []
    /// Until then the caller waits for the answer to the create.
    var awaitedUntil: Duration?

    let turn = Turn()

    init(_ task: VideoTask) {
        id = task.id
        machine = TaskMachine(task)
        told = task
    }

    var state: VideoTask.State { machine.task.state }

    /// What is told about it: what the journal has, and when the gateway last answered.
    var visible: VideoTask {
        var task = told
        task.lastContactAt = machine.task.lastContactAt ?? task.lastContactAt
        task.gatewayEstimate = machine.task.gatewayEstimate ?? task.gatewayEstimate
        return task
    }

    var isIdle: Bool { turn.isFree && readWaiters.isEmpty }

    func endRead() {
        let waiting = readWaiters
        readWaiters = []
        for waiter in waiting { waiter.resume() }
    }
}
