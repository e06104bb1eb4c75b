import JSON
import Testing

@testable import KlingCore

struct TaskMachineTests {
    static let now = TaskTestClock.start.advanced(by: .seconds(100))
    static let failure = Failure(.serverError, message: "no", billed: .unknown)
    static let video = VideoTask.Video(url: "https://files.test/1.mp4")

    static func task(_ state: VideoTask.State, _ change: (inout VideoTask) -> Void = { _ in }) -> VideoTask {
        var task = VideoTask(
            id: TaskID(at: TaskTestClock.start, randomness: (1, 2)), request: TaskWorld.request(),
            createdAt: TaskTestClock.start)
        task.state = state
        if state.isActive || state == .completed {
            task.attempts = 1
            if state != .submitting {
                (task.taskId, task.submittedAt, task.billed) = ("task_1", TaskTestClock.start, .pending)
            }
        }
        change(&task)
        return task
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var start: VideoTask
        var event: TaskMachine.Event
        var rules = TaskMachine.Rules()
        var state: VideoTask.State
        var billed: VideoTask.Billed
        var actions: [TaskMachine.Action]
        var testDescription: String { name }
    }

    static func reading(
        _ status: TaskReading.Status, _ progress: Int? = nil, videos: [VideoTask.Video] = [],
        error: Failure? = nil
    ) -> TaskMachine.Event {
        .read(.success(TaskReading(status: status, progress: progress, videos: videos, error: error)))
    }

    static func refused(_ code: Int? = nil) -> Failure { Failure(.rateLimit, klingCode: code) }

    static let creating: [Row] = [
        Row(
            name: "a claim is followed by the create", start: task(.queued),
            event: .claimed(task(.submitting)),
            state: .submitting, billed: .no, actions: [.create]),
        Row(
            name: "a claim of a task that is not queued changes nothing", start: task(.submitted),
            event: .claimed(task(.submitting)), state: .submitted, billed: .pending, actions: []),
        Row(
            name: "what may have been taken is sent again soon after",
            start: task(.queued) { ($0.billed, $0.updatedAt) = (.unknown, now) },
            event: .claimed(
                task(.submitting) { ($0.billed, $0.updatedAt) = (.unknown, now.advanced(by: .seconds(3600))) }
            ),
            rules: TaskMachine.Rules(isIdempotent: true), state: .submitting, billed: .unknown,
            actions: [.create]),
        Row(
            name:
                "what may have been taken is not sent again after a night: the gateway may have forgotten its key",
            start: task(.queued) { ($0.billed, $0.updatedAt) = (.unknown, now) },
            event: .claimed(
                task(.submitting) { ($0.billed, $0.updatedAt) = (.unknown, now.advanced(by: .seconds(3601))) }
            ),
            rules: TaskMachine.Rules(isIdempotent: true), state: .unconfirmed, billed: .unknown,
            actions: [.record(.change)]),
        Row(
            name: "accepted is pending until its end", start: task(.submitting),
            event: .created(.accepted(taskId: "task_1", requestId: nil)), state: .submitted, billed: .pending,
            actions: [.record(.change), .follow(.first)]),
        Row(
            name: "refused is failed and free", start: task(.submitting), event: .created(.refused(failure)),
            state: .failed, billed: .no, actions: [.record(.change)]),
        Row(
            name: "not taken is queued again", start: task(.submitting),
            event: .created(.notTaken(refused(), after: .seconds(7))), state: .queued, billed: .no,
            actions: [.record(.change), .enqueue(Backoff(attempt: 1, atLeast: .seconds(7)))]),
        Row(
            name: "too many tasks narrows the slots", start: task(.submitting),
            event: .created(.notTaken(refused(1303), after: nil)), state: .queued, billed: .no,
            actions: [.record(.change), .enqueue(Backoff(attempt: 1)), .narrow]),
        Row(
            name: "unknown is unconfirmed", start: task(.submitting), event: .created(.unknown(failure)),
            state: .unconfirmed, billed: .unknown, actions: [.record(.change)]),
        Row(
            name: "unknown is sent again with the same key where that is free", start: task(.submitting),
            event: .created(.unknown(failure)), rules: TaskMachine.Rules(isIdempotent: true), state: .queued,
            billed: .unknown, actions: [.record(.change), .enqueueLater(Backoff(attempt: 1))]),
        Row(
            name: "a refusal after a lost answer says nothing about the first create",
            start: task(.submitting) { $0.billed = .unknown }, event: .created(.refused(failure)),
            rules: TaskMachine.Rules(isIdempotent: true), state: .unconfirmed, billed: .unknown,
            actions: [.record(.change)]),
        Row(
            name: "a late answer is kept by an abandoned task", start: task(.abandoned) { $0.attempts = 1 },
            event: .created(.accepted(taskId: "task_1", requestId: nil)), state: .abandoned, billed: .yes,
            actions: [.record(.change)])
    ]

    static let following: [Row] = [
        Row(
            name: "still submitted", start: task(.submitted), event: reading(.submitted), state: .submitted,
            billed: .pending, actions: [.follow(.usual)]),
        Row(
            name: "processing", start: task(.submitted), event: reading(.processing), state: .processing,
            billed: .pending, actions: [.record(.change), .follow(.usual)]),
        Row(
            name: "never back to submitted", start: task(.processing), event: reading(.submitted),
            state: .processing,
            billed: .pending, actions: [.follow(.usual)]),
        Row(
            name: "progress alone", start: task(.processing), event: reading(.processing, 10),
            state: .processing,
            billed: .pending, actions: [.record(.progress), .follow(.usual)]),
        Row(
            name: "less progress is no change", start: task(.processing) { $0.progress = 30 },
            event: reading(.processing, 10), state: .processing, billed: .pending, actions: [.follow(.usual)]),
        Row(
            name: "an unknown word is kept, and polled slowly", start: task(.processing),
            event: reading(.other("moderating")), state: .processing, billed: .pending,
            actions: [.record(.change), .follow(.slow)]),
        Row(
            name: "completed", start: task(.processing), event: reading(.completed, 100, videos: [video]),
            state: .completed, billed: .yes, actions: [.record(.change)]),
        Row(
            name: "completed with a delivery", start: task(.processing) { $0.delivery = .directory("/tmp") },
            event: reading(.completed, videos: [video]), state: .completed, billed: .yes,
            actions: [.record(.change), .deliver]),
        Row(
            name: "completed without a link is read again", start: task(.processing),
            event: reading(.completed),
            state: .processing, billed: .pending, actions: [.follow(.soon)]),
        Row(
            name: "failed, and nothing said about the cost", start: task(.processing),
            event: reading(.failed),
            state: .failed, billed: .unknown, actions: [.record(.change)]),
        Row(
            name: "failed at no cost", start: task(.processing),
            event: reading(.failed, error: Failure(.contentPolicy, billed: .no)), state: .failed, billed: .no,
            actions: [.record(.change)]),
        Row(
            name: "failed for too many tasks", start: task(.submitted),
            event: reading(.failed, error: Failure(.rateLimit, billed: .no, klingCode: 1303)), state: .failed,
            billed: .no, actions: [.record(.change), .narrow]),
        Row(
            name: "cancelled by the gateway", start: task(.processing), event: reading(.cancelled),
            state: .cancelled,
            billed: .unknown, actions: [.record(.change)]),
        Row(
            name: "a failed read is degraded", start: task(.processing), event: .read(.failure(failure)),
            state: .processing, billed: .pending,
            actions: [.record(.change), .follow(.failing(Backoff(attempt: 1)))]),
        Row(
            name: "no such task is not the end of it", start: task(.submitted),
            event: .read(.failure(Failure(.taskNotFound))), state: .submitted, billed: .pending,
            actions: [.record(.change), .follow(.failing(Backoff(attempt: 1)))]),
        Row(
            name: "readings of an ended task are ignored", start: task(.failed),
            event: reading(.processing, 5),
            state: .failed, billed: .no, actions: []),
        Row(
            name: "a completed task takes a fresh link",
            start: task(.completed) {
                $0.videos = [VideoTask.Video(url: "https://old.test", path: "/a.mp4")]
            },
            event: reading(.completed, videos: [video]), state: .completed, billed: .pending,
            actions: [.record(.change)]),
        Row(
            name: "delivered",
            start: task(.completed) { ($0.videos, $0.delivery) = ([video], .directory("/tmp")) },
            event: .delivered([VideoTask.Video(url: video.url, path: "/tmp/a.mp4")]), state: .completed,
            billed: .pending, actions: [.record(.change)]),
        Row(
            name: "not delivered",
            start: task(.completed) { ($0.videos, $0.delivery) = ([video], .directory("/tmp")) },
            event: .deliveryFailed(Failure(.fileSystem, retry: .now)), state: .completed, billed: .pending,
            actions: [.record(.change)]),
        Row(
            name: "not delivered for now",
            start: task(.completed) { ($0.videos, $0.delivery) = ([video], .directory("/tmp")) },
            event: .deliveryFailed(Failure(.unreachable, retry: .now)), state: .completed, billed: .pending,
            actions: [.record(.change), .deliverAgain(Backoff(attempt: 1))]),
        Row(
            name: "no room for now",
            start: task(.completed) { ($0.videos, $0.delivery) = ([video], .directory("/tmp")) },
            event: .deliveryFailed(Failure(.fileSystem, retry: .after(.seconds(60)))), state: .completed,
            billed: .pending,
            actions: [.record(.change), .deliverAgain(Backoff(attempt: 1, atLeast: .seconds(60)))]),
        Row(
            name: "the same trouble again is not told again",
            start: task(.completed) {
                ($0.videos, $0.delivery) = ([video], .directory("/tmp"))
                ($0.degraded, $0.error) = (true, Failure(.unreachable, retry: .now))
            },
            event: .deliveryFailed(Failure(.unreachable, retry: .now)), state: .completed, billed: .pending,
            actions: [.deliverAgain(Backoff(attempt: 1))]),
        Row(
            name: "a delivery in trouble is taken up at the start",
            start: task(.completed) {
                ($0.videos, $0.delivery) = ([video], .directory("/tmp"))
                ($0.degraded, $0.error) = (true, Failure(.unreachable, retry: .now))
            },
            event: .resumed, state: .completed, billed: .pending, actions: [.deliver])
    ]

    static let wishes: [Row] =
        [
            Row(
                name: "a queued task is cancelled free of charge", start: task(.queued),
                event: .cancelled(abandon: false), state: .cancelled, billed: .no, actions: [.record(.change)]
            ),
            Row(
                name: "a queued task that may have been taken is not free",
                start: task(.queued) { $0.billed = .unknown }, event: .cancelled(abandon: false),
                state: .queued,
                billed: .unknown, actions: [.decline(.sentAlready)]),
            Row(
                name: "a sent task is given up only on demand", start: task(.processing),
                event: .cancelled(abandon: true), state: .abandoned, billed: .yes, actions: [.record(.change)]
            ),
            Row(
                name: "a task being sent is given up", start: task(.submitting),
                event: .cancelled(abandon: true),
                state: .abandoned, billed: .unknown, actions: [.record(.change)]),
            Row(
                name: "an unconfirmed task is given up", start: task(.unconfirmed) { $0.billed = .unknown },
                event: .cancelled(abandon: true), state: .abandoned, billed: .unknown,
                actions: [.record(.change)]),
            Row(
                name: "an unconfirmed task is adopted", start: task(.unconfirmed) { $0.billed = .unknown },
                event: .adopted(taskId: "task_9"), state: .submitted, billed: .pending,
                actions: [.record(.adoption), .follow(.soon)]),
            Row(
                name: "an abandoned task is taken up with its own id only",
                start: task(.abandoned) { $0.taskId = "task_1" }, event: .adopted(taskId: "task_2"),
                state: .abandoned, billed: .no, actions: [.decline(.notUnconfirmed)]),
            Row(
                name: "a running task is not adopted", start: task(.processing),
                event: .adopted(taskId: "task_1"),
                state: .processing, billed: .pending, actions: [.decline(.notUnconfirmed)])
        ]
        + [VideoTask.State.submitting, .submitted, .processing].map { state in
            Row(
                name: "\(state) cannot be cancelled", start: task(state), event: .cancelled(abandon: false),
                state: state, billed: state == .submitting ? .no : .pending, actions: [.decline(.sentAlready)]
            )
        }
        + [VideoTask.State.completed, .failed, .cancelled, .abandoned].map { state in
            Row(
                name: "\(state) is at its end already", start: task(state), event: .cancelled(abandon: true),
                state: state, billed: state == .completed ? .pending : .no, actions: [.decline(.alreadyEnded)]
            )
        }

    static let restarts: [Row] = [
        Row(
            name: "queued stays queued", start: task(.queued), event: .resumed, state: .queued, billed: .no,
            actions: [.enqueue(nil)]),
        Row(
            name: "a create under way is unconfirmed", start: task(.submitting), event: .resumed,
            state: .unconfirmed,
            billed: .unknown, actions: [.record(.change)]),
        Row(
            name: "a create under way is sent again where that is free", start: task(.submitting),
            event: .resumed,
            rules: TaskMachine.Rules(isIdempotent: true), state: .queued, billed: .unknown,
            actions: [.record(.change), .enqueueLater(Backoff(attempt: 1))]),
        Row(
            name: "one that was under way long ago is unconfirmed: the gateway may have forgotten its key",
            start: task(.submitting) { $0.updatedAt = now.advanced(by: .seconds(-3601)) }, event: .resumed,
            rules: TaskMachine.Rules(isIdempotent: true), state: .unconfirmed, billed: .unknown,
            actions: [.record(.change)]),
        Row(
            name: "one to be sent again is unconfirmed when that is no longer free",
            start: task(.queued) { $0.billed = .unknown }, event: .resumed, state: .unconfirmed,
            billed: .unknown,
            actions: [.record(.change)]),
        Row(
            name: "submitted is followed", start: task(.submitted), event: .resumed, state: .submitted,
            billed: .pending, actions: [.follow(.resumed)]),
        Row(
            name: "processing is followed", start: task(.processing), event: .resumed, state: .processing,
            billed: .pending, actions: [.follow(.resumed)]),
        Row(
            name: "a delivery goes on",
            start: task(.completed) { ($0.videos, $0.delivery) = ([video], .directory("/tmp")) },
            event: .resumed, state: .completed, billed: .pending, actions: [.deliver]),
        Row(
            name: "failed stays", start: task(.failed), event: .resumed, state: .failed, billed: .no,
            actions: [])
    ]

    static let rows: [Row] = [creating, following, wishes, restarts].flatMap { $0 }

    @Test(arguments: rows)
    func `every transition`(row: Row) {
        var machine = TaskMachine(row.start)
        #expect(machine.handle(row.event, at: Self.now, under: row.rules) == row.actions)
        #expect(machine.task.state == row.state)
        #expect(machine.task.billed == row.billed)
    }

    @Test func `an end that was seen long after it came says nothing of how long such a task takes`() {
        func guessed(after pause: Double, saidAt: Timestamp? = nil) -> Bool {
            var machine = TaskMachine(Self.task(.processing) { $0.lastContactAt = Self.now })
            let end = TaskReading(status: .completed, videos: [Self.video], completedAt: saidAt)
            _ = machine.handle(
                .read(.success(end)), at: Self.now.advanced(by: .seconds(pause)), under: TaskMachine.Rules())
            let stored = machine.task.storedForm
            #expect((stored["endIsGuessed"] == true) == machine.task.endIsGuessed)
            return machine.task.endIsGuessed
        }
        #expect(!guessed(after: 30) && guessed(after: 36_000) && !guessed(after: 36_000, saidAt: Self.now))
    }

    @Test func `a task known only by an id that the gateway does not know is given back to the user`() {
        var foundling = VideoTask(
            id: TaskID(at: TaskTestClock.start, randomness: (1, 2)), request: VideoRequest(body: [:]),
            createdAt: TaskTestClock.start)
        (foundling.state, foundling.taskId, foundling.billed) = (.submitted, "task_typo", .pending)
        let unknown = TaskMachine.Event.read(.failure(Failure(.taskNotFound, httpStatus: 404)))
        var machine = TaskMachine(foundling)
        _ = machine.handle(
            .read(.failure(Failure(.badGateway, retry: .now))), at: Self.now, under: TaskMachine.Rules())
        #expect(machine.task.state == .submitted && machine.task.degraded)
        for _ in 1..<TaskMachine.maximumUnknownReadings {
            _ = machine.handle(unknown, at: Self.now, under: TaskMachine.Rules())
            #expect(machine.task.state == .submitted)
        }
        #expect(machine.handle(unknown, at: Self.now, under: TaskMachine.Rules()) == [.record(.change)])
        #expect(machine.task.state == .unconfirmed && machine.task.billed == .unknown)
        // Once the gateway has said that it has it, that stands.
        foundling.lastContactAt = Self.now
        machine = TaskMachine(foundling)
        _ = machine.handle(unknown, at: Self.now, under: TaskMachine.Rules())
        #expect(machine.task.state == .submitted && machine.task.degraded)
    }

    @Test func `creates that are not taken back off further each time, until patience is over`() {
        var claimed = Self.task(.submitting)
        claimed.attempts = 1
        var machine = TaskMachine(claimed)
        let rules = TaskMachine.Rules(retryFor: .seconds(60))
        let outcome = TaskMachine.Event.created(.notTaken(Self.refused(), after: nil))
        for attempt in 1...3 {
            #expect(
                machine.handle(outcome, at: Self.now, under: rules).last
                    == .enqueue(Backoff(attempt: attempt)))
            claimed.attempts += 1
            machine.journaled(claimed)
        }
        #expect(
            machine.handle(outcome, at: Self.now.advanced(by: .seconds(61)), under: rules) == [
                .record(.change)
            ])
        #expect(machine.task.refusal?.kind == .rateLimit)
        #expect(machine.task.billed == .no)
    }

    @Test func `a completed task without a link is read three times more, then completed with a warning`() {
        var machine = TaskMachine(Self.task(.processing))
        for _ in 0..<3 {
            #expect(
                machine.handle(Self.reading(.completed), at: Self.now, under: .init()) == [.follow(.soon)])
            #expect(machine.task.state == .processing)
        }
        #expect(machine.handle(Self.reading(.completed), at: Self.now, under: .init()) == [.record(.change)])
        #expect(machine.task.state == .completed)
        #expect(machine.task.error?.kind == .badGateway)
        #expect(machine.task.billed == .yes)
    }

    @Test func `reads that fail degrade once, and the first that does not heals`() {
        var machine = TaskMachine(Self.task(.processing))
        let fails = TaskMachine.Event.read(.failure(Failure(.unreachable, retry: .after(.seconds(9)))))
        #expect(machine.handle(fails, at: Self.now, under: .init()).count == 2)
        #expect(machine.task.degraded)
        #expect(
            machine.handle(fails, at: Self.now, under: .init())
                == [.follow(.failing(Backoff(attempt: 2, atLeast: .seconds(9))))])
        #expect(
            machine.handle(Self.reading(.processing), at: Self.now, under: .init()).first == .record(.change))
        #expect(!machine.task.degraded)
        #expect(machine.task.error == nil)
    }

    @Test func `a link lives a day when the gateway does not say, and the gateway's odd times are set right`()
    {
        var machine = TaskMachine(Self.task(.processing))
        var reading = TaskReading(status: .completed, videos: [Self.video])
        reading.completedAt = Timestamp(milliseconds: 5)
        _ = machine.handle(.read(.success(reading)), at: Self.now, under: .init())
        #expect(machine.task.completedAt == machine.task.submittedAt)
        #expect(machine.task.videos[0].expiresAt == machine.task.completedAt?.advanced(by: .seconds(86_400)))
    }
}
