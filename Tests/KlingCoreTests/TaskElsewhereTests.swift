import Testing

@testable import KlingCore

/// A journal with tasks of another gateway than the one this process speaks to.
struct TaskElsewhereTests {
    /// A task at one gateway, and a process that speaks to another one.
    private func worlds() async throws -> (here: TaskWorld, there: TaskWorld, id: TaskID) {
        let there = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let id = try await there.submit(key: "k").task.id
        #expect(await there.reaches(id, .processing))
        let gateway = TaskTestGateway(there.clock, url: "https://elsewhere.test")
        gateway.reads("task_1", .failure(Failure(.taskNotFound)))
        let here = TaskWorld(
            TaskServiceOptions(maximumActive: 1), journal: there.journal.reopened(), clock: there.clock,
            gateway: gateway, seed: 12)
        return (here, there, id)
    }

    @Test func `its id is not read where nobody knows it, and that is said`() async throws {
        let (here, there, id) = try await worlds()
        here.service.resume()
        await here.clock.advance(by: .seconds(600))
        let told = try await here.service.status(id.text, refresh: true).task
        #expect(told.state == .processing && told.degraded && told.billed == .pending)
        let sentence = FailureMessages.sentence(for: try #require(told.error), of: told, locale: .en)
        #expect(sentence.contains("--gateway https://gateway.test") && sentence.contains("not asked"))
        #expect(try await here.submit(key: "k").task.id == id)
        #expect(here.gateway.readCount == 0)
        // It takes no place at this gateway.
        let own = try await here.submit("own").task.id
        #expect(await here.reaches(own, .submitted))
        there.gateway.reads("task_1", TaskWorld.completed)
        let back = TaskWorld(
            journal: here.journal.reopened(afterDeath: false), clock: here.clock, gateway: there.gateway,
            seed: 13)
        back.service.resume()
        #expect(await back.reaches(id, .completed))
        await here.clock.advance(by: .seconds(1))
        let seen = try await here.service.status(id.text).task
        #expect(seen.state == .completed && seen.error == nil && !seen.degraded)
    }

    @Test func `a gateway that has moved is followed by adopting the id there`() async throws {
        let (here, _, id) = try await worlds()
        await #expect(throws: TaskServiceError.self) { try await here.service.adopt(taskId: "task_1") }
        #expect(try await here.service.status(id.text).task.gateway == "https://gateway.test")
        here.gateway.reads("task_1", TaskWorld.processing(70), TaskWorld.completed)
        let adopted = try await here.service.adopt(taskId: "task_1").task
        #expect(adopted.id == id && adopted.gateway == "https://elsewhere.test" && adopted.error == nil)
        #expect(await here.reaches(id, .completed))
        #expect(here.gateway.sent.isEmpty)
    }

    @Test func `what may have been taken is sent again to no other gateway`() async throws {
        let there = TaskWorld(isIdempotent: true)
        there.gateway.creates(.unknown(Failure(.timeout)))
        let id = try await there.submit().task.id
        #expect(
            await there.clock.advance { (try? await there.service.status(id.text).task.billed) == .unknown })
        let gateway = TaskTestGateway(there.clock, isIdempotent: true, url: "https://elsewhere.test")
        let here = TaskWorld(
            journal: there.journal.reopened(), clock: there.clock, gateway: gateway, seed: 12)
        here.service.resume()
        await here.clock.advance(by: .seconds(600))
        #expect(here.gateway.sent.isEmpty)
    }
}
