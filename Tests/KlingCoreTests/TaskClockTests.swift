import Testing

@testable import KlingCore

/// The time of day is set while tasks are under way, by a day either way: nothing is lost, nothing paid twice,
/// nothing stormed.
struct TaskClockTests {
    private static let day = Duration.seconds(86_400)
    private static let jumps: [Duration] = [day, .zero - day, day * 3, .zero - day * 3]

    @Test(arguments: jumps)
    func `a key stands for its task whatever the clock says`(jump: Duration) async throws {
        let world = TaskWorld()
        let first = try await world.submit(key: "k").task.id
        #expect(await world.reaches(first, .processing))
        world.clock.setWall(by: jump)
        #expect(try await world.submit(key: "k").task.id == first)
        let restarted = world.restarted()
        #expect(try await restarted.submit(key: "k").task.id == first)
        #expect(world.gateway.sent.count == 1)
    }

    @Test(arguments: jumps)
    func `a task that waits to be sent is sent, once`(jump: Duration) async throws {
        let world = TaskWorld()
        world.gateway.creates(
            .notTaken(Failure(.rateLimit, httpStatus: 429), after: .seconds(5)),
            .notTaken(Failure(.rateLimit, httpStatus: 429), after: .seconds(5)))
        let id = try await world.submit().task.id
        await world.clock.settle()
        #expect(await world.state(id) == .queued)
        world.clock.setWall(by: jump)
        #expect(await world.reaches(id, .submitted), "given up because of the clock")
        #expect(world.gateway.sent.count == 3)
        #expect(try #require(world.gateway.sendTimes.last) < .seconds(60), "late because of the clock")
    }

    @Test func `patience with a gateway is measured in refusals, not in what the clock is set to`() {
        var machine = TaskMachine(TaskMachineTests.task(.submitting))
        let rules = TaskMachine.Rules(retryFor: .seconds(3 * 3600))
        let refused = TaskMachine.Event.created(.notTaken(TaskMachineTests.refused(), after: nil))
        var now = TaskMachineTests.now
        var refusals = 0
        while machine.task.state != .failed, refusals < 1000 {
            refusals += 1
            // Every tenth time the clock is a day off, this way or that.
            let jump = refusals % 20 == 0 ? Self.day : refusals % 10 == 0 ? .zero - Self.day : .zero
            now = now.advanced(by: .seconds(60) + jump)
            _ = machine.handle(refused, at: now, under: rules)
            if machine.task.state == .queued { machine.journaled(TaskMachineTests.task(.submitting)) }
        }
        #expect((160...220).contains(refusals))
    }

    @Test(arguments: jumps)
    func `a wait ends in its time, and nothing told is negative`(jump: Duration) async throws {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.processing(50))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .processing))
        let waiting = Task {
            try await world.service.wait([id.text], until: .terminal, timeout: .seconds(45))
        }
        await world.clock.advance(by: .seconds(1))
        world.clock.setWall(by: jump)
        await world.clock.advance(by: .seconds(45))
        #expect(try await waiting.value.done == false)
        let report = try await world.service.status(id.text)
        #expect(report.elapsed >= .zero)
        #expect((report.estimate?.secondsLeft ?? 0) >= 0)
        #expect(report.task.updatedAt.milliseconds > 0)
    }

    @Test func `a budget is not widened by a clock that is set back, and ends with the day of the clock`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(budget: SpendBudget(submissions: 1)))
        _ = try await world.submit("one")
        func isRefused() async -> Bool {
            do {
                _ = try await world.submit("two")
                return false
            } catch {
                return (error as? TaskServiceError)?.failure.kind == .budgetExceeded
            }
        }
        #expect(await isRefused())
        world.clock.setWall(by: .zero - Self.day * 3)
        #expect(await isRefused(), "what was submitted later than now still counts")
        world.clock.setWall(by: Self.day * 3)
        #expect(await isRefused())
        world.clock.setWall(by: Self.day + .seconds(1))
        #expect(await !isRefused())
        world.clock.setWall(by: .zero - Self.day)
        #expect(await isRefused())
    }

    @Test(arguments: jumps)
    func `tasks in line are sent, each once`(jump: Duration) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        var ids: [TaskID] = []
        for number in 0..<4 {
            ids.append(try await world.submit("cat \(number)").task.id)
            world.clock.setWall(by: number % 2 == 0 ? jump : .zero - jump)
        }
        #expect(ids.map(\.text) == ids.map(\.text).sorted())
        for number in 1...4 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        for id in ids { #expect(await world.reaches(id, .completed)) }
        #expect(world.gateway.sent.sorted() == ids.map(\.text))
    }

    /// The names of a process that starts after the clock was set back are lower than those before.
    @Test(arguments: [false, true])
    func `the line is in the order of submission, in one process and in two`(isShared: Bool) async throws {
        let options = TaskServiceOptions(maximumActive: 1)
        let world = TaskWorld(options)
        for number in 1...7 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        world.gateway.holdCreates()
        var ids: [TaskID] = []
        for number in 0..<3 { ids.append(try await world.submit("cat \(number)").task.id) }
        #expect(await world.reaches(ids[0], .submitting))
        world.clock.setWall(by: .zero - Self.day)
        let later = TaskWorld(
            options, journal: world.journal.reopened(afterDeath: !isShared), clock: world.clock,
            gateway: world.gateway, seed: 12)
        for number in 3..<6 { ids.append(try await later.submit("cat \(number)").task.id) }
        if isShared { ids.append(try await world.submit("cat 6").task.id) }
        await world.clock.advance(by: .seconds(2))
        for service in isShared ? [world.service, later.service] : [later.service] {
            var positions: [Int] = []
            // After a death the next in line has the slot.
            let line = ids.dropFirst(isShared ? 1 : 2)
            for id in line { positions.append(try await service.status(id.text).queue.position) }
            #expect(positions == Array(1...line.count))
        }
        world.gateway.releaseCreates()
        for id in ids.dropFirst() { #expect(await later.reaches(id, .completed)) }
        #expect(world.gateway.sent == ids.map(\.text))
    }
}
