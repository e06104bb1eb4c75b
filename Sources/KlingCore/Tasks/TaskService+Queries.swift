extension TaskService {
    /// How a task is.
    ///
    /// - Parameters:
    ///   - id: our id or the gateway's.
    ///   - refresh: ask the gateway first, past any pause. An answer that does not come is not an error: the
    ///   task is told as it was, `degraded`.
    public func status(_ id: String, refresh: Bool = false) async throws(TaskServiceError) -> TaskReport {
        await oriented()
        let task = try await locate(id)
        guard refresh else { return await reports([task])[0] }
        let live = loadForUser(task)
        await self.refresh(live)
        defer { forget(live) }
        return await reports([try await locate(id)])[0]
    }

    /// Newest first.
    public func list(_ query: JournalQuery) async throws(TaskServiceError) -> [TaskReport] {
        await oriented()
        do {
            return await reports(try await journal.list(query))
        } catch {
            throw .journal(error)
        }
    }

    /// A task that the journal has told of, or what is known here, when that is newer.
    func newest(of task: VideoTask) -> VideoTask {
        guard let known = live[task.id]?.visible, known.seq >= task.seq else { return task }
        return known
    }

    /// The task of this name, ours or the gateway's, as it was last written; for one that turned out to be another, that.
    func locate(_ id: String) async throws(TaskServiceError) -> VideoTask {
        let task = try await found(id)
        guard let origin = task.replacedBy else { return task }
        return try await found(origin.text)
    }

    private func found(_ id: String) async throws(TaskServiceError) -> VideoTask {
        if let task = followed(id) { return task.visible }
        do {
            let found = try await journal.find(id)
            // It may have been taken up, or have moved on, while the journal was asked.
            if let task = followed(id) { return task.visible }
            if let found { return found }
        } catch {
            throw .journal(error)
        }
        throw .noSuchTask(id)
    }

    func followed(_ id: String) -> LiveTask? {
        if let own = TaskID(id), let task = live[own] { return task }
        return byGatewayID[id].flatMap { live[$0] }
    }

    /// What is told about tasks at this moment, their positions in line among it.
    func reports(_ tasks: [VideoTask]) async -> [TaskReport] {
        // A journal that cannot say who is in line has been told of.
        if !line.isKnown, tasks.contains(where: { $0.state == .queued }) { try? await countLine() }
        return tasks.map { report(newest(of: $0)) }
    }

    /// What is told about a task at this moment. That this process cannot send it is told with it and not
    /// written: another process may have the key, and the task already.
    func report(_ task: VideoTask) -> TaskReport {
        var task = toldFromAfar(task)
        if task.state == .queued, !isElsewhere(task) {
            if let failure = gateway.readiness ?? (task.error == nil ? heldBack : nil) {
                task.error = failure.billed(task.billed)
            }
        }
        let position = task.state == .queued ? line.position(of: task) : 0
        let end = task.completedAt ?? clock.wallTime()
        return TaskReport(
            task: task, elapsed: max(.zero, end.since(task.createdAt)),
            estimate: estimate(task, position: position),
            queue: QueuePlace(position: position))
    }
}
