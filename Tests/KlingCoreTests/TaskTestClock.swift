import KlingCore
import Synchronization

/// A clock that stands still until it is told to go on. Nothing waits for real time.
final class TaskTestClock: ServiceClock {
    private struct State {
        var now = Duration.zero
        var offset = Duration.zero
        var sleepers: [Int: (deadline: Duration, continuation: CheckedContinuation<Bool, Never>)] = [:]
        var cancelled: Set<Int> = []
        var lastSleeper = 0
        var watched: [(service: TaskService, held: @Sendable () -> Int)] = []
    }

    private let state = Mutex(State())
    static let start = Timestamp(milliseconds: 1_795_000_000_000)

    func wallTime() -> Timestamp {
        state.withLock { Self.start.advanced(by: $0.now + $0.offset) }
    }

    func elapsed() -> Duration {
        state.withLock(\.now)
    }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        let isDone = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if state.now >= deadline { return true }
                    state.sleepers[number] = (deadline, continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !isDone { throw CancellationError() }
    }

    /// Lets time pass, waking each sleeper at its moment and letting it do its work before time goes on.
    func advance(by duration: Duration) async {
        let target = state.withLock(\.now) + duration
        await settle()
        while let next = earliest(upTo: target) {
            let woken = state.withLock { state in
                state.now = max(state.now, next)
                let due = state.sleepers.filter { $0.value.deadline <= next }
                for number in due.keys { state.sleepers[number] = nil }
                return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
            }
            for (_, sleeper) in woken { sleeper.continuation.resume(returning: true) }
            await settle()
        }
        state.withLock { $0.now = target }
    }

    /// Lets time pass until something is so; false when it is not within `limit`.
    func advance(
        upTo limit: Duration = .seconds(100_000), until isSo: () async -> Bool
    ) async -> Bool {
        let end = state.withLock(\.now) + limit
        await settle()
        while await !isSo() {
            guard let next = earliest(upTo: end) else { return false }
            await advance(by: max(.zero, next - state.withLock(\.now)))
        }
        return true
    }

    /// Time that passes while the whole machine stands still: every sleeper is late.
    func jump(by duration: Duration) { state.withLock { $0.now += duration } }

    /// The time of day is set; nothing else happens.
    func setWall(by duration: Duration) { state.withLock { $0.offset += duration } }

    private func earliest(upTo target: Duration) -> Duration? {
        state.withLock { state in
            state.sleepers.values.map(\.deadline).filter { $0 <= target }.min()
        }
    }

    /// Time does not go on before this service has done what there is to do.
    /// - Parameter held: pieces of its work that the test holds up.
    func watch(_ service: TaskService, held: @escaping @Sendable () -> Int) {
        state.withLock { $0.watched.append((service, held)) }
    }

    /// Returns when every piece of work under way sleeps, or is held up by the test. Some turns more are for
    /// what is not counted: calls that the test has just begun, and their cancellation.
    func settle() async {
        var quiet = 0
        while quiet < 8 {
            for _ in 0..<3 { await Task.yield() }
            quiet = await isIdle() ? quiet + 1 : 0
        }
    }

    private func isIdle() async -> Bool {
        var (working, timers) = (0, 0)
        for (service, held) in state.withLock(\.watched) {
            let business = await service.business
            if let time = business.wakesAt {
                // Its sleeper is awake, and on its way to the service.
                if !state.withLock({ $0.sleepers.values.contains { $0.deadline == time } }) { return false }
                timers += 1
            }
            working += business.working - held()
        }
        return working <= state.withLock(\.sleepers.count) - timers
    }
}
