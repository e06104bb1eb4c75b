import Synchronization
import Testing

@testable import KlingCore

/// What is sent to see whether a hold is over.
struct TaskTrialTests {
    private static let noFunds = CreateOutcome.refused(Failure(.paymentRequired, httpStatus: 402))
    private static let lost = CreateOutcome.unknown(Failure(.timeout, billed: .unknown))

    @Test func `answers that are lost during a refusal make the tries fewer too`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = [Self.noFunds] + Array(repeating: Self.lost, count: 99) }
        _ = try await world.submitted(40)
        await world.clock.advance(by: .seconds(3600))
        #expect((5...20).contains(world.gateway.sent.count), "\(world.gateway.sent.count)")
    }

    /// Another server answers, or the address is not the gateway's own.
    @Test(arguments: [301, 404])
    func `what is not said of the request leaves the line as it is`(status: Int) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        var failure = Failure(.badGateway, httpStatus: status)
        if status == 301 { failure.redirect = "https://elsewhere.test/" }
        world.gateway.state.withLock { [failure] in
            $0.creates = Array(repeating: .refused(failure), count: 99)
        }
        let ids = try await world.submitted(20)
        await world.clock.advance(by: .seconds(20))
        for id in ids {
            let task = try await world.service.status(id.text).task
            #expect(task.state == .queued && task.error?.kind == .badGateway)
            let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
            #expect(sentence.contains("stays in line"))
        }
        world.gateway.creates()
        for number in 1...99 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        for id in ids { #expect(await world.reaches(id, .completed)) }
    }

    @Test func `what is refused while others are taken stands aside, over restarts too`() async throws {
        let options = TaskServiceOptions(maximumActive: 9)
        var world = TaskWorld(options)
        world.gateway.refuses { $0.hasPrefix("bad") ? .refused(Failure(.permission, httpStatus: 403)) : nil }
        let bad = try await world.submit("bad").task.id
        await world.clock.advance(by: .seconds(30))
        for number in 0..<5 {
            let before = world.gateway.sent.count
            let start = world.clock.elapsed()
            let good = try await world.submit("good \(number)").task.id
            #expect(await world.reaches(good, .submitted))
            #expect(world.clock.elapsed() - start < .seconds(15))
            // Nobody had to hear of the refusal again before that, but for what a process knows when it begins.
            #expect(world.gateway.sent.count - before <= 2)
            world = world.restarted(options)
            world.service.resume()
        }
        await world.clock.settle()
        #expect(await world.state(bad) == .queued)
        world.gateway.refuses { _ in nil }
        #expect(await world.reaches(bad, .submitted))
    }

    @Test(arguments: [
        (Failure.Kind.timeout, Failure.Kind.timeout), (.badGateway, .serverError),
        (.unreachable, .unreachable)
    ])
    func `whoever stands in line is told why nothing is sent, and nothing of another's create`(
        kind: Failure.Kind, told: Failure.Kind
    ) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let lost = CreateOutcome.unknown(Failure(kind, billed: .unknown, httpStatus: 502))
        world.gateway.state.withLock { $0.creates = Array(repeating: lost, count: 99) }
        let ids = try await world.submitted(20)
        await world.clock.advance(by: .seconds(300))
        let task = try await world.service.status(ids[19].text).task
        #expect(task.state == .queued && task.billed == .no && task.error?.kind == told)
        let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
        #expect(
            sentence
                == "The answers to earlier creates were lost; until the gateway answers again, tasks are sent one "
                + "at a time. Nothing was charged. The task stays in line and is sent by itself as "
                + "soon as the gateway takes it: `wait` for it, or `cancel` it; do not submit it anew.")
    }

    @Test func `a task that every create was refused for costs nothing when it is given up`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(Self.noFunds, Self.noFunds)
        let id = try await world.submit().task.id
        #expect(await world.clock.advance { world.gateway.sent.count == 1 })
        world.gateway.holdCreates()
        #expect(await world.clock.advance { world.gateway.sent.count == 2 })
        _ = try await world.service.cancel(id.text, abandon: true)
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(1))
        let task = try await world.service.status(id.text).task
        #expect(task.state == .abandoned && task.billed == .no)
    }

    /// A process that is killed while the answer to a try is on its way, long after the first.
    private func killedInTry(_ outcome: CreateOutcome, isAlone: Bool) async throws -> (TaskWorld, [TaskID]) {
        let options = TaskServiceOptions(maximumActive: 50)
        let world = TaskWorld(options)
        world.gateway.state.withLock { $0.creates = Array(repeating: outcome, count: 99) }
        let ids = try await world.submitted(20)
        let other = world.neighbour(options)
        if !isAlone { other.service.resume() }
        await world.clock.advance(by: .seconds(400))
        let before = world.gateway.sent.count
        world.gateway.holdCreates()
        #expect(await world.clock.advance { world.gateway.sent.count > before })
        let next = isAlone ? world.restarted(options) : other
        if !isAlone { world.journal.die() }
        world.gateway.creates()
        world.gateway.releaseCreates()
        return (next, ids)
    }

    @Test(arguments: [true, false])
    func `a process that is killed in a try of what is refused holds up nobody`(isAlone: Bool) async throws {
        let (next, ids) = try await killedInTry(Self.noFunds, isAlone: isAlone)
        next.service.resume()
        let start = next.clock.elapsed()
        // The one that was under way may have been taken.
        for id in ids where await next.state(id) == .queued { #expect(await next.reaches(id, .submitted)) }
        #expect(next.clock.elapsed() - start < .seconds(10))
    }

    @Test func `who begins anew need not wait long to see whether answers come again`() async throws {
        let (next, ids) = try await killedInTry(Self.lost, isAlone: true)
        next.service.resume()
        let start = next.clock.elapsed()
        for id in ids where await next.state(id) == .queued { #expect(await next.reaches(id, .submitted)) }
        #expect(next.clock.elapsed() - start < .seconds(70))
    }

    /// The end comes at any moment, also while a claim is written.
    @Test func `a try that is not sent after all is no try`() async throws {
        for moment in 0..<60 {
            let world = TaskWorld()
            world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
            let first = try await world.submit("first").task.id
            await world.clock.advance(by: .seconds(17))
            _ = try await world.service.cancel(first.text, abandon: false)
            async let again = world.submit("again")
            for _ in 0..<moment { await Task.yield() }
            await world.service.drain()
            _ = try? await again
            let holds = world.journal.shared.store.withLock { $0.paces.values.flatMap(\.holds.values) }
            #expect(holds.count == 1 && holds[0].tried == nil, "\(moment)")
        }
    }

    @Test func `an agent that submits in a loop does not feed a gateway that swallows creates`() async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 50))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 999) }
        _ = try await world.submitted(30)
        await world.clock.advance(by: .seconds(100))
        let before = world.gateway.sent.count
        for number in 0..<60 {
            _ = try await world.submit("loop \(number)")
            await world.clock.advance(by: .seconds(10))
        }
        #expect(world.gateway.sent.count - before <= 10, "\(world.gateway.sent.count - before)")
    }

    @Test func `whoever is alone in line is tried at once, though others are being made`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9))
        #expect(await world.reaches(try await world.submit("made").task.id, .submitted))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
        let poor = try await world.submit("poor").task.id
        await world.clock.advance(by: .seconds(17))
        _ = try await world.service.cancel(poor.text, abandon: false)
        world.gateway.creates()
        let start = world.clock.elapsed()
        #expect(await world.reaches(try await world.submit("rich").task.id, .submitted))
        #expect(world.clock.elapsed() - start < .seconds(1))
    }

    /// It has nothing to look after, and so has heard nothing of the hold.
    @Test func `a process that only begins to submit is a reason to try too`() async throws {
        let options = TaskServiceOptions(maximumActive: 9)
        let world = TaskWorld(options)
        let other = world.neighbour(options)
        _ = try await other.service.list(JournalQuery())
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
        let ids = try await world.submitted(3)
        await world.clock.advance(by: .seconds(400))
        world.gateway.creates()
        let start = world.clock.elapsed()
        let last = try await other.submit("last").task.id
        #expect(await world.areTaken(ids))
        #expect(await other.reaches(last, .submitted))
        #expect(world.clock.elapsed() - start < .seconds(10))
    }

    @Test(arguments: [402, 403])
    func `what is refused for its own sake slows down the others by seconds`(status: Int) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 50))
        let kind = status == 402 ? Failure.Kind.paymentRequired : .permission
        world.gateway.refuses {
            $0.hasPrefix("bad") ? .refused(Failure(kind, httpStatus: status)) : nil
        }
        var ids: [TaskID] = []
        for number in 0..<24 {
            let name = number % 4 == 0 ? "bad \(number)" : "good \(number)"
            ids.append(try await world.submit(name).task.id)
        }
        let start = world.clock.elapsed()
        for (number, id) in ids.enumerated() where number % 4 != 0 {
            #expect(await world.reaches(id, .submitted))
        }
        #expect(world.clock.elapsed() - start < .seconds(15), "\(world.clock.elapsed() - start)")
    }

    @Test func `what may not be made does not stand in line for ever`() async throws {
        let options = TaskServiceOptions(retryCreatesFor: .seconds(1000))
        let world = TaskWorld(options)
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .refused(Failure(.permission, httpStatus: 403)), count: 999)
        }
        let id = try await world.submit("forbidden").task.id
        await world.clock.advance(by: .seconds(900))
        #expect(await world.state(id) == .queued)
        await world.clock.advance(by: .seconds(200))
        #expect(await world.state(id) == .failed)
    }

    /// The account is filled up for one task at a time.
    @Test func `funds that trickle in end nothing`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 50))
        let funds = Mutex(10)
        world.gateway.refuses { _ in
            let isPaid = funds.withLock { funds in
                defer { funds = max(0, funds - 1) }
                return funds > 0
            }
            return isPaid ? nil : Self.noFunds
        }
        let ids = try await world.submitted(40)
        for _ in 0..<40 {
            await world.clock.advance(by: .seconds(5))
            funds.withLock { $0 += 1 }
        }
        await world.clock.advance(by: .seconds(60))
        for id in ids { #expect(await world.state(id) == .processing) }
    }

    /// Half of the line may not be made, all of it at its head.
    @Test(arguments: [402, 403])
    func `what is refused at the head of the line does not starve the others`(status: Int) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        let kind = status == 402 ? Failure.Kind.paymentRequired : .permission
        world.gateway.refuses { $0.hasPrefix("bad") ? .refused(Failure(kind, httpStatus: status)) : nil }
        for number in 1...999 { world.gateway.reads("task_\(number)", TaskWorld.completed) }
        for number in 0..<12 { _ = try await world.submit("bad \(number)") }
        let good = try await world.submitted(20)
        let start = world.clock.elapsed()
        #expect(await world.reaches(good[0], .submitted))
        #expect(world.clock.elapsed() - start < .seconds(30), "\(world.clock.elapsed() - start)")
        for id in good { #expect(await world.reaches(id, .completed)) }
        let states = try await world.service.list(JournalQuery(states: [.queued])).count
        #expect(states == 12)
    }
}
