// For programs that follow a task with `for await`.
extension TaskService {
    /// The task as it is now, then after every change of it; the stream ends with the task, or with the
    /// service. Leaving the loop ends the following and nothing else: the task goes on.
    ///
    /// - Parameter id: our id or the gateway's.
    /// - Throws: `.noSuchTask`, `.journal`.
    public func updates(of id: String) async throws(TaskServiceError) -> AsyncStream<TaskReport> {
        let (stream, continuation) = AsyncStream.makeStream(of: TaskReport.self)
        let telling = Telling(continuation)
        let subscription = try await subscribe(.tasks([id])) { event in
            switch event {
            case .update(_, _, let report): telling.continuation.yield(report)
            case .download: break
            case .end: telling.continuation.finish()
            }
        }
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unsubscribe(subscription.id) }
        }
        for report in subscription.tasks { continuation.yield(report) }
        await start(subscription.id)
        return stream
    }

    /// Ends the stream when nobody is left to tell, as when the service is drained.
    private final class Telling: Sendable {
        let continuation: AsyncStream<TaskReport>.Continuation

        init(_ continuation: AsyncStream<TaskReport>.Continuation) { self.continuation = continuation }

        deinit { continuation.finish() }
    }
}
