import Synchronization
import Testing

@testable import KlingCore

/// A night's queue outlives what would refuse or swallow every one of its creates.
struct TaskHoldTests {
    private static let noFunds = CreateOutcome.refused(Failure(.paymentRequired, httpStatus: 402))
    private static let lost = CreateOutcome.unknown(Failure(.timeout))

    private func submitted(_ world: TaskWorld, _ count: Int) async throws -> [TaskID] {
        var ids: [TaskID] = []
        for number in 0..<count { ids.append(try await world.submit("\(number)").task.id) }
        return ids
    }

    @Test(arguments: [
        Failure(.paymentRequired), Failure(.authentication), Failure(.permission, klingCode: 1103)
    ])
    func `a refusal that concerns all ends one task, and the others stay in line`(failure: Failure)
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: .refused(failure), count: 5) }
        for number in 1...9 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        let ids = try await submitted(world, 4)
        #expect(await world.reaches(ids[0], .failed))
        for id in ids.dropFirst() {
            let task = try await world.service.status(id.text).task
            #expect(task.state == .queued && task.billed == .no && task.error?.kind == failure.kind)
            let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
            #expect(sentence.contains("stays in line"))
        }
        for id in ids.dropFirst() { #expect(await world.reaches(id, .completed)) }
        #expect(world.gateway.sent.suffix(3) == ids.dropFirst().map(\.text)[...])
    }

    @Test func `a restart does not fail what stands in line`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        let ids = try await submitted(world, 12)
        await world.clock.advance(by: .seconds(60))
        func failed(_ world: TaskWorld) async throws -> Int {
            try await world.service.list(JournalQuery(states: [.failed])).count
        }
        let before = try await failed(world)
        #expect(before <= 3)
        var last = world
        for _ in 0..<3 {
            last = last.restarted(TaskServiceOptions(maximumActive: 3))
            last.service.resume()
            await last.clock.advance(by: .seconds(60))
            #expect(try await failed(last) == before)
        }
        for number in 1...99 { last.gateway.reads("task_\(number)", TaskWorld.completed) }
        last.gateway.creates()
        #expect(await last.reaches(ids[11], .completed))
    }

    @Test func `a request that is refused for its own sake does not let the others fail`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(
            Self.noFunds, .refused(Failure(.invalidRequest)), Self.noFunds,
            .refused(Failure(.invalidRequest)), Self.noFunds)
        _ = try await submitted(world, 6)
        await world.clock.advance(by: .seconds(600))
        let failed = try await world.service.list(JournalQuery(states: [.failed])).map(\.task)
        #expect(failed.filter { $0.error?.kind == .paymentRequired }.count == 1)
    }

    @Test func `whoever submits anew need not wait for the next try`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(Self.noFunds)
        let ids = try await submitted(world, 3)
        #expect(await world.reaches(ids[0], .failed))
        let start = world.clock.elapsed()
        let last = try await world.submit("last").task.id
        world.gateway.reads("task_2", TaskWorld.completed)
        #expect(await world.reaches(ids[1], .submitted))
        #expect(world.clock.elapsed() - start < .seconds(5))
        #expect(try await world.service.status(last.text).task.state == .queued)
    }

    @Test func `what is refused alone is told to who asks each time`() async throws {
        let world = TaskWorld()
        world.gateway.creates(Self.noFunds, Self.noFunds)
        for name in ["one", "two"] {
            #expect(await world.reaches(try await world.submit(name).task.id, .failed))
        }
        #expect(await world.reaches(try await world.submit("three").task.id, .submitted))
    }

    @Test func `a gateway that swallows creates is not fed the whole queue`() async throws {
        let world = TaskWorld()
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 1000) }
        let ids = try await submitted(world, 200)
        #expect(await world.reaches(ids[0], .unconfirmed))
        await world.clock.advance(by: .seconds(600))
        #expect(world.gateway.sent.count < 40)
        let swallowed = world.gateway.sent.count
        for number in 1...999 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        world.gateway.creates()
        #expect(await world.reaches(ids[199], .completed))
        #expect(world.gateway.sent.count == 200 && swallowed > 10)
    }

    @Test func `a task that is sent again holds up no other`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9), isIdempotent: true)
        world.gateway.holdCreates()
        world.gateway.creates(Self.lost)
        let ids = try await submitted(world, 4)
        world.gateway.releaseCreates()
        for id in ids { #expect(await world.reaches(id, .submitted)) }
        let sent = world.gateway.sent
        #expect(sent.count == 5 && sent.last == ids[0].text)
    }
}
