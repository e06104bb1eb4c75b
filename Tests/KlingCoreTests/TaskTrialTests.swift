import Synchronization
import Testing

@testable import KlingCore

/// What is sent to see whether a hold is over.
struct TaskTrialTests {
    private static let noFunds = CreateOutcome.refused(Failure(.paymentRequired, httpStatus: 402))
    private static let lost = CreateOutcome.unknown(Failure(.timeout, billed: .unknown))

    private func submitted(_ world: TaskWorld, _ count: Int) async throws -> [TaskID] {
        var ids: [TaskID] = []
        for number in 0..<count { ids.append(try await world.submit("\(number)").task.id) }
        return ids
    }

    @Test func `answers that are lost during a refusal make the tries fewer too`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = [Self.noFunds] + Array(repeating: Self.lost, count: 99) }
        _ = try await submitted(world, 40)
        await world.clock.advance(by: .seconds(3600))
        #expect((5...14).contains(world.gateway.sent.count), "\(world.gateway.sent.count)")
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
        let ids = try await submitted(world, 20)
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

    @Test func `what is refused while others are taken ends over restarts too`() async throws {
        let options = TaskServiceOptions(maximumActive: 9)
        var world = TaskWorld(options)
        world.gateway.refuses { $0.hasPrefix("bad") ? .refused(Failure(.permission, httpStatus: 403)) : nil }
        let bad = try await world.submit("bad").task.id
        for number in 0..<5 {
            await world.clock.advance(by: .seconds(30))
            let good = try await world.submit("good \(number)").task.id
            #expect(await world.reaches(good, .submitted))
            await world.clock.advance(by: .seconds(30))
            world = world.restarted(options)
            world.service.resume()
        }
        #expect(await world.state(bad) == .failed)
    }

    @Test func `whoever stands in line is told why nothing is sent`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.lost, count: 99) }
        let ids = try await submitted(world, 20)
        await world.clock.advance(by: .seconds(300))
        let task = try await world.service.status(ids[19].text).task
        #expect(task.state == .queued && task.billed == .no && task.error?.kind == .timeout)
        #expect(task.error?.billed == .no)
    }

    @Test func `a task that every create was refused for costs nothing when it is given up`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(Self.noFunds, Self.noFunds)
        let id = try await world.submit().task.id
        #expect(await world.clock.advance { world.gateway.sent.count == 1 })
        await world.clock.advance(by: .seconds(1))
        world.gateway.holdCreates()
        #expect(await world.clock.advance { world.gateway.sent.count == 2 })
        _ = try await world.service.cancel(id.text, abandon: true)
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(1))
        let task = try await world.service.status(id.text).task
        #expect(task.state == .abandoned && task.billed == .no)
    }
}
