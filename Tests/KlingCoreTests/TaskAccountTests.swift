import Testing

@testable import KlingCore

/// One journal, and processes with keys of their own: a gateway knows a task, and a key of a create, for one account only.
struct TaskAccountTests {
    private static let unknown = Result<TaskReading, Failure>.failure(
        Failure(.taskNotFound, billed: .pending, httpStatus: 404))

    private func gateway(_ account: String, _ clock: TaskTestClock, isIdempotent: Bool = false)
        -> TaskTestGateway
    {
        TaskTestGateway(clock, isIdempotent: isIdempotent, account: account)
    }

    private func world(_ gateway: TaskTestGateway, _ journal: TaskTestJournal, seed: UInt64) -> TaskWorld {
        TaskWorld(journal: journal, clock: gateway.clock, gateway: gateway, seed: seed)
    }

    @Test(arguments: [("a", VideoTask.State.submitted, 2), ("b", .unconfirmed, 1)])
    func `what may have been taken is sent again for the same account only`(
        account: String, state: VideoTask.State, sent: Int
    ) async throws {
        let clock = TaskTestClock()
        let one = world(gateway("a", clock, isIdempotent: true), TaskTestJournal(), seed: 1)
        one.gateway.creates(.unknown(Failure(.timeout)))
        let id = try await one.submit().task.id
        #expect(await clock.advance { (try? await one.service.status(id.text).task.isDoubtful) == true })
        let next = world(gateway(account, clock, isIdempotent: true), one.journal.reopened(), seed: 2)
        next.service.resume()
        #expect(await next.reaches(id, state))
        await clock.advance(by: .seconds(100))
        #expect(one.gateway.sent.count + next.gateway.sent.count == sent)
    }

    @Test func `a task that the key of another process finds is left to that`() async throws {
        let clock = TaskTestClock()
        let dead = world(gateway("a", clock), TaskTestJournal(), seed: 1)
        let id = try await dead.submit().task.id
        #expect(await dead.reaches(id, .submitted))
        let editor = world(gateway("b", clock), dead.journal.reopened(), seed: 2)
        editor.gateway.reads("task_1", Self.unknown)
        editor.service.resume()
        await clock.advance(by: .seconds(60))
        let told = try await editor.service.status(id.text).task
        #expect(told.degraded && told.error?.kind == .taskNotFound && editor.gateway.readCount == 2)
        let script = world(gateway("a", clock), editor.journal.reopened(afterDeath: false), seed: 3)
        script.gateway.reads("task_1", TaskWorld.completed)
        script.service.resume()
        #expect(await script.reaches(id, .completed))
        await clock.advance(by: .seconds(1))
        #expect(try await editor.service.status(id.text).task.state == .completed)
    }

    @Test func `tasks of another account hold no slots here, and are told to be unfollowed`() async throws {
        let clock = TaskTestClock()
        let dead = world(gateway("a", clock), TaskTestJournal(), seed: 1)
        var ids: [TaskID] = []
        for number in 0..<3 { ids.append(try await dead.submit("\(number)").task.id) }
        #expect(await dead.areTaken(ids))
        let other = world(gateway("b", clock), dead.journal.reopened(), seed: 2)
        for number in 1...3 { other.gateway.reads("task_\(number)", Self.unknown) }
        other.gateway.creates(.accepted(taskId: "task_new", requestId: nil))
        let own = try await other.submit("own").task.id
        #expect(await other.reaches(own, .submitted))
        for id in ids { #expect(try await other.service.status(id.text).task.degraded) }
    }

    @Test func `one task that is gone does not make the rest another account's`() async throws {
        let clock = TaskTestClock()
        let old = world(gateway("a", clock), TaskTestJournal(), seed: 1)
        var ids: [TaskID] = []
        for number in 0..<3 { ids.append(try await old.submit("\(number)").task.id) }
        #expect(await old.areTaken(ids))
        let next = world(gateway("b", clock), old.journal.reopened(), seed: 2)
        for number in 1...2 { next.gateway.reads("task_\(number)", Self.unknown, TaskWorld.completed) }
        next.gateway.reads("task_3", TaskWorld.completed)
        next.service.resume()
        let start = clock.elapsed()
        for id in ids { #expect(await next.reaches(id, .completed)) }
        #expect(clock.elapsed() - start < .seconds(120))
    }

    @Test func `a new key of the same account finds the tasks of the old one`() async throws {
        let clock = TaskTestClock()
        let old = world(gateway("a", clock), TaskTestJournal(), seed: 1)
        let ids = [try await old.submit("one").task.id, try await old.submit("two").task.id]
        #expect(await old.areTaken(ids))
        let next = world(gateway("b", clock), old.journal.reopened(), seed: 2)
        next.gateway.reads("task_1", TaskWorld.processing(10), Self.unknown, TaskWorld.completed)
        next.gateway.reads("task_2", TaskWorld.processing(10), TaskWorld.completed)
        next.service.resume()
        for id in ids { #expect(await next.reaches(id, .completed)) }
    }
}
