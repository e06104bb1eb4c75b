import JSONRPC
import KlingCore
import KlingHTTP
import KlingJournal
import KlingService
import KlingSimulator

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `kling-server serve`: wires the parts together and runs the loop. Nothing is opened, loaded or fetched
/// before a request needs it.
struct Serve {
    static let version = "0.1.0"

    let options: Options

    func run() throws(Options.Misuse) -> Never {
        let log = Log(level: options.logLevel)
        // Options that cannot work are told at once; the parts they describe are made when a request needs
        // them.
        let simulation = try options.readSimulation()
        let address = simulation == nil ? try options.readAddress() : nil
        for warning in address?.warnings ?? [] {
            log.write(.warning, warning.sentence(options.settings.locale))
        }
        let keys = options.keys
        if simulation == nil { warn(of: keys, log) }
        guard let output = Descriptors.claimStandardOutput() else {
            Log.say("standard output is closed: there is nobody to answer to")
            _exit(2)
        }
        let lifecycle = Lifecycle(output: output, log: log)
        let outbox = Outbox(
            descriptor: output, framing: options.framing ?? .lines, limits: options.outboxLimits
        ) { end in
            switch end {
            case .readerGone: lifecycle.end(0, because: "nobody reads the output any more", drainSeconds: 1)
            case .failed(let reason):
                Log.say("the answers cannot be written: \(reason). The tasks are in the journal.")
                lifecycle.end(1, because: "the output cannot be written", drainSeconds: 1)
            case .stuck(let seconds):
                Log.say(
                    "the client has taken nothing for \(seconds) s; ending. Its tasks are in the journal.")
                lifecycle.end(1, because: "the client is stuck", drainSeconds: 1)
            case .overflow(let bytes):
                Log.say(
                    "\(bytes) bytes wait for a client that does not read; ending. Its tasks are in the journal."
                )
                lifecycle.end(1, because: "the client is stuck", drainSeconds: 1)
            }
        }
        let context = Context(
            outbox: outbox, version: Self.version, limits: options.limits,
            gateway: GatewayIdentity(
                url: simulation == nil ? address?.url ?? Options.defaultGateway : "simulator",
                simulated: simulation != nil),
            settings: options.settings, followHost: lifecycle.watch(host:)
        ) { settings in
            let tasks = makeTasks(simulation, address, keys, settings, log)
            lifecycle.guardTasks(tasks)
            return tasks
        }
        log.forward(to: context.clientLog)
        let inFlight = InFlight()
        var connection = Connection(
            input: 0, outbox: outbox, inFlight: inFlight, handler: Router(context), framing: options.framing,
            limits: options.limits
        ) {
            lifecycle.watch()
            if hasJournal { context.tasks.resume() }
        }
        // Tasks go on whether their host has anything to say or not.
        lifecycle.awaitInput(0) { if hasJournal { context.tasks.resume() } }
        switch connection.run() {
        case .endOfInput:
            if context.awaitsAnswersAtEnd {
                let idle = Wakeup()
                inFlight.whenIdle { idle.signal() }
                idle.wait()
            }
            outbox.finish()
            lifecycle.end(context.statusAtEnd, because: "the input ended", drainSeconds: 5)
        case .broken(let reason):
            Log.say("the input cannot be followed: \(reason)")
            outbox.finish()
            lifecycle.end(1, because: "the input is broken", drainSeconds: 5)
        case .exit(let status):
            outbox.finish()
            lifecycle.end(status, because: "exit", drainSeconds: 5)
        }
    }

    /// Whether an earlier process may have left tasks to go on with. A new user's first look creates no file.
    private var hasJournal: Bool {
        options.journalPath != ":memory:" && access(options.journalPath, F_OK) == 0
    }

    // MARK: Parts

    /// What is wrong with the key is told by each call that needs it, too; who started the program sees it at once.
    private func warn(of keys: KeySource, _ log: Log) {
        let locale = options.settings.locale
        let space = locale == .en ? " " : ""
        if let problem = keys.problem {
            log.write(.warning, problem.sentence[locale] + space + problem.advice[locale])
        }
        if let file = options.apiKeyFile.map(KeyFile.init), file.isOpenToOthers {
            log.write(.warning, file.openness[locale] + space + file.cure[locale])
        }
    }

    private func makeTasks(
        _ simulation: SimulatorSpec?, _ address: GatewayAddress?, _ keys: KeySource, _ settings: Settings,
        _ log: Log
    ) -> TaskService {
        var service = TaskServiceOptions()
        service.maximumActive = settings.maximumActive
        service.readsPerSecond = settings.readsPerSecond
        service.budget = settings.budget
        service.downloadDirectory = settings.downloadDirectory
        let gateway: any Gateway
        if let simulation {
            service.timeScale = simulation.speed
            gateway = SimulatorGateway(
                spec: simulation, language: settings.locale, clock: SystemClock())
        } else {
            var http = options.http()
            http.language = settings.locale.rawValue
            gateway = HTTPGateway(address: address ?? .standard, keys: keys, options: http)
        }
        return TaskService(
            journal: SQLiteJournal(path: options.journalPath, simulated: simulation != nil), gateway: gateway,
            clock: SystemClock(), random: SystemRandom(), options: service
        ) { notice in log.write(notice, locale: settings.locale) }
    }
}
