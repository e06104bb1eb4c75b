internal import CCurl
internal import KlingCore
internal import Synchronization

/// The one thread on which libcurl runs, with all transfers of a gateway side by side.
///
/// libcurl's handles are made, used and freed on that thread and are held in its local variables; callers see
/// values only. The thread starts with the first transfer and sleeps in `poll` when there is nothing to do.
final class TransferLoop: Sendable {
    private enum Command: Sendable {
        case start(Ticket, Transfer, @Sendable (TransferEnd) -> Void)
        case cancel(Ticket)
    }

    /// Names one transfer, and settles whether it was started or cancelled first.
    private final class Ticket: Sendable, Hashable {
        enum Phase { case new, started, cancelled }
        let phase = Mutex(Phase.new)

        static func == (left: Ticket, right: Ticket) -> Bool { left === right }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    private struct State {
        var commands: [Command] = []
        var pipe: WakePipe?
        var isEnding = false
    }

    private let state = Mutex(State())
    private static let maximumConnections = 32

    /// Makes one exchange. Cancellation ends it, wherever it stands.
    func perform(_ transfer: Transfer) async -> TransferEnd {
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFirst = ticket.phase.withLock { phase in
                    guard phase == .new else { return false }
                    phase = .started
                    return true
                }
                guard isFirst else {
                    continuation.resume(returning: Self.never(.cancelled))
                    return
                }
                if let problem = submit(.start(ticket, transfer, { continuation.resume(returning: $0) })) {
                    continuation.resume(returning: Self.never(problem))
                }
            }
        } onCancel: {
            let wasStarted = ticket.phase.withLock { phase in
                defer { phase = .cancelled }
                return phase == .started
            }
            if wasStarted { _ = submit(.cancel(ticket)) }
        }
    }

    /// Cancels what runs and lets the thread end. Later transfers fail.
    func end() {
        state.withLock { state in
            state.isEnding = true
            state.pipe?.signal()
        }
    }

    /// An exchange that never began.
    private static func never(_ problem: TransferEnd.Problem) -> TransferEnd {
        TransferEnd(problem: problem, reply: GatewayReply(status: 0), mayHaveLeft: false, redirect: nil)
    }

    /// Nil, or why the command cannot be had.
    private func submit(_ command: Command) -> TransferEnd.Problem? {
        state.withLock { state in
            guard !state.isEnding else { return .cancelled }
            if state.pipe == nil {
                guard let pipe = WakePipe(), DedicatedThread.start({ self.main(pipe) }) else {
                    return .unavailable("the system has no thread or descriptor left")
                }
                state.pipe = pipe
            }
            state.commands.append(command)
            state.pipe?.signal()
            return nil
        }
    }

    // MARK: The thread

    private func main(_ pipe: WakePipe) {
        var problem: TransferEnd.Problem?
        if case .failure(let unavailable) = CurlLibrary.load() {
            problem = .unavailable(unavailable.reason)
        }
        let multi = problem == nil ? kcurl_multi_new(Self.maximumConnections) : nil
        if let multi {
            run(multi, pipe)
            kcurl_multi_free(multi)
        } else {
            refuse(pipe, problem ?? .unavailable("no memory"))
        }
    }

    private func run(_ multi: UnsafeMutableRawPointer, _ pipe: WakePipe) {
        var running: [UnsafeMutableRawPointer: RunningTransfer] = [:]
        var handles: [Ticket: UnsafeMutableRawPointer] = [:]
        var tickets: [UnsafeMutableRawPointer: Ticket] = [:]

        func remove(_ easy: UnsafeMutableRawPointer) -> RunningTransfer? {
            kcurl_multi_remove(multi, easy)
            if let ticket = tickets.removeValue(forKey: easy) { handles[ticket] = nil }
            return running.removeValue(forKey: easy)
        }

        while true {
            pipe.drain()
            let (commands, isEnding) = takeCommands()
            for command in commands {
                switch command {
                case .start(let ticket, let transfer, let resume):
                    guard let new = RunningTransfer(transfer, resume: resume), new.configure(),
                        kcurl_multi_add(multi, new.easy) == 0
                    else {
                        resume(Self.never(.unavailable("libcurl does not take the request")))
                        continue
                    }
                    running[new.easy] = new
                    handles[ticket] = new.easy
                    tickets[new.easy] = ticket
                case .cancel(let ticket):
                    if let easy = handles[ticket] { remove(easy)?.finish(code: nil) }
                }
            }
            if isEnding {
                for easy in Array(running.keys) { remove(easy)?.finish(code: nil) }
                return
            }
            let now = SuspendingClock.now
            kcurl_multi_perform(multi)
            var code: Int32 = 0
            while let easy = kcurl_multi_next_done(multi, &code) { remove(easy)?.finish(code: code) }
            // Those whose time was over before it was looked for what has come.
            for transfer in Array(running.values) where transfer.deadline.map({ $0 <= now }) == true {
                remove(transfer.easy)?.expire()
            }
            // libcurl's own timers shorten the wait; with nothing to do, an hour is as good as for ever.
            let rest = running.values.compactMap(\.deadline).min().map { ($0 - now).milliseconds + 1 }
            kcurl_multi_wait(
                multi, pipe.readEnd,
                running.isEmpty ? 3_600_000 : Int32(clamping: min(60_000, rest ?? 60_000)))
        }
    }

    /// Without libcurl every transfer fails in the same way.
    private func refuse(_ pipe: WakePipe, _ problem: TransferEnd.Problem) {
        while true {
            let (commands, isEnding) = takeCommands()
            for case .start(_, _, let resume) in commands { resume(Self.never(problem)) }
            if isEnding { return }
            pipe.wait()
        }
    }

    private func takeCommands() -> ([Command], isEnding: Bool) {
        state.withLock { state in
            defer { state.commands = [] }
            return (state.commands, state.isEnding)
        }
    }
}
