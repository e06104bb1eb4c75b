import JSON
import KlingCore
import Synchronization
import Testing

/// A gateway that answers what the test says: the next answer of a list, and its last one from then on.
final class TaskTestGateway: Gateway {
    struct State {
        var creates: [CreateOutcome] = []
        var readings: [String: [Result<TaskReading, Failure>]] = [:]
        var sent: [(key: String, at: Duration)] = []
        var reads: [(taskId: String, at: Duration)] = []
        var held: [CheckedContinuation<Void, Never>] = []
        var holdsCreates = false
        /// What a create comes to by its prompt, before ``creates`` is asked.
        var refuses: @Sendable (String) -> CreateOutcome? = { _ in nil }
        var holdsFetches = false
        var file = clip(400)
        /// What the next fetches come to; then they work.
        var fetchFailures: [Failure] = []
        /// What every fetch of a link comes to.
        var deadLinks: [String: Failure] = [:]
        var fetched: [String] = []
        var fetches: Int { fetched.count }
        var readiness: Failure?
    }

    let identity: GatewayIdentity
    let clock: TaskTestClock
    let state = Mutex(State())

    init(
        _ clock: TaskTestClock, isIdempotent: Bool = false, url: String = "https://gateway.test",
        account: String? = nil
    ) {
        self.clock = clock
        identity = GatewayIdentity(url: url, simulated: false, isIdempotent: isIdempotent, account: account)
    }

    var readiness: Failure? { state.withLock(\.readiness) }

    /// The key is taken away, or put back.
    func hasKey(_ hasKey: Bool) {
        state.withLock { $0.readiness = hasKey ? nil : Failure(.authentication) }
    }

    /// The outcomes of the next creates; then every one is accepted, as `task_1`, `task_2` … in the order
    /// sent.
    func creates(_ outcomes: CreateOutcome...) { state.withLock { $0.creates = outcomes } }

    /// The next readings of a task; the last one stays. Without any: processing for ever.
    func reads(_ taskId: String, _ readings: Result<TaskReading, Failure>...) {
        state.withLock { $0.readings[taskId] = readings }
    }

    func refuses(_ outcome: @escaping @Sendable (String) -> CreateOutcome?) {
        state.withLock { $0.refuses = outcome }
    }

    func holdCreates() { state.withLock { $0.holdsCreates = true } }
    /// The next fetches fail.
    func fails(_ failure: Failure, fetches count: Int) {
        state.withLock { $0.fetchFailures = Array(repeating: failure, count: count) }
    }
    /// Every fetch of the link fails, or works again.
    func fails(_ url: String, _ failure: Failure?) { state.withLock { $0.deadLinks[url] = failure } }
    var fetched: [String] { state.withLock(\.fetched) }
    var fetchCount: Int { state.withLock(\.fetches) }
    func holdFetches() { state.withLock { $0.holdsFetches = true } }
    func releaseCreates() { release() }
    func release() {
        let held = state.withLock { state in
            (state.holdsCreates, state.holdsFetches) = (false, false)
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    private func wait(while holds: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if holds(state) { state.held.append(continuation) }
                return !holds(state)
            }
            if goesOn { continuation.resume() }
        }
    }

    var sent: [String] { state.withLock { $0.sent.map(\.key) } }
    var sendTimes: [Duration] { state.withLock { $0.sent.map(\.at) } }
    func readTimes(_ taskId: String) -> [Duration] {
        state.withLock { $0.reads.filter { $0.taskId == taskId }.map(\.at) }
    }
    var readCount: Int { state.withLock(\.reads.count) }

    func create(_ request: VideoRequest, key: String) async -> CreateOutcome {
        let time = clock.elapsed()
        let outcome = state.withLock { state in
            state.sent.append((key, time))
            if let outcome = state.refuses(request.body["prompt"]?.string ?? "") { return outcome }
            let number = state.sent.count
            return state.creates.isEmpty
                ? CreateOutcome.accepted(taskId: "task_\(number)", requestId: nil)
                : state.creates.removeFirst()
        }
        await wait { $0.holdsCreates }
        _ = clock.elapsed()
        return outcome
    }

    func read(_ taskId: String) async -> Result<TaskReading, Failure> {
        let time = clock.elapsed()
        return state.withLock { state in
            state.reads.append((taskId, time))
            guard var left = state.readings[taskId], let next = left.first else {
                return .success(TaskReading(status: .processing))
            }
            if left.count > 1 {
                left.removeFirst()
                state.readings[taskId] = left
            }
            return next
        }
    }

    func fetch(
        _ url: String, resume: FetchResumption?, receive: @escaping @Sendable (FetchPiece) -> Bool
    ) async -> Result<FetchSummary, Failure> {
        await wait { $0.holdsFetches }
        let (file, failure) = state.withLock { state in
            state.fetched.append(url)
            let next = state.fetchFailures.isEmpty ? nil : state.fetchFailures.removeFirst()
            return (state.file, next ?? state.deadLinks[url])
        }
        if let failure { return .failure(failure) }
        _ = receive(.head(offset: 0, total: Int64(file.count), contentType: "video/mp4", validator: nil))
        _ = receive(.bytes(file))
        return .success(FetchSummary(bytes: Int64(file.count)))
    }

    func preview(_ request: VideoRequest, key: String) -> CreatePreview {
        CreatePreview(method: "POST", url: identity.url, headers: [:])
    }
}

/// A service on virtual time, with its surroundings.
struct TaskWorld {
    let clock: TaskTestClock
    let journal: TaskTestJournal
    let gateway: TaskTestGateway
    let service: TaskService

    init(
        _ options: TaskServiceOptions = TaskServiceOptions(), isIdempotent: Bool = false,
        journal: TaskTestJournal = TaskTestJournal(), clock: TaskTestClock = TaskTestClock(),
        gateway: TaskTestGateway? = nil, seed: UInt64 = 11,
        observer: @escaping @Sendable (TaskNotice) -> Void = { _ in }
    ) {
        self.clock = clock
        self.journal = journal
        self.gateway = gateway ?? TaskTestGateway(clock, isIdempotent: isIdempotent)
        service = TaskService(
            journal: journal, gateway: self.gateway, clock: clock, random: SeededRandom(seed: seed),
            options: options, observer: observer)
        let watched = self.gateway
        clock.watch(service) { watched.state.withLock(\.held.count) }
    }

    /// The same after the process was killed and started again.
    func restarted(_ options: TaskServiceOptions = TaskServiceOptions()) -> TaskWorld {
        TaskWorld(options, journal: journal.reopened(), clock: clock, gateway: gateway, seed: 12)
    }

    /// Another process on the journal, with the same way to the gateway.
    func neighbour(_ options: TaskServiceOptions) -> TaskWorld {
        TaskWorld(
            options, journal: journal.reopened(afterDeath: false), clock: clock, gateway: gateway, seed: 12)
    }

    /// Some tasks, for the answers to whose creates nobody waits.
    func submitted(_ count: Int) async throws -> [TaskID] {
        var ids: [TaskID] = []
        for number in 0..<count { ids.append(try await submit("\(number)").task.id) }
        return ids
    }

    /// - Parameter patience: how long its caller waits for the answer.
    func submit(
        _ prompt: String = "a cat", key: String? = nil, labels: [String: String] = [:],
        patience: Duration? = nil
    ) async throws -> TaskReport {
        let submission = Submission(
            request: Self.request(prompt), key: key, labels: labels, patience: patience)
        return try await service.submit(submission).report
    }

    func state(_ id: TaskID) async -> VideoTask.State? { try? await service.status(id.text).task.state }

    func reaches(_ id: TaskID, _ state: VideoTask.State) async -> Bool {
        await clock.advance { await self.state(id) == state }
    }

    /// All are taken by the gateway; what has become of the first ones meanwhile is all the same.
    func areTaken(_ ids: [TaskID]) async -> Bool {
        await clock.advance {
            for id in ids where (try? await service.status(id.text).task.taskId) == nil { return false }
            return true
        }
    }

    /// How the task is told to a caller who waits for the answer to its create, and after how long.
    func answered(_ id: TaskID) async throws -> (task: VideoTask, after: Duration) {
        let start = clock.elapsed()
        let answer = Mutex<VideoTask?>(nil)
        Task {
            let waited = try? await service.wait([id.text], until: .submitted, timeout: .seconds(45))
            answer.withLock { $0 = waited?.tasks.first?.task }
        }
        _ = await clock.advance(upTo: .seconds(60)) { answer.withLock { $0 != nil } }
        return (try #require(answer.withLock { $0 }), clock.elapsed() - start)
    }

    static func request(_ prompt: String = "a cat", duration: Int = 5) -> VideoRequest {
        VideoRequest(body: ["model": "kling-v3", "prompt": .string(prompt), "duration": JSONValue(duration)])
    }

    static let completed = Result<TaskReading, Failure>.success(
        TaskReading(
            status: .completed, progress: 100, videos: [VideoTask.Video(url: "https://files.test/1.mp4")]))

    static func processing(_ progress: Int?) -> Result<TaskReading, Failure> {
        .success(TaskReading(status: .processing, progress: progress))
    }
}

/// What a subscription was told.
final class TaskTestLog: Sendable {
    private let events = Mutex<[SubscriptionEvent]>([])

    func add(_ event: SubscriptionEvent) { events.withLock { $0.append(event) } }
    var all: [SubscriptionEvent] { events.withLock { $0 } }
    var updates: [(seq: Int64, task: VideoTask)] {
        all.compactMap { if case .update(let seq, _, let report) = $0 { (seq, report.task) } else { nil } }
    }
    var states: [VideoTask.State] {
        updates.map(\.task.state).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
    var downloads: [DownloadProgress] {
        all.compactMap { if case .download(let progress) = $0 { progress } else { nil } }
    }
    var isEnded: Bool { all.contains { if case .end = $0 { true } else { false } } }
}
