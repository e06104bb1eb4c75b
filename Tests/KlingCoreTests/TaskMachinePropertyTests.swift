import Testing

@testable import KlingCore

struct TaskMachinePropertyTests {
    /// Any events in any order: nothing traps, nothing goes back, nothing is sent without a claim.
    @Test(arguments: 0..<200)
    func `no order of events breaks a promise`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let rules = TaskMachine.Rules(isIdempotent: seed % 2 == 0, retryFor: .seconds(1000))
        var machine = TaskMachine(TaskMachineTests.task(.queued))
        var now = TaskTestClock.start
        var wasSent = false
        for _ in 0..<60 {
            now = now.advanced(by: .seconds(pick(40) - 5))
            let event = event(pick, machine.task)
            let before = machine.task
            let actions = machine.handle(event, at: now, under: rules)
            let after = machine.task

            if let progress = before.progress { #expect((after.progress ?? -1) >= progress) }
            if before.state.isTerminal, before.state != after.state {
                let isAWish = if case .adopted = event { true } else { before.state == .unconfirmed }
                #expect(isAWish && (before.state == .unconfirmed || before.state == .abandoned))
            }
            if before.state == .processing {
                #expect(after.state != .submitted && after.state != .submitting)
            }
            if let taskId = before.taskId { #expect(after.taskId == taskId) }
            if actions.contains(.create) {
                #expect(before.state == .queued && after.state == .submitting)
                #expect(
                    !wasSent || rules.isIdempotent,
                    "a create whose answer was lost is sent again only where that is free")
            }
            if case .created(.unknown) = event, before.state == .submitting { wasSent = true }
            if after != before, after.state != before.state {
                let isRecorded = actions.contains { if case .record = $0 { true } else { false } }
                #expect(isRecorded || actions == [.create])
            }
            if after.state.isTerminal {
                #expect(after.completedAt != nil)
                #expect(!actions.contains { if case .follow = $0 { true } else { false } })
            }
        }
    }

    private func event(_ pick: (Int) -> Int, _ task: VideoTask) -> TaskMachine.Event {
        let failure = Failure(
            Failure.Kind.allCases[pick(Failure.Kind.allCases.count)],
            billed: VideoTask.Billed.allCases[pick(4)],
            klingCode: pick(3) == 0 ? 1303 : nil)
        let videos = pick(2) == 0 ? [] : [VideoTask.Video(url: "https://files.test/\(pick(3))")]
        let statuses: [TaskReading.Status] = [
            .submitted, .processing, .processing, .completed, .failed, .cancelled, .other("moderating")
        ]
        switch pick(14) {
        case 0, 1:
            var claimed = task
            claimed.state = .submitting
            claimed.attempts += 1
            return .claimed(claimed)
        case 2, 3: return .created(.accepted(taskId: "task_\(pick(3))", requestId: nil))
        case 4: return .created(.refused(failure))
        case 5: return .created(.notTaken(failure, after: pick(2) == 0 ? nil : .seconds(pick(100))))
        case 6: return .created(.unknown(failure))
        case 7: return .read(.failure(failure))
        case 8: return .cancelled(abandon: pick(2) == 0)
        case 9: return .adopted(taskId: "task_\(pick(3))")
        case 10: return .resumed
        case 11: return pick(2) == 0 ? .deliveryFailed(failure) : .delivered([nil, videos.first])
        default:
            return .read(
                .success(
                    TaskReading(
                        status: statuses[pick(statuses.count)],
                        progress: pick(2) == 0 ? nil : pick(300) - 100,
                        videos: videos, error: pick(2) == 0 ? failure : nil)))
        }
    }
}
