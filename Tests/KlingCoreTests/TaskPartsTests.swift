import JSON
import Testing

@testable import KlingCore

struct TaskPartsTests {
    @Test func `new tasks whose answers come back in any order arrive in the order of their calls`() {
        let random = SeededRandom(seed: 6)
        let ids = (0..<40).map { TaskID(at: TaskTestClock.start, randomness: (0, UInt64($0))) }
        for _ in 0..<100 {
            var order = ArrivalOrder()
            var underWay: [(ticket: ArrivalOrder.Ticket, id: TaskID?)] = []
            var expected: [TaskID] = []
            var arrived: [TaskID] = []
            for id in ids {
                // Some come to nothing.
                let isTaken = random.next() % 4 != 0
                underWay.append((order.begin(), isTaken ? id : nil))
                if isTaken { expected.append(id) }
                while random.next() % 2 == 0, let one = Array(underWay.indices).randomElement(using: random) {
                    let (ticket, id) = underWay.remove(at: one)
                    arrived += order.end(ticket, id)
                }
            }
            #expect(arrived == Array(expected.prefix(arrived.count)))
            for (ticket, id) in underWay.reversed() { arrived += order.end(ticket, id) }
            #expect(arrived == expected)
        }
    }

    private func event(_ seq: Int64) -> JournalEvent {
        JournalEvent(seq: seq, kind: .change, task: TaskMachineTests.task(.queued))
    }

    @Test func `changes whose writes come back in any order are told in the order of their numbers`() {
        let random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            var order = EventOrder()
            var underWay: [(ticket: EventOrder.Ticket, seq: Int64?)] = []
            var seq: Int64 = 0
            var told: [Int64] = []
            var written = 0
            for _ in 0..<60 {
                switch random.next() % 3 {
                case 0: underWay.append((order.begin(), nil))
                case 1:
                    // The journal gives the numbers, in any order, with gaps for other processes.
                    let waiting = underWay.indices.filter { underWay[$0].seq == nil }
                    guard let index = waiting.randomElement(using: random) else { continue }
                    seq += 1 + Int64(random.next() % 3)
                    underWay[index].seq = seq
                default:
                    let done = underWay.indices.filter { underWay[$0].seq != nil }
                    guard let index = done.randomElement(using: random) else { continue }
                    let (ticket, number) = underWay.remove(at: index)
                    written += 1
                    told += order.finish(ticket, number.map(event)).map(\.seq)
                }
            }
            for (ticket, _) in underWay { told += order.finish(ticket, nil).map(\.seq) }
            #expect(told == told.sorted())
            #expect(told.count == written)
        }
    }

    @Test func `slots are lowered by a complaint and come back twice as many at a time`() {
        var slots = SlotLimit()
        #expect(slots.current(5, at: .zero) == 5)
        slots.lower(to: 2, at: .seconds(10))
        #expect(slots.current(5, at: .seconds(100)) == 2)
        #expect(slots.current(5, at: .seconds(131)) == 4)
        #expect(slots.nextRecovery == .seconds(250))
        #expect(slots.current(5, at: .seconds(1000)) == 5)
        #expect(slots.nextRecovery == nil)
        slots.lower(to: 0, at: .seconds(2000))
        #expect(slots.current(5, at: .seconds(2000)) == 1)
    }

    @Test
    func `names rise in the order they are given out, in one millisecond and when the clock is set back`() {
        var ids = TaskIDs()
        let random = SeededRandom(seed: 7)
        let moments = [0, 0, 0, 1, 1, -5, -5, 2].map { TaskTestClock.start.advanced(by: .milliseconds($0)) }
        let names = (0..<50).flatMap { _ in moments }.map { ids.next(at: $0, from: random).text }
        #expect(zip(names, names.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `the queue keeps the journal's order, also for a task that comes back`() {
        var queue = TaskQueue()
        let tasks = (0..<600).map { number in
            var task = VideoTask(
                id: TaskID(at: TaskTestClock.start, randomness: (0, UInt64(number) &* 7919 % 601)),
                request: TaskWorld.request(),
                createdAt: TaskTestClock.start.advanced(by: .milliseconds(number / 10)))
            task.place = Int64(number + 1)
            return task
        }
        for task in tasks { queue.insert(task) }
        queue.insert(tasks[3])
        #expect(queue.count == 600)
        for task in tasks[..<400] { queue.remove(task) }
        #expect(queue.first(at: .zero) == tasks[400].id)
        queue.insert(tasks[5])
        #expect(queue.first(at: .zero) == tasks[5].id)
        if let first = queue.first(at: .zero) { queue.remove(first) }
        #expect(queue.first(at: .zero) == tasks[400].id)
        #expect(queue.count == 200)
        for task in tasks[400...] { queue.insert(task, asideUntil: .seconds(Int(task.place) % 7 + 1)) }
        queue.insert(tasks[500])
        #expect(queue.first(at: .zero) == tasks[500].id && queue.any(0.9, at: .zero) == tasks[500].id)
        queue.remove(tasks[500])
        #expect(queue.first(at: .zero) == tasks[405].id, "the one that stands aside longest")
        #expect(queue.first(at: .seconds(7)) == tasks[400].id && queue.count == 199)
        #expect(queue.any(0.999, at: .seconds(7)) == tasks[599].id)
        queue.remove(tasks[400])
        #expect(queue.any(0, at: .seconds(7)) == tasks[401].id)
    }

    @Test func `places are counted, whatever has come and gone`() {
        var places = PlaceList(Array(1...600))
        for place in 1...400 { places.remove(Int64(place)) }
        places.remove(1)
        places.insert(5)
        places.insert(5)
        places.insert(601)
        places.remove(500)
        #expect(places.first == 5)
        #expect(places.count == 201)
        #expect([5, 6, 401, 499, 501, 602].map { places.count(before: $0) } == [0, 1, 1, 99, 100, 201])
    }

    /// One who comes in the very millisecond of its end must not find it gone altogether.
    @Test(arguments: [999.0, 999.9, 1000, 1000.1])
    func `a hold is known for a day after its pause, which is of whole milliseconds`(length: Double) {
        var pace = GatewayPace()
        let hold = GatewayPace.Hold(Failure(.paymentRequired), attempts: 2)
        let start = Timestamp(milliseconds: 5000)
        pace.note(.hold(hold, account: nil, .milliseconds(length)), active: 0, at: start)
        #expect(GatewayPace(storedForm: pace.storedForm) == pace)
        for passed in [0, 998, 999, 1000, 1001, 1999, 86_400_998, 86_400_999, 86_401_000] {
            let now = start.advanced(by: .milliseconds(passed))
            let isOpen = Double(passed) >= length.rounded(.down)
            #expect(pace.allowsCreate(for: nil, active: 0, at: now) == isOpen, "\(passed)")
            var later = pace
            later.forgetHolds(at: now)
            let isKnown = passed < 86_400_000 + Int(length)
            #expect(later.beginTrial(of: 1, for: nil, at: now) == isKnown, "\(passed)")
        }
    }

    @Test func `a position counts all that is told since the journal was asked, and nothing twice`() {
        func event(_ seq: Int64, _ place: Int64, _ state: VideoTask.State) -> JournalEvent {
            var task = VideoTask(
                id: TaskID(at: TaskTestClock.start, randomness: (0, UInt64(place))),
                request: TaskWorld.request(),
                createdAt: TaskTestClock.start)
            (task.place, task.state, task.seq) = (place, state, seq)
            return JournalEvent(seq: seq, kind: .change, task: task)
        }
        let last = event(0, 10, .queued).task
        var line = WaitingLine()
        #expect(!line.isKnown && !line.hasTasks && line.position(of: last) == 1)
        line.learn(event(1, 1, .queued))
        line.ask()
        // The answer has the first of these already, and what was between.
        for news in [event(4, 2, .queued), event(7, 5, .submitting), event(8, 6, .queued)] {
            line.learn(news)
        }
        line.learn(QueuedPlaces(places: [3, 4, 5], seq: 6))
        #expect(line.position(of: last) == 4)
        line.learn(event(9, 3, .cancelled))
        line.learn(event(5, 2, .queued))
        line.learn(event(9, 7, .submitted))
        #expect(line.position(of: last) == 3)
        #expect(line.position(of: event(0, 4, .queued).task) == 1)
        line.learn(QueuedPlaces(places: [], seq: 9))
        #expect(line.position(of: last) == 3)
        line.forget()
        #expect(!line.isKnown)
    }

    @Test func `equal requests have one fingerprint, and others have others`() throws {
        let one =
            #"{"model": "m", "multi_prompt": [{"index": 1, "prompt": "a"}], "x": [0.0, null, true, ""]}"#
        let same =
            #"{"x": [-0, null, true, ""], "multi_prompt": [{"prompt": "a", "index": 1.0}], "model": "m"}"#
        let others = [
            one.replacing("1", with: "2"), one.replacing("null", with: "false"),
            one.replacing("null", with: "0"),
            one.replacing("\"a\"", with: "\"\""),
            one.replacing(", \"\"]", with: "], \"\": []"),
            one.replacing("\"a\"", with: "\"a\\u0000\""),
            "{}"
        ]
        let fingerprint = try request(one).fingerprint
        // Journals hold it: another one would be of another version of them.
        #expect(fingerprint == 3_958_186_829_557_643_216)
        #expect(try request(same).fingerprint == fingerprint)
        #expect(Set(try others.map { try request($0).fingerprint } + [fingerprint]).count == 8)
    }

    private func request(_ text: String) throws -> VideoRequest {
        let tree = JSONTree(Array(text.utf8))
        return VideoRequest(body: try #require(tree.value(tree.root).object))
    }

    @Test func `two requests differ at these places`() {
        let one = VideoRequest(body: ["model": "m", "duration": 5, "a/b": [1, 2], "multi": [["x": 1]]])
        let two = VideoRequest(body: [
            "model": "m", "mode": "pro", "a/b": [1], "multi": [["x": 2]], "duration": JSONValue(5.0)
        ])
        #expect(one.differences(from: two) == ["/a~1b/1", "/multi/0/x", "/mode"])
        #expect(one.differences(from: one).isEmpty)
    }

    @Test func `there is room in a budget again when enough of it is a day old`() {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let spent = [(-80_000, 5), (-70_000, 5), (-10_000, 10)].map {
            (created: now.advanced(by: .seconds($0.0)), seconds: $0.1)
        }
        func room(_ submissions: Int?, _ seconds: Int?, _ duration: Int) -> Duration? {
            SpendBudget(submissions: submissions, seconds: seconds).window(at: now)
                .room(for: TaskWorld.request(duration: duration), after: spent)?.since(now)
        }
        func after(_ seconds: Int) -> Duration { .seconds(seconds) + .milliseconds(1) }
        #expect(room(3, nil, 5) == after(6400))
        #expect(room(2, nil, 5) == after(16_400))
        #expect(room(1, 20, 5) == after(76_400))
        #expect(room(nil, 20, 5) == after(6400))
        #expect(room(nil, 20, 6) == after(16_400))
        #expect(room(nil, 20, 15) == after(76_400))
        #expect(room(nil, 14, 15) == nil)
        #expect(room(0, nil, 5) == nil)
    }

    @Test func `a budget counts submissions and seconds`() {
        let budget = SpendBudget(submissions: 3, seconds: 20)
        let request = TaskWorld.request(duration: 10)
        #expect(budget.allows(request, after: SpendBudget(submissions: 2, seconds: 10)))
        #expect(!budget.allows(request, after: SpendBudget(submissions: 3, seconds: 0)))
        #expect(!budget.allows(request, after: SpendBudget(submissions: 1, seconds: 11)))
        for (type, seconds) in [(nil, 10), ("base", 10), ("feature", 5)] as [(String?, Int)] {
            let clip: JSONObject = ["video_url": "https://a.com/v.mp4", "refer_type": JSONValue(type)]
            let edit = VideoRequest(body: ["model": "kling-video-o1", "video_list": [.object(clip)]])
            #expect(budget.allows(edit, after: SpendBudget(submissions: 1, seconds: 20 - seconds)))
            #expect(!budget.allows(edit, after: SpendBudget(submissions: 1, seconds: 21 - seconds)))
        }
    }

    @Test func `equal seeds give equal numbers, evenly spread`() {
        let (one, two) = (SeededRandom(seed: 9), SeededRandom(seed: 9))
        let numbers = (0..<1000).map { _ in one.unit() }
        #expect(numbers == (0..<1000).map { _ in two.unit() })
        #expect(abs(numbers.reduce(0, +) / 1000 - 0.5) < 0.05)
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_209_600_007, "2026-11-20T21:20:00.007Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "10000-01-01T00:00:00.000Z"),
            (-62_198_755_200_000, "-1-01-01T00:00:00.000Z"),
            (.max, "292278994-08-17T07:12:55.807Z"), (.min, "-292275055-05-16T16:47:04.192Z")
        ] as [(Int64, String)])
    func `a moment is told in the digits of its parts`(milliseconds: Int64, expected: String) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.description == expected)
        if (0..<253_402_300_800_000).contains(milliseconds) { #expect(Timestamp(expected) == moment) }
    }
}

extension Array {
    fileprivate func randomElement(using random: any RandomSource) -> Element? {
        isEmpty ? nil : self[Int(random.next() % UInt64(count))]
    }
}
