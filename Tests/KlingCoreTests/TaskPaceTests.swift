import Synchronization
import Testing

@testable import KlingCore

/// What the gateway asks for holds for every process on the journal, and for the next one.
struct TaskPaceTests {
    private static let day = Duration.seconds(86_400)
    private static let busy = Failure(.rateLimit, retry: .after(.seconds(300)), httpStatus: 429)

    private func neighbour(
        of world: TaskWorld, _ options: TaskServiceOptions = TaskServiceOptions(), afterDeath: Bool = false
    ) -> TaskWorld {
        TaskWorld(
            options, journal: world.journal.reopened(afterDeath: afterDeath), clock: world.clock,
            gateway: world.gateway, seed: 12)
    }

    @Test(arguments: [true, false])
    func `a wait for creates outlives the process that was told, and holds for the others`(
        isRestart: Bool
    ) async throws {
        let world = TaskWorld()
        world.gateway.creates(.notTaken(Self.busy, after: .seconds(300)))
        let first = try await world.submit("one").task.id
        await world.clock.advance(by: .seconds(100))
        let next = neighbour(of: world, afterDeath: isRestart)
        let second = try await next.submit("two").task.id
        #expect(await next.reaches(second, .submitted))
        // Two processes may send side by side: their order is that of the journal.
        let claimed = world.journal.events.filter { $0.task.state == .submitting }.map(\.task.id)
        #expect(claimed == [first, first, second])
        let (begin, again) = (world.gateway.sendTimes[0], world.gateway.sendTimes[1])
        #expect((Duration.seconds(300)...(.seconds(303))).contains(again - begin))
    }

    @Test func `after a refusal one is tried, and more only when that is taken`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 50))
        let refused = CreateOutcome.notTaken(Failure(.rateLimit, retry: .now, httpStatus: 429), after: nil)
        world.gateway.holdCreates()
        world.gateway.state.withLock { $0.creates = Array(repeating: refused, count: 5) }
        var ids: [TaskID] = []
        for number in 0..<40 { ids.append(try await world.submit("cat \(number)").task.id) }
        await world.clock.settle()
        world.gateway.releaseCreates()
        #expect(await world.areTaken(ids))
        var sends: [Duration: Int] = [:]
        for time in world.gateway.sendTimes { sends[time, default: 0] += 1 }
        let bursts = sends.sorted { $0.key < $1.key }.map(\.value)
        #expect(bursts[0] == 4 && bursts[1] == 1 && world.gateway.sent.count == 45)
    }

    @Test func `the caution after a refusal outlives the process too`() async throws {
        let options = TaskServiceOptions(maximumActive: 50)
        let world = TaskWorld(options)
        world.gateway.holdCreates()
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .notTaken(Self.busy, after: .seconds(300)), count: 41)
        }
        for number in 0..<40 { _ = try await world.submit("cat \(number)") }
        await world.clock.settle()
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(20))
        let sent = world.gateway.sent.count
        let next = neighbour(of: world, options, afterDeath: true)
        let last = try await next.submit("last").task.id
        #expect(await next.reaches(last, .submitted))
        var sends: [Duration: Int] = [:]
        for time in world.gateway.sendTimes.dropFirst(sent) { sends[time, default: 0] += 1 }
        #expect(sends.min { $0.key < $1.key }?.value == 1)
    }

    @Test func `no estimate is earlier than the gateway wants to be asked, and the log says why`()
        async throws
    {
        let wishes = Mutex<[GatewayPace.Wish]>([])
        let world = TaskWorld { notice in
            if case .asked(let wish) = notice { wishes.withLock { $0.append(wish) } }
        }
        world.gateway.creates(
            .accepted(taskId: "task_1", requestId: nil), .notTaken(Self.busy, after: .seconds(7200)))
        world.gateway.reads(
            "task_1", .failure(Failure(.serverError, retry: .after(.seconds(7200)), httpStatus: 503)))
        let first = try await world.submit("one").task.id
        #expect(
            await world.clock.advance { (try? await world.service.status(first.text).task.degraded) == true })
        let second = try await world.submit("two").task.id
        await world.clock.settle()
        for id in [first, second] {
            let left = try #require(try await world.service.status(id.text).estimate?.secondsLeft)
            #expect(left > 7000)
        }
        let told = wishes.withLock { $0.map { FailureMessages.asked($0, locale: .en) } }
        #expect(told.count == 2 && told[0].contains("how tasks are") && told[1].contains("takes no tasks"))
        #expect(told.allSatisfy { $0.contains(" for 2 h") })
    }

    @Test func `a wait for reads outlives the process that was told, and a user may still ask`() async throws
    {
        let world = TaskWorld()
        world.gateway.reads("task_1", .failure(Self.busy), TaskWorld.completed)
        let ids = [try await world.submit("one").task.id, try await world.submit("two").task.id]
        #expect(
            await world.clock.advance { (try? await world.service.status(ids[0].text).task.degraded) == true }
        )
        let told = try #require(world.gateway.readTimes("task_1").last)
        await world.clock.advance(by: .seconds(20))
        let next = world.restarted()
        next.service.resume()
        await world.clock.advance(by: .seconds(200))
        let other = world.gateway.readTimes("task_2").filter { $0 > told }
        #expect(world.gateway.readTimes("task_1").count == 1 && other.isEmpty)
        #expect(try await next.service.status(ids[1].text, refresh: true).task.state == .processing)
        #expect(world.gateway.readTimes("task_2").filter { $0 > told }.count == 1)
        #expect(await next.reaches(ids[0], .completed))
        let read = try #require(world.gateway.readTimes("task_1").last)
        #expect((Duration.seconds(300)...(.seconds(310))).contains(read - told))
    }

    @Test func `a limit of parallel tasks is that of all processes, and recovers in all`() async throws {
        let options = TaskServiceOptions(maximumActive: 5)
        let world = TaskWorld(options)
        let other = neighbour(of: world, options)
        var ids: [TaskID] = []
        for number in 0..<2 {
            ids.append(try await [world, other][number].submit("cat \(number)").task.id)
            await world.clock.settle()
        }
        world.gateway.creates(.notTaken(Failure(.rateLimit, klingCode: 1303), after: nil))
        for number in 2..<8 {
            ids.append(try await [world, other][number % 2].submit("cat \(number)").task.id)
            await world.clock.settle()
        }
        func atOnce(after time: Duration) async throws -> Int {
            await world.clock.advance(by: time)
            return try await world.service.list(JournalQuery(states: [.submitted, .processing])).count
        }
        // Two were there when a third was too many.
        #expect(try await atOnce(after: .seconds(100)) == 2)
        #expect(world.gateway.sent.count == 3)
        #expect(try await atOnce(after: .seconds(40)) == 4)
        let third = neighbour(of: world, options)
        _ = try await third.submit("cat 8")
        #expect(try await atOnce(after: .seconds(60)) == 4)
        #expect(try await atOnce(after: .seconds(700)) == 5)
    }

    @Test(arguments: [day, .zero - day])
    func `a clock that is set makes no wait longer than it was`(jump: Duration) async throws {
        let world = TaskWorld()
        world.gateway.creates(.notTaken(Self.busy, after: .seconds(300)))
        let id = try await world.submit().task.id
        await world.clock.settle()
        world.clock.setWall(by: jump)
        #expect(await world.reaches(id, .submitted))
        #expect((Duration.seconds(300)...(.seconds(303))).contains(world.gateway.sendTimes[1]))

        world.gateway.creates(.notTaken(Self.busy, after: .seconds(300)))
        let second = try await world.submit("two").task.id
        await world.clock.advance(by: .seconds(1))
        let start = world.clock.elapsed()
        world.clock.setWall(by: jump)
        let next = world.restarted()
        next.service.resume()
        #expect(await next.reaches(second, .submitted))
        #expect(world.clock.elapsed() - start < .seconds(310))
    }

    @Test func `what is noted comes back as it was`() {
        var pace = GatewayPace()
        let now = TaskTestClock.start
        #expect(GatewayPace(storedForm: pace.storedForm) == pace)
        pace.note(.noCreates(.milliseconds(300_500)), active: 0, at: now)
        pace.note(.noCreates(.seconds(5)), active: 0, at: now)
        pace.note(.noReads(.seconds(7)), active: 0, at: now)
        pace.note(
            .fewerTasks(without: TaskID(at: now, randomness: (0, 1)), recovery: .seconds(120)), active: 4,
            at: now)
        let refusal = GatewayPace.Hold(
            Failure(.paymentRequired, message: "no funds", httpStatus: 402), attempts: 3)
        pace.note(.hold(refusal, account: "a", .seconds(600)), active: 0, at: now)
        #expect(GatewayPace(storedForm: pace.storedForm) == pace)
        #expect(pace.creates?.left(at: now) == .milliseconds(300_500))
        #expect(pace.slots?.limit(at: now) == 4)
        #expect(pace.slots?.limit(at: now.advanced(by: .seconds(250))) == 16)
        #expect(!pace.allowsCreate(for: nil, active: 0, at: now.advanced(by: .seconds(300))))
        #expect(pace.allowsCreate(for: nil, active: 3, at: now.advanced(by: .seconds(301))))
        #expect(!pace.allowsCreate(for: "a", active: 3, at: now.advanced(by: .seconds(301))))
        #expect(pace.allowsCreate(for: "b", active: 3, at: now.advanced(by: .seconds(301))))
        #expect(pace.idleAccounts(but: "b") == ["a"] && pace.idleAccounts(but: "a").isEmpty)
        pace.note(.tryAgain(account: "a", within: .seconds(15)), active: 0, at: now)
        #expect(pace.holds["a"]?.hold.attempts == 2 && pace.holds["a"]?.pause.length == .seconds(15))
        #expect(pace.allowsCreate(for: "a", active: 3, at: now.advanced(by: .seconds(301))))
        let trial = now.advanced(by: .seconds(301))
        #expect(pace.beginTrial(of: 7, for: "a", at: trial) && !pace.beginTrial(of: 8, for: "c", at: trial))
        #expect(!pace.allowsCreate(for: "a", active: 3, at: trial.advanced(by: .seconds(14))))
        #expect(pace.allowsCreate(for: "a", isAwaited: true, active: 3, at: trial.advanced(by: .seconds(14))))
        #expect(pace.allowsCreate(for: "a", active: 3, at: trial.advanced(by: .seconds(16))))
        #expect(pace.holds["a"]?.tried == 7 && pace.refuses("a") && !pace.refuses("c"))
        #expect(GatewayPace(storedForm: pace.storedForm) == pace)
        // What was so a day ago is forgotten with the next.
        pace.note(.hold(refusal, account: "b", .seconds(15)), active: 0, at: now.advanced(by: Self.day * 2))
        #expect(pace.holds.keys.sorted() == ["b"])
        pace.note(.lift(account: "b"), active: 0, at: now)
        #expect(pace.holds.isEmpty)
        #expect(GatewayPace(storedForm: pace.storedForm) == pace)
    }
}
