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

    /// Another process on the journal, with its own way to the gateway.
    private func neighbour(
        of world: TaskWorld, _ account: String?, isRestart: Bool = false, _ options: TaskServiceOptions
    ) -> TaskWorld {
        TaskWorld(
            options, journal: world.journal.reopened(afterDeath: isRestart), clock: world.clock,
            gateway: TaskTestGateway(world.clock, account: account), seed: 12)
    }

    private func poor(_ options: TaskServiceOptions, _ account: String?) -> TaskWorld {
        let clock = TaskTestClock()
        let world = TaskWorld(options, clock: clock, gateway: TaskTestGateway(clock, account: account))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        return world
    }

    @Test func `what one process found out holds for the others, and is over for all at once`() async throws {
        let options = TaskServiceOptions(maximumActive: 3)
        let world = poor(options, "a")
        let other = neighbour(of: world, "a", options)
        other.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        let ids = try await submitted(world, 6)
        #expect(await world.reaches(ids[0], .failed))
        await world.clock.advance(by: .seconds(1))
        let late = try await submitted(other, 3)
        await world.clock.advance(by: .seconds(2000))
        for id in late {
            let told = try await other.service.status(id.text).task
            #expect(told.state == .queued && told.error?.kind == .paymentRequired)
        }
        let failed = try await world.service.list(JournalQuery(states: [.failed]))
        #expect(failed.count == 1)
        // Funds are there again, and a user of the other process says so.
        for one in [world, other] {
            for number in 1...99 { one.gateway.reads("task_\(number)", TaskWorld.completed) }
            one.gateway.creates()
        }
        let start = world.clock.elapsed()
        _ = try await submitted(other, 1)
        for id in ids.dropFirst() { #expect(await world.reaches(id, .completed)) }
        for id in late { #expect(await other.reaches(id, .completed)) }
        #expect(world.clock.elapsed() - start < .seconds(120))
        #expect(world.journal.shared.store.withLock { $0.paces.values.allSatisfy(\.holds.isEmpty) })
    }

    @Test(arguments: [true, false])
    func `a hold says nothing of another account`(isRestart: Bool) async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        let world = poor(options, "a")
        let ids = try await submitted(world, 4)
        #expect(await world.reaches(ids[0], .failed))
        await world.clock.advance(by: .seconds(60))
        let rich = neighbour(of: world, "b", isRestart: isRestart, options)
        for number in 1...9 { rich.gateway.reads("task_\(number)", TaskWorld.completed) }
        let id = try await rich.submit("now").task.id
        let start = world.clock.elapsed()
        #expect(await rich.reaches(id, .completed))
        #expect(world.clock.elapsed() - start < .seconds(90))
        // Those of the other account go with it once its process is no more, and wait for it as long as it is there.
        await world.clock.advance(by: .seconds(300))
        #expect(await rich.state(ids[1]) == (isRestart ? .completed : .queued))
    }

    @Test func `creates that were under way when the first was refused go back in line`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9))
        world.gateway.holdCreates()
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 9) }
        let ids = try await submitted(world, 5)
        await world.clock.settle()
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(2))
        var states: [VideoTask.State] = []
        for id in ids { states.append(try await world.service.status(id.text).task.state) }
        #expect(states.count { $0 == .failed } == 1 && states.count { $0 == .queued } == 4)
        // They count as one try: the next comes soon.
        let start = world.clock.elapsed()
        #expect(await world.clock.advance { world.gateway.sent.count > 5 })
        #expect(world.clock.elapsed() - start < .seconds(20))
    }

    @Test func `who begins anew tries at once, but not each time`() async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        var world = poor(options, "a")
        _ = try await submitted(world, 3)
        await world.clock.advance(by: .seconds(3000))
        let before = world.gateway.sent.count
        let start = world.clock.elapsed()
        for _ in 0..<20 {
            world = world.restarted(options)
            world.service.resume()
            await world.clock.advance(by: .seconds(2))
        }
        let tries = world.gateway.sent.count - before
        #expect((1...4).contains(tries), "\(tries) in \(world.clock.elapsed() - start)")
    }

    @Test func `lost answers slow down the next process and the others too`() async throws {
        let options = TaskServiceOptions(maximumActive: 100)
        var world = TaskWorld(options)
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 1000) }
        _ = try await submitted(world, 300)
        await world.clock.advance(by: .seconds(600))
        var sent = world.gateway.sent.count
        for _ in 0..<5 {
            world = world.restarted(options)
            world.service.resume()
            await world.clock.advance(by: .seconds(60))
            #expect(world.gateway.sent.count - sent <= 6)
            sent = world.gateway.sent.count
        }
        let other = neighbour(of: world, nil, options)
        other.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 1000) }
        _ = try await submitted(other, 50)
        await world.clock.advance(by: .seconds(60))
        #expect(world.gateway.sent.count - sent + other.gateway.sent.count <= 6)
    }

    @Test func `what may have been taken waits for the answer to a repetition while nobody is heard`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9), isIdempotent: true)
        world.gateway.creates(
            Self.lost, Self.noFunds, .refused(Failure(.authentication, httpStatus: 401)), Self.noFunds,
            .accepted(taskId: "task_true", requestId: nil))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .submitted))
        let task = try await world.service.status(id.text).task
        #expect(task.taskId == "task_true" && world.gateway.sent.count == 5)
    }

    @Test func `nobody waits for that longer than a key is known`() async throws {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.state.withLock {
            $0.creates = [Self.lost] + Array(repeating: Self.noFunds, count: 1000)
        }
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .unconfirmed))
        #expect(world.clock.elapsed() < .seconds(3700))
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
