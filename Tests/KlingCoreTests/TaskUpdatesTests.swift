import Testing

@testable import KlingCore

struct TaskUpdatesTests {
    @Test func `the updates of a task begin with it as it is and end with it`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.processing(20), TaskWorld.processing(60), TaskWorld.completed)
        let id = try await world.submit().task.id
        let updates = try await world.service.updates(of: id.text)
        let seen = Task { await updates.reduce(into: [VideoTask]()) { $0.append($1.task) } }
        #expect(await world.reaches(id, .completed))
        let tasks = await seen.value
        #expect(tasks.first.map { !$0.state.isTerminal } == true)
        #expect(tasks.last?.state == .completed)
        #expect(tasks.compactMap(\.progress) == tasks.compactMap(\.progress).sorted())
        // Of a task at its end there is one more to tell, and no more.
        let after = try await world.service.updates(of: id.text)
        #expect(await after.reduce(into: 0) { count, _ in count += 1 } == 1)
    }

    @Test func `they end with the service, and leaving the loop ends nothing else`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id
        for await _ in try await world.service.updates(of: id.text) { break }
        let updates = try await world.service.updates(of: id.text)
        await world.clock.advance(by: .seconds(60))
        #expect(await world.state(id) == .processing)
        let seen = Task { await updates.reduce(into: 0) { count, _ in count += 1 } }
        await world.service.drain()
        #expect(await seen.value > 0)
    }

    @Test func `of a task that there is not there are none`() async {
        let world = TaskWorld()
        await #expect(throws: TaskServiceError.noSuchTask("task_9")) {
            _ = try await world.service.updates(of: "task_9")
        }
    }
}
