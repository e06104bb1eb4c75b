import JSONRPC
import KlingCore
import KlingService
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How the process ends: by the end of its input, a signal, or a client that is gone. In each case what is at
/// the gateway stays in the journal, and the next start goes on with it.
final class Lifecycle: Sendable {
    private let output: Int32
    private let log: Log
    private let service = Mutex<TaskService?>(nil)
    /// Only one thread ends the process; the others wait to be ended.
    private let isEnding = Atomic(false)

    /// Written to by the signal handler, read by the watch.
    private static let signals = Wakeup()

    init(output: Int32, log: Log) {
        self.output = output
        self.log = log
    }

    /// The tasks to bring to rest before the end.
    func guardTasks(_ tasks: TaskService) { service.withLock { $0 = tasks } }

    /// Waits for the first input, seeing signals and the loss of standard output's reader meanwhile: a host
    /// may die before it says a word. Costs one system call where input is there already.
    /// - Parameter whenSilent: called once, when nothing has come for a second.
    func awaitInput(_ input: Int32, whenSilent: () -> Void) {
        // Made before a handler can need it.
        _ = Self.signals.writing
        for number in [SIGTERM, SIGINT, SIGHUP] where number == SIGTERM || !isIgnored(number) {
            signal(number) { Lifecycle.signals.signal(UInt8(truncatingIfNeeded: $0)) }
        }
        look(at: input, for: 1000, whenSilent)
    }

    /// Whether the parent has set the signal to be ignored, as `nohup` does with SIGHUP and a shell with the
    /// SIGINT of its background jobs: their user wants the process to live on.
    private func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        // Functions cannot be compared in Swift; this one is a small number that is never called.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(Optional(SIG_IGN), to: Int.self)
    }

    /// Begins to watch for the same while the loop reads. Costs a thread, which sleeps in `poll`.
    func watch() {
        SystemThread.start { [self] in look(at: nil) }
    }

    /// Ends the process when the one that it works for is gone (LSP 3.17, `InitializeParams.processId`): a backup for a host
    /// whose ends of the pipes live on in a third process. Only who was seen alive can be gone: the number may be one of
    /// another namespace.
    func watch(host: Int) {
        guard let host = pid_t(exactly: host), host > 0, Self.isAlive(host) else { return }
        SystemThread.start { [self] in
            while Self.isAlive(host) { sleep(2) }
            end(1, because: "the host process \(host) is gone", drainSeconds: 1)
        }
    }

    private static func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    /// Returns when there is input; without one, never.
    private func look(at input: Int32?, for milliseconds: Int32 = -1, _ whenSilent: () -> Void = {}) {
        var patience = milliseconds
        var entries = [
            pollfd(fd: Self.signals.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: 0, revents: 0),
            pollfd(fd: input ?? -1, events: Int16(POLLIN), revents: 0)
        ]
        while true {
            let count = poll(&entries, nfds_t(entries.count), patience)
            if count == 0 {
                patience = -1
                whenSilent()
            }
            guard count > 0 else { continue }
            if entries[0].revents != 0 {
                let number = Self.signals.wait()
                end(0, because: "signal \(number)", drainSeconds: 5)
            }
            // Input that is there already is answered for, even if nobody waits any more: it may be a submit.
            if entries[2].revents != 0 { return }
            if entries[1].revents != 0 {
                end(0, because: "nobody reads the output any more", drainSeconds: 1)
            }
        }
    }

    /// Ends the process: nothing new is sent, a create in flight gets up to `drainSeconds` for its answer,
    /// the journal is closed.
    func end(_ status: Int32, because reason: String, drainSeconds: Int) -> Never {
        if isEnding.exchange(true, ordering: .relaxed) {
            while true { pause() }
        }
        log.write(.info, "ending: \(reason)")
        if let tasks = service.withLock({ $0 }) {
            let done = Wakeup()
            Task {
                await tasks.drain(timeout: .seconds(drainSeconds))
                done.signal()
            }
            // The journal may hang with its disk; the process does not.
            _ = poll(done, seconds: drainSeconds + 1)
        }
        // What has not been written by now cannot be: no destructor, no handler has a say.
        _exit(status)
    }

    private func poll(_ wakeup: Wakeup, seconds: Int) -> Bool {
        var entry = pollfd(fd: wakeup.reading, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(seconds * 1000)) > 0
    }

    private func poll(_ entries: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ milliseconds: Int32)
        -> Int32
    {
        #if canImport(Glibc)
            Glibc.poll(entries, count, milliseconds)
        #else
            Darwin.poll(entries, count, milliseconds)
        #endif
    }
}
