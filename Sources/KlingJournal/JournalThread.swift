internal import KlingCore
internal import Synchronization

/// The one thread that touches a journal's file, and the queue of what it is to do there.
///
/// The store is made on the thread, lives in a local variable of it, and never leaves: it is confined by
/// construction, without a promise to the compiler. While the thread waits for the disk, calls gather, and
/// the next transaction takes them all (group commit): a commit costs one sync, however many wait for it.
final class JournalThread: Sendable {
    enum Access: Sendable { case read, write }

    /// One call. `run` does its work inside a transaction and returns what resumes the caller, to be called
    /// when the fate of the transaction is known.
    struct Job: Sendable {
        var access: Access
        var run: @Sendable (JournalStore) -> @Sendable (JournalFailure?) -> Void
        var refuse: @Sendable (JournalFailure) -> Void
    }

    private struct State {
        var jobs = JobLine<Job>()
        var pipe: WakePipe?
        /// A signal is on its way, or the thread is busy and will look again.
        var isSignalled = false
        var isEnding = false
        /// The thread has let go of the store, or there never was one.
        var hasEnded = false
        var whenEnded: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let makeStore: @Sendable () -> JournalStore
    /// A call is often several questions, each asked within less than so many milliseconds after the answer to the one before.
    private static let quiet = 2 as Int32

    init(makeStore: @escaping @Sendable () -> JournalStore) { self.makeStore = makeStore }

    /// Asks before it suspends: whoever calls from one actor is served in the order of the calls.
    nonisolated(nonsending) func perform<T: Sendable>(
        _ access: Access, _ urgency: JobLine<Job>.Urgency = .now,
        _ body: @escaping @Sendable (JournalStore) throws(JournalFailure) -> T
    ) async throws(JournalFailure) -> T {
        let result: Result<T, JournalFailure> = await withCheckedContinuation { continuation in
            submit(
                Job(
                    access: access,
                    run: { store in
                        let result = store.isolated(access, body)
                        return { failure in
                            continuation.resume(returning: failure.map(Result.failure) ?? result)
                        }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) }), urgency)
        }
        return try result.get()
    }

    /// Lets what is queued be done, then the thread end. Later calls fail as closed.
    func end(then action: (@Sendable () -> Void)?) {
        let hasEnded = state.withLock { state in
            state.isEnding = true
            if state.pipe == nil { state.hasEnded = true }
            if let action, !state.hasEnded { state.whenEnded.append(action) }
            state.pipe?.signal()
            return state.hasEnded
        }
        if hasEnded { action?() }
    }

    private func submit(_ job: Job, _ urgency: JobLine<Job>.Urgency) {
        let refusal: JournalFailure? = state.withLock { state in
            guard !state.isEnding else { return .closed }
            if state.pipe == nil {
                guard let pipe = WakePipe(), DedicatedThread.start({ self.main(pipe) }) else {
                    return .other(path: "", reason: "the system has no thread or descriptor left")
                }
                state.pipe = pipe
            }
            state.jobs.append(job, urgency)
            if !state.isSignalled {
                state.isSignalled = true
                state.pipe?.signal()
            }
            return nil
        }
        if let refusal { job.refuse(refusal) }
    }

    private func main(_ pipe: WakePipe) {
        let store = makeStore()
        repeat {
            pipe.wait()
            while let group = nextGroup(pipe) { run(group, store) }
        } while !state.withLock { $0.isEnding && $0.jobs.isEmpty }
        store.close()
        let actions = state.withLock { state in
            state.hasEnded = true
            return state.whenEnded
        }
        for action in actions { action() }
    }

    /// Nil when there is nothing to do; the next job is signalled then.
    private func nextGroup(_ pipe: WakePipe) -> [Job]? {
        func next(isQuiet: Bool) -> (group: [Job], isOver: Bool) {
            state.withLock { state in
                let group = state.jobs.next(isQuiet: isQuiet || state.isEnding)
                state.isSignalled = !group.isEmpty
                return (group, state.jobs.isEmpty)
            }
        }
        let (group, isOver) = next(isQuiet: false)
        guard group.isEmpty else { return group }
        guard !isOver else { return nil }
        pipe.wait(milliseconds: Self.quiet)
        return next(isQuiet: true).group
    }

    /// Does the group in one transaction. When there is no right to write, what only reads is done all the
    /// same.
    private func run(_ group: [Job], _ store: JournalStore) {
        let access: Access = group.contains { $0.access == .write } ? .write : .read
        do throws(JournalFailure) {
            try store.beginTransaction(access)
        } catch {
            let readers = group.filter { $0.access == .read }
            let isUsable = access == .write && !readers.isEmpty && store.isOpen
            for job in group where job.access == .write || !isUsable { job.refuse(error) }
            if isUsable { run(readers, store) }
            return
        }
        let finishers = group.map { $0.run(store) }
        let failure = store.endTransaction()
        for finish in finishers { finish(failure) }
    }
}
