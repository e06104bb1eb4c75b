import Synchronization
import Testing

@testable import KlingCore

/// A night's queue outlives what would refuse or swallow every one of its creates.
struct TaskHoldTests {
    private static let noFunds = CreateOutcome.refused(Failure(.paymentRequired, httpStatus: 402))
    private static let lost = CreateOutcome.unknown(Failure(.timeout))

    private func count(_ world: TaskWorld, _ state: VideoTask.State) async throws -> Int {
        try await world.service.list(JournalQuery(states: [state], limit: 500)).count
    }

    /// Whatever is sent from now on is taken and completed.
    private func recover(_ worlds: TaskWorld...) {
        for world in worlds {
            for number in 1...999 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
            world.gateway.creates()
        }
    }

    @Test(arguments: [
        Failure(.paymentRequired), Failure(.authentication), Failure(.permission, klingCode: 1304),
        Failure(.permission)
    ])
    func `a refusal that concerns all is told to who waits, and the others stay in line`(failure: Failure)
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: .refused(failure), count: 5) }
        let first = try await world.submit("first", patience: .seconds(45)).task.id
        let ids = try await world.submitted(3)
        #expect(await world.reaches(first, .failed))
        // One more shows that it was not for the sake of the first.
        await world.clock.advance(by: .seconds(2))
        for id in ids {
            let task = try await world.service.status(id.text).task
            #expect(task.state == .queued && task.billed == .no && task.error?.kind == failure.kind)
            let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
            #expect(sentence.contains("stays in line"))
        }
        #expect(await world.clock.advance { world.gateway.sent.count >= 5 })
        recover(world)
        for id in ids { #expect(await world.reaches(id, .completed)) }
        #expect(try await count(world, .failed) == 1)
    }

    @Test(arguments: [Duration.zero, .milliseconds(100), .seconds(1), .seconds(20)])
    func `none is lost however slowly they come`(pause: Duration) async throws {
        let world = TaskWorld()
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        var ids: [TaskID] = []
        for number in 0..<60 {
            ids.append(try await world.submit("\(number)").task.id)
            await world.clock.advance(by: pause)
        }
        await world.clock.advance(by: .seconds(20))
        #expect(try await count(world, .queued) == 60)
        // One try in fifteen seconds at most, but for those that were under way, and those of the first seconds.
        let tries = Double(world.gateway.sent.count)
        #expect(tries <= 4 + 5 + pause.seconds * 60 / 15)
        recover(world)
        let start = world.clock.elapsed()
        _ = try await world.submit("again")
        for id in ids { #expect(await world.reaches(id, .completed)) }
        #expect(world.clock.elapsed() - start < .seconds(15 + 25 * 12))
    }

    @Test func `a restart does not fail what stands in line`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        let ids = try await world.submitted(12)
        await world.clock.advance(by: .seconds(60))
        var last = world
        for _ in 0..<3 {
            last = last.restarted(TaskServiceOptions(maximumActive: 3))
            last.service.resume()
            await last.clock.advance(by: .seconds(60))
            #expect(try await count(last, .queued) == 12)
        }
        recover(last)
        #expect(await last.reaches(ids[11], .completed))
    }

    @Test func `a request that is refused for its own sake does not let the others fail`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(
            Self.noFunds, .refused(Failure(.invalidRequest)), Self.noFunds,
            .refused(Failure(.invalidRequest)), Self.noFunds)
        _ = try await world.submitted(6)
        await world.clock.advance(by: .seconds(100))
        let failed = try await world.service.list(JournalQuery(states: [.failed])).map(\.task)
        #expect(failed.map(\.error?.kind) == [.invalidRequest, .invalidRequest])
    }

    @Test func `whoever waits for an answer is told at once that there will be none for a while`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
        _ = try await world.submitted(2)
        await world.clock.advance(by: .seconds(60))
        let start = world.clock.elapsed()
        let id = try await world.submit("late", patience: .seconds(45)).task.id
        let waited = Task {
            try await world.service.wait([id.text], until: .submitted, timeout: .seconds(45))
        }
        await world.clock.advance(by: .seconds(16))
        let told = try #require(try await waited.value.tasks.first)
        #expect(told.task.taskId == nil && told.task.error?.kind == .paymentRequired)
        #expect(world.clock.elapsed() - start < .seconds(17))
    }

    @Test func `whoever submits anew need not wait for the next try`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 1000) }
        let ids = try await world.submitted(3)
        await world.clock.advance(by: .seconds(5000))
        recover(world)
        let start = world.clock.elapsed()
        let last = try await world.submit("last").task.id
        for id in ids + [last] { #expect(await world.reaches(id, .completed)) }
        #expect(world.clock.elapsed() - start < .seconds(120))
    }

    @Test func `what is refused alone is told to who asks each time`() async throws {
        let world = TaskWorld()
        world.gateway.creates(Self.noFunds, Self.noFunds)
        for name in ["one", "two"] {
            let id = try await world.submit(name, patience: .seconds(45)).task.id
            #expect(await world.reaches(id, .failed))
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
        let ids = try await world.submitted(6)
        await world.clock.advance(by: .seconds(1))
        let late = try await other.submitted(3)
        await world.clock.advance(by: .seconds(2000))
        for id in late {
            let told = try await other.service.status(id.text).task
            #expect(told.state == .queued && told.error?.kind == .paymentRequired)
        }
        #expect(try await count(world, .queued) == 9)
        // Both try no more often than one alone would.
        let tries = world.gateway.sent.count + other.gateway.sent.count
        #expect(tries < 16, "\(tries)")
        // Funds are there again, and a user of the other process says so.
        recover(world, other)
        let start = world.clock.elapsed()
        _ = try await other.submitted(1)
        for id in ids { #expect(await world.reaches(id, .completed)) }
        for id in late { #expect(await other.reaches(id, .completed)) }
        #expect(world.clock.elapsed() - start < .seconds(120))
        #expect(world.journal.shared.store.withLock { $0.paces.values.allSatisfy(\.holds.isEmpty) })
    }

    /// One process has nothing but what the gateway will never take.
    @Test func `what is refused for its own sake holds up no other process`() async throws {
        let options = TaskServiceOptions(maximumActive: 50)
        let world = TaskWorld(options)
        world.gateway.refuses { $0.hasPrefix("bad") ? .refused(Failure(.permission, httpStatus: 403)) : nil }
        let other = TaskWorld(
            options, journal: world.journal.reopened(afterDeath: false), clock: world.clock,
            gateway: world.gateway, seed: 12)
        recover(world)
        let bad = try await world.submit("bad").task.id
        await world.clock.advance(by: .seconds(1))
        let good = try await other.submitted(10)
        let start = world.clock.elapsed()
        for id in good { #expect(await other.reaches(id, .completed)) }
        #expect(await world.state(bad) == .queued)
        #expect(world.clock.elapsed() - start < .seconds(180))
    }

    @Test func `a try counts whatever the others do meanwhile`() async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        let world = poor(options, "a")
        _ = try await world.submitted(3)
        #expect(await world.clock.advance { world.gateway.sent.count == 2 })
        world.gateway.holdCreates()
        #expect(await world.clock.advance { world.gateway.sent.count == 3 })
        _ = try await neighbour(of: world, "b", options).submit("beside")
        await world.clock.advance(by: .seconds(2))
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(1))
        let hold = world.journal.shared.store.withLock { $0.paces.values.first?.holds["a"] }
        #expect(hold?.hold.attempts == 3 && hold?.tried == nil)
    }

    @Test func `who was told that it stays in line finds it there`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
        _ = try await world.submitted(1)
        await world.clock.advance(by: .seconds(1))
        let id = try await world.submit("late", patience: .seconds(3600)).task.id
        let waited = try await world.service.wait([id.text], until: .submitted, timeout: .zero)
        #expect(waited.tasks.first?.task.state == .queued)
        await world.clock.advance(by: .seconds(1000))
        #expect(await world.state(id) == .queued)
    }

    @Test(arguments: [Duration.seconds(20 * 3600), .seconds(26 * 3600), .seconds(80 * 3600)])
    func `a weekend later all go on at once`(pause: Duration) async throws {
        let options = TaskServiceOptions(maximumActive: 9)
        let world = poor(options, "a")
        let ids = try await world.submitted(6)
        await world.clock.advance(by: .seconds(100))
        await world.service.drain()
        world.clock.setWall(by: pause)
        recover(world)
        let next = world.restarted(options)
        next.service.resume()
        let start = next.clock.elapsed()
        for id in ids { #expect(await next.reaches(id, .completed)) }
        #expect(next.clock.elapsed() - start < .seconds(60))
    }

    @Test func `nothing ends in line, however long it lasts, and a repeat is a reason to try`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 5000) }
        let ids = try await world.submitted(2)
        let last = try await world.submit("last", key: "k").task.id
        for _ in 0..<26 {
            world.clock.setWall(by: .seconds(3500))
            await world.clock.advance(by: .seconds(700))
        }
        #expect(try await count(world, .queued) == 3)
        recover(world)
        let start = world.clock.elapsed()
        #expect(try await world.submit("last", key: "k").task.id == last)
        for id in ids + [last] { #expect(await world.reaches(id, .completed)) }
        #expect(world.clock.elapsed() - start < .seconds(120))
    }

    @Test(arguments: [true, false])
    func `a hold says nothing of another account`(isRestart: Bool) async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        let world = poor(options, "a")
        let ids = try await world.submitted(4)
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
        let ids = try await world.submitted(5)
        await world.clock.settle()
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(2))
        var states: [VideoTask.State] = []
        for id in ids { states.append(try await world.service.status(id.text).task.state) }
        #expect(states.allSatisfy { $0 == .queued })
        // They count as one try: the next comes soon.
        let start = world.clock.elapsed()
        #expect(await world.clock.advance { world.gateway.sent.count > 5 })
        #expect(world.clock.elapsed() - start < .seconds(20))
    }

    @Test func `who begins anew tries at once, but not each time`() async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        var world = poor(options, "a")
        _ = try await world.submitted(3)
        await world.clock.advance(by: .seconds(3000))
        let before = world.gateway.sent.count
        let start = world.clock.elapsed()
        for _ in 0..<20 {
            world = world.restarted(options)
            world.service.resume()
            await world.clock.advance(by: .seconds(2))
        }
        let tries = world.gateway.sent.count - before
        #expect((1...5).contains(tries), "\(tries) in \(world.clock.elapsed() - start)")
    }

    @Test func `lost answers slow down the next process and the others too`() async throws {
        let options = TaskServiceOptions(maximumActive: 100)
        var world = TaskWorld(options)
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 1000) }
        _ = try await world.submitted(300)
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
        _ = try await other.submitted(50)
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
        // With the last try that was due.
        #expect(world.clock.elapsed() < .seconds(3600 + 720))
    }

    @Test func `a gateway that swallows creates is not fed the whole queue`() async throws {
        let world = TaskWorld()
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 1000) }
        let ids = try await world.submitted(200)
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
        let ids = try await world.submitted(4)
        world.gateway.releaseCreates()
        #expect(await world.areTaken(ids))
        let sent = world.gateway.sent
        #expect(sent.count == 5 && sent.last == ids[0].text)
    }
}
