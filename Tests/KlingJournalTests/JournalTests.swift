import JSON
import KlingCore
import Testing

@testable import KlingJournal

@Suite struct JournalTests {
    let journal = SQLiteJournal(path: ":memory:", simulated: false)

    @Test func aTaskComesBackWithEveryPropertyAndItsNumber() async throws {
        var task = sample(1, key: "k", labels: ["project": "春节", "": "\u{0}\"\\"])
        task.taskId = "task_01"
        task.state = .failed
        task.progress = 42
        task.submittedAt = epoch
        task.completedAt = epoch.advanced(by: .milliseconds(1))
        task.lastContactAt = epoch
        task.degraded = true
        task.gatewayStatus = "Reviewing"
        task.gatewayEstimate = 90.25
        task.videos = [
            .init(url: "https://example.com/a", expiresAt: epoch, path: "/tmp/a.mp4"), .init(url: "https://b")
        ]
        task.error = Failure(
            .contentPolicy, message: "no", requestId: "r", billed: .unknown,
            retry: .after(Duration(secondsComponent: 3, attosecondsComponent: 7)), httpStatus: 200,
            klingCode: 1301)
        task.billed = .unknown
        task.delivery = .directory("/tmp")
        task.attempts = 3
        task.previous = sample(0).id
        task.replacedBy = sample(9).id
        let created = try await journal.created(task)
        (task.seq, task.place) = (created.seq, 1)
        task.previous = nil
        #expect(created.seq > 0)
        #expect(try await journal.find(task.id.text)?.previous == sample(0).id)
        var found = try #require(try await journal.find("task_01"))
        found.previous = nil
        #expect(found == task)
    }

    @Test(arguments: [Failure.Retry.never, .now, .sameKey, .after(.milliseconds(1500))])
    func aFailureComesBackAsItWas(retry: Failure.Retry) {
        for kind in Failure.Kind.allCases {
            let failure = Failure(kind, billed: .yes, retry: retry)
            #expect(Failure(storedForm: failure.storedForm) == failure)
        }
    }

    // MARK: Keys

    @Test func theSameKeyWithTheSameRequestIsTheSameTask() async throws {
        let first = try await journal.created(sample(1, key: "k"))
        #expect(try await journal.begin(sample(2, key: "k")) == .existing(first))
        #expect(try await journal.list(JournalQuery()).count == 1)
    }

    @Test func theSameKeyWithAnotherRequestIsAConflict() async throws {
        let first = try await journal.created(sample(1, key: "k"))
        #expect(try await journal.begin(sample(2, key: "k", prompt: "a dog")) == .conflict(first))
    }

    @Test(arguments: VideoTask.State.allCases, VideoTask.Billed.allCases)
    func aKeyIsBoundWhileTheTaskIsOrMayBeBilled(state: VideoTask.State, billed: VideoTask.Billed) async throws
    {
        let first = try await journal.created(sample(1, key: "k"))
        let changed = try await journal.changed(first) {
            $0.state = state
            $0.billed = billed
        }
        let isFree = state.isTerminal && billed == .no
        switch try await journal.begin(sample(2, key: "k")) {
        case .created(let second, _):
            #expect(isFree)
            #expect(second.previous == first.id)
            // What was let go is not taken back from the one that has it now.
            _ = try await journal.changed(changed) { $0.billed = .yes }
            #expect(try await journal.begin(sample(3, key: "k")) == .existing(second))
        case .existing(let task):
            #expect(!isFree)
            #expect(task.id == first.id)
        case .conflict, .overBudget: Issue.record("the request is the same")
        }
    }

    @Test func withoutAKeyEveryBeginningIsItsOwn() async throws {
        for number in 1...3 { _ = try await journal.created(sample(number)) }
        #expect(try await journal.list(JournalQuery()).count == 3)
    }

    @Test func theSameRequestShortlyBeforeIsNamedWhoeverMadeIt() async throws {
        let folder = try Folder()
        let journals = (0..<3).map { _ in SQLiteJournal(path: folder["journal.db"], simulated: false) }
        func earlier(_ number: Int, _ task: VideoTask) async throws -> TaskID? {
            guard case .created(_, let earlier) = try await journals[number].begin(task) else {
                throw Unexpected()
            }
            return earlier
        }
        #expect(try await earlier(0, sample(1)) == nil)
        #expect(try await earlier(1, sample(2, prompt: "a dog")) == nil)
        #expect(try await earlier(1, sample(3)) == sample(1).id)
        #expect(try await earlier(0, sample(4, key: "k")) == nil, "a key says that it is meant")
        let turned = sample(5, body: ["duration": 5, "prompt": "a cat", "model": "kling-v3"])
        #expect(try await earlier(2, turned) == sample(4).id, "the order of members is none of the content")
        for number in [4, 5] {
            let task = try #require(try await journals[2].find(sample(number).id.text))
            _ = try await journals[2].changed(task) { ($0.state, $0.billed) = (.cancelled, .no) }
        }
        #expect(try await earlier(0, sample(6)) == sample(3).id, "what ended unbilled costs nothing twice")
        #expect(try await earlier(0, sample(126)) == sample(6).id)
        #expect(try await earlier(0, sample(300)) == nil)
    }

    @Test func nothingLooksAtEveryTask() throws {
        let folder = try Folder()
        func store() -> JournalStore {
            JournalStore(
                path: folder["journal.db"], simulated: false, options: .init(), owner: .random(in: 1...9999))
        }
        func written<T>(_ store: JournalStore, _ body: () throws -> T) throws -> T {
            try store.beginTransaction(.write)
            let value = try body()
            #expect(store.endTransaction() == nil)
            return value
        }
        let first = store()
        try written(first) {
            for number in 0..<2000 {
                var task = sample(number, key: "\(number)", labels: ["a": "b"])
                (task.taskId, task.state, task.billed) = ("task_\(number)", .completed, .yes)
                _ = try first.begin(task, within: nil)
            }
        }
        first.close()

        let second = store()
        let now = epoch.advanced(by: .seconds(10_000))
        let budget = SpendBudget(submissions: 5000, seconds: 50_000).window(at: now)
        let task = sample(10_000)
        let reach = JournalStore.Reach(url: gatewayURL, strangers: ["other"])
        try written(second) {
            _ = try second.begin(task, within: budget)
            let claim = try second.claim(task.id, maximumActive: 3, for: gateway, at: now)
            var claimed = try #require(claim.task)
            (claimed.taskId, claimed.state) = ("task_new", .submitted)
            guard case .written(let following) = try second.record(claimed, .change) else {
                throw Unexpected()
            }
            _ = try second.record(following, .progress)
            for choice in [LeftTasks.creates, .everything] {
                _ = try second.isAnythingLeft(choice, within: reach, at: now)
                _ = try second.takeOver(choice, limit: 200, within: reach, at: now)
            }
            _ = try second.stay(until: now, at: gateway)
            _ = try second.lookedAfter()
            _ = try second.queuedPlaces()
            _ = try second.bound(to: "5")
            for id in [task.id.text, "task_7"] { #expect(try second.find(id) != nil) }
            for query in [
                JournalQuery(limit: 10), JournalQuery(states: [.completed, .failed], limit: 10),
                JournalQuery(labels: ["a": "b"], limit: 10), JournalQuery(model: "kling-v3", limit: 10)
            ] {
                #expect(try !second.list(query).isEmpty)
            }
            #expect(try second.events(after: second.lastSeq() - 5, limit: 5).events.count == 5)
        }
        #expect(try second.connection().rowsSearched < 100)
    }

    @Test func theGatewaysIdIsOneTasks() async throws {
        var one = sample(1)
        one.taskId = "task_1"
        let first = try await journal.created(one)
        var again = sample(2)
        again.taskId = "task_1"
        #expect(try await journal.begin(again) == .existing(first))
        var lost = try await journal.changed(try await journal.created(sample(3))) { $0.state = .unconfirmed }
        lost.taskId = "task_1"
        do throws(JournalFailure) {
            _ = try await journal.record(lost, .adoption)
            Issue.record("written")
        } catch {
            #expect(error == .taskIdTaken(first))
        }
        #expect(try await journal.find(lost.id.text)?.taskId == nil)
        lost.taskId = "task_2"
        guard case .written = try await journal.record(lost, .adoption) else { throw Unexpected() }
        let kinds = try await journal.events(after: 0, limit: 9).events.map(\.kind)
        #expect(Set(kinds) == [.change])
    }

    /// Without an intent of its own, it is the task of the intent that turns out to have the id.
    @Test(arguments: [JournalEvent.Kind.change, .adoption])
    func aFoundlingGivesItsIdToTheTaskThatHasIt(kind: JournalEvent.Kind) async throws {
        var origin = try await journal.created(sample(1, key: "k"))
        (origin.state, origin.billed) = (.unconfirmed, .unknown)
        origin = try await journal.write(origin)
        var foundling = sample(2, body: [:])
        foundling.taskId = "task_1"
        foundling.state = .submitted
        foundling.billed = .pending
        foundling = try await journal.created(foundling)
        origin.taskId = "task_1"
        (origin.state, origin.billed) = (.submitted, .pending)
        origin = try await journal.write(origin, kind)
        let ended = try #require(try await journal.find(foundling.id.text))
        #expect(ended.replacedBy == origin.id && ended.taskId == nil && ended.billed == .no)
        #expect(ended.state == .abandoned && ended.seq == origin.seq - 1)
        #expect(try await journal.find("task_1") == origin)
        #expect(try await journal.lookedAfter() == [origin.id])
        let events = try await journal.events(after: foundling.seq, limit: 9).events
        #expect(events.map(\.task.id) == [foundling.id, origin.id])
        #expect(try await journal.bound(to: "k")?.id == origin.id)
    }

    @Test func anIdThatIsTakenIsRefusedAndHarmsNothing() async throws {
        _ = try await journal.created(sample(1))
        await #expect(throws: JournalFailure.self) { _ = try await journal.begin(sample(1)) }
        #expect(try await journal.lastSeq() == 1)
    }

    // MARK: Claims

    @Test func aClaimRaisesTheAttemptsAndIsHadOnce() async throws {
        let task = try await journal.created(sample(1))
        let claimed = try #require(try await journal.claim(task.id, maximumActive: 1, at: epoch))
        #expect(claimed.state == .submitting)
        #expect(claimed.attempts == 1)
        #expect(claimed.updatedAt == epoch)
        #expect(claimed.seq > task.seq)
        #expect(try await journal.claim(task.id, maximumActive: 9, at: epoch) == nil)
        #expect(try await journal.claim(sample(7).id, maximumActive: 9, at: epoch) == nil)
    }

    @Test func activeTasksOfTheWholeJournalCountAgainstTheLimit() async throws {
        var tasks: [VideoTask] = []
        for number in 1...4 { tasks.append(try await journal.created(sample(number))) }
        for state in [VideoTask.State.submitted, .processing] {
            let task = tasks.removeFirst()
            _ = try await journal.changed(task) { $0.state = state }
        }
        #expect(try await journal.claim(tasks[0].id, maximumActive: 2, at: epoch) == nil)
        #expect(try await journal.claim(tasks[0].id, maximumActive: 3, at: epoch) != nil)
        #expect(try await journal.claim(tasks[1].id, maximumActive: 3, at: epoch) == nil)
    }

    @Test func theQueuedOnesAreInTheOrderOfTheirComing() async throws {
        var tasks: [VideoTask] = []
        for number in [3, 1, 2] { tasks.append(try await journal.created(sample(number))) }
        #expect(try await journal.queuedPlaces() == QueuedPlaces(places: [1, 2, 3], seq: 3))
        _ = try await journal.claim(tasks[0].id, maximumActive: 1, at: epoch)
        #expect(try await journal.queuedPlaces() == QueuedPlaces(places: [2, 3], seq: 4))
    }

    // MARK: Lists

    @Test func listsComeNewestFirstAndFiltered() async throws {
        for number in 1...6 {
            let task = try await journal.created(
                sample(
                    number, labels: number % 2 == 0 ? ["even": "yes", "n": "\(number)"] : [:],
                    model: number <= 3 ? "kling-v3" : "kling-video-o1"))
            if number >= 5 { _ = try await journal.changed(task) { $0.state = .completed } }
        }
        func numbers(_ query: JournalQuery) async throws -> [Int] {
            try await journal.list(query).map { Int($0.createdAt.since(epoch).seconds) }
        }
        #expect(try await numbers(JournalQuery()) == [6, 5, 4, 3, 2, 1])
        #expect(try await numbers(JournalQuery(limit: 2)) == [6, 5])
        #expect(try await numbers(JournalQuery(limit: 2, before: sample(5).id)) == [4, 3])
        #expect(try await numbers(JournalQuery(states: [.completed])) == [6, 5])
        #expect(try await numbers(JournalQuery(states: [.completed, .queued], limit: 3)) == [6, 5, 4])
        #expect(try await numbers(JournalQuery(labels: ["even": "yes"])) == [6, 4, 2])
        #expect(try await numbers(JournalQuery(labels: ["even": "yes", "n": "4"])) == [4])
        #expect(try await numbers(JournalQuery(states: [.queued], labels: ["even": "yes"])) == [4, 2])
        #expect(try await numbers(JournalQuery(labels: ["even": "no"])) == [])
        #expect(try await numbers(JournalQuery(model: "kling-v3")) == [3, 2, 1])
        #expect(try await numbers(JournalQuery(states: [.queued], model: "kling-video-o1")) == [4])
    }

    /// What a list says is what a look at each task says, whatever has changed and on which side of 4096 tasks it is.
    @Test func listsByAnyFiltersAreThoseOfEveryTaskLookedAt() throws {
        let store = JournalStore(path: ":memory:", simulated: false, options: .init(), owner: 1)
        let random = SeededRandom(seed: 11)
        func draw(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let states = VideoTask.State.allCases
        var tasks: [VideoTask] = []
        try store.beginTransaction(.write)
        for number in 0..<4400 {
            var labels = ["third": "\(number / 1500)", "odd": "\(number % 2)"]
            if number % 10 == 0 { labels["take"] = "\(number)" }
            let new = sample(
                number, key: "\(number)", labels: labels, model: draw(5) == 0 ? "kling-v3" : "kling-video-o1")
            guard case .created(let task, _) = try store.begin(new, within: nil) else { throw Unexpected() }
            tasks.append(task)
        }
        for _ in 0..<1500 {
            let number = draw(tasks.count)
            tasks[number].state = states[draw(draw(2) == 0 ? 3 : states.count)]
            guard case .written(let task) = try store.record(tasks[number], .change) else {
                throw Unexpected()
            }
            tasks[number] = task
        }
        for round in 0..<300 {
            var query = JournalQuery(limit: [1, 5, 50, 5000][draw(8) == 0 ? 3 : draw(3)])
            if draw(2) == 0 { query.states = Set((0...draw(4)).map { _ in states[draw(states.count)] }) }
            if draw(2) == 0 { query.model = ["kling-v3", "kling-video-o1", "none"][draw(3)] }
            if draw(2) == 0 { query.labels["third"] = "\(draw(4))" }
            if draw(3) == 0 { query.labels["odd"] = "\(draw(2))" }
            if draw(4) == 0 { query.labels["take"] = "\(draw(440) * 10)" }
            if draw(2) == 0 { query.before = tasks[draw(tasks.count)].id }
            let end = tasks.firstIndex { $0.id == query.before } ?? tasks.count
            let expected = tasks[..<end].reversed().filter { task in
                (query.states.isEmpty || query.states.contains(task.state))
                    && (query.model == nil || query.model == task.request.model)
                    && query.labels.allSatisfy { task.labels[$0.key] == $0.value }
            }
            let found = try store.list(query)
            #expect(found.map(\.id) == expected.prefix(query.limit).map(\.id), "round \(round): \(query)")
        }
    }

    @Test func aListGoesOnBehindATaskThatTheJournalDoesNotHave() async throws {
        for number in [1, 2, 4] { _ = try await journal.created(sample(number)) }
        let left = try await journal.list(JournalQuery(before: sample(3).id))
        #expect(left.map(\.id) == [sample(2).id, sample(1).id])
    }

    @Test func aSetOfPlacesIsStoredAsFewOrAsMany() {
        let random = SeededRandom(seed: 5)
        for count in [0, 1, 2, 100, 255, 256, 257, 4000, 4096] {
            var numbers = Set<Int>()
            while numbers.count < count {
                numbers.insert(count > 2000 ? numbers.count : Int(random.next() % 4096))
            }
            var chunk = PlaceChunk.none
            for number in numbers { chunk.insert(number) }
            #expect(chunk.stored.count == min(count * 2, 512))
            #expect(PlaceChunk(stored: chunk.stored) == chunk)
            #expect(chunk.members(below: 4096, limit: 5000) == numbers.sorted(by: >))
            #expect(
                chunk.members(below: 2000, limit: 3)
                    == Array(numbers.filter { $0 < 2000 }.sorted(by: >).prefix(3)))
            #expect(chunk.isEmpty == numbers.isEmpty)
            for number in numbers { chunk.remove(number) }
            #expect(chunk == .none)
        }
        // Bytes of someone else harm nothing.
        #expect(PlaceChunk(stored: [7, 0, 255, 255, 9]).members(below: 4096, limit: 9) == [7])
    }

    // MARK: Events

    @Test func everyChangeIsAnEventAndOfProgressTheNewest() async throws {
        var task = try await journal.created(sample(1))
        task = try await journal.changed(task) { $0.state = .processing }
        for percent in [10, 20, 30] {
            task.progress = percent
            task = try await journal.write(task, .progress)
        }
        let (events, complete) = try await journal.events(after: 0, limit: 100)
        #expect(complete)
        #expect(events.map(\.seq) == [1, 2, 5])
        #expect(events.map(\.task.seq) == [1, 2, 5])
        #expect(events.map(\.kind) == [.change, .change, .progress])
        #expect(events.last?.task == task)
        #expect(try await journal.events(after: 2, limit: 1).events.map(\.seq) == [5])
        #expect(try await journal.lastSeq() == 5)
        #expect(try await journal.events(after: 6, limit: 1).complete == false)
    }

    @Test func historyIsTrimmedByCountAndSaysSo() async throws {
        let journal = SQLiteJournal(path: ":memory:", simulated: false, options: .init(historyCount: 100))
        try await journal.create(1...1500)
        let (events, complete) = try await journal.events(after: 0, limit: 5000)
        #expect(!complete)
        #expect(events.map(\.seq) == Array(1...1500), "of what is gone, the last change of each task")
        #expect(try await journal.events(after: 0, limit: 7).events.map(\.seq) == Array(1...7))
        #expect(try await journal.events(after: 900, limit: 1).complete)
        #expect(try await journal.events(after: 899, limit: 1).complete == false)
        // Changes are forgotten, tasks are not.
        #expect(try await journal.find(sample(1).id.text) != nil)
        #expect(try await journal.created(sample(2000)).seq == 1501)
    }

    @Test func historyIsTrimmedByAge() async throws {
        let journal = SQLiteJournal(
            path: ":memory:", simulated: false, options: .init(historyAge: .seconds(5000)))
        try await journal.create(1...500)
        try await journal.create(10_001...10_600)
        let (events, complete) = try await journal.events(after: 0, limit: 5000)
        #expect(!complete)
        #expect(events.map(\.seq) == Array(1...1100))
        #expect(try await journal.events(after: 500, limit: 1).complete)
        #expect(try await journal.events(after: 499, limit: 1).complete == false)
    }
}
