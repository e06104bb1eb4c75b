import Testing

@testable import KlingCore

struct TaskScheduleTests {
    /// How many reads a task of this length gets, and how long after its end the last one comes.
    private func follow(_ length: Double, estimate: Double, seed: UInt64) -> (reads: Int, delay: Double) {
        let random = SeededRandom(seed: seed)
        var age = 0.0
        var reads = 0
        var pace = FollowSchedule.Pace.first
        while age < length {
            age +=
                FollowSchedule.delay(
                    pace, age: .seconds(age), estimate: .seconds(estimate), unit: random.unit()
                ).seconds
            reads += 1
            pace = .usual
        }
        return (reads, age - length)
    }

    static let figures: [(length: Double, most: Int)] = [(60, 14), (120, 16), (300, 24), (600, 30)]

    @Test(arguments: figures)
    func `a task of a known kind is read seldom and seen soon`(length: Double, most: Int) {
        let runs = (0..<101).map { seed in
            follow(length * (0.93 + 0.14 * Double(seed) / 100), estimate: length, seed: UInt64(seed))
        }
        #expect(runs.map(\.reads).sorted()[50] <= most)
        #expect(runs.map(\.delay).sorted()[50] <= 3)
    }

    @Test func `the first read comes at half the estimate, at most at ten seconds`() {
        func first(_ estimate: Double) -> Duration {
            FollowSchedule.delay(.first, age: .zero, estimate: .seconds(estimate), unit: 0.5)
        }
        #expect(first(300) == .seconds(10))
        #expect(first(8) == .seconds(4))
    }

    @Test(arguments: [0.0, 0.5, 0.999])
    func `every interval is between four seconds and half a minute for a task of five minutes`(unit: Double) {
        for age in stride(from: 0.0, to: 5000, by: 7) {
            let delay = FollowSchedule.delay(.usual, age: .seconds(age), estimate: .seconds(300), unit: unit)
            #expect(delay >= .seconds(4) && delay <= .seconds(36.1))
        }
    }

    @Test func `a pause doubles up to a minute, is drawn from the whole of it, and honours a wish`() {
        #expect(
            (1...9).map { Backoff(attempt: $0).pause(unit: 1).seconds } == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(Backoff(attempt: 5).pause(unit: 0) == .zero)
        #expect(Backoff(attempt: 5, atLeast: .seconds(90)).pause(unit: 0.5) >= .seconds(90))
        #expect(Backoff(attempt: 1, atLeast: .seconds(1_000_000)).pause(unit: 1) <= .seconds(86_401))
        for wish in [-5.0, 0, 1] {
            let pauses = (1...9).map { Backoff(attempt: $0, atLeast: .seconds(wish)).pause(unit: 1).seconds }
            #expect(pauses == [max(1, wish + 1), max(2, wish + 1), 4, 8, 16, 32, 60, 60, 60])
            let halves = (1...9).map {
                Backoff(attempt: $0, atLeast: .seconds(wish)).pause(unit: 0.5).seconds
            }
            #expect(halves.dropFirst(2) == [2, 4, 8, 16, 30, 30, 30])
        }
    }

    @Test func `the heap gives what is due in order, each item once and at its newest time`() {
        let random = SeededRandom(seed: 3)
        var heap = DueHeap<Int>()
        var expected: [Int: Duration] = [:]
        for _ in 0..<5000 {
            let (item, time) = (Int(random.next() % 400), Duration.milliseconds(Int(random.next() % 100_000)))
            if random.next() % 5 == 0 {
                heap.remove(item)
                expected[item] = nil
            } else {
                heap.schedule(item, at: time)
                expected[item] = time
            }
        }
        #expect(heap.count == expected.count)
        #expect(heap.earliest == expected.values.min())
        var last = Duration.zero
        while let item = heap.pop(dueBy: .seconds(50)) {
            let time = expected.removeValue(forKey: item) ?? .seconds(-1)
            #expect(time >= last)
            last = time
        }
        #expect(expected.values.allSatisfy { $0 > .seconds(50) })
    }

    @Test func `an estimate is the table's, then the gateway's, then the median of what was seen`() {
        var estimator = DurationEstimator()
        let request = TaskWorld.request(duration: 5)
        #expect(estimator.estimate(request).1 == .default)
        #expect(estimator.estimate(request, gatewaySays: 77).0 == .seconds(77))
        for seconds in [100.0, 5000, 120] { estimator.learn(seconds, for: .init(request)) }
        #expect(estimator.estimate(request, gatewaySays: 77).0 == .seconds(120))
        #expect(estimator.estimate(request).1 == .history)
        #expect(estimator.estimate(TaskWorld.request(duration: 6)).1 == .default)
    }
}
