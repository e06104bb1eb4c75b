import JSON
package import JSONRPC
package import KlingCore

/// What the handlers of every dialect work with. The mutable part, the settings, belongs to the reading
/// thread; deferred work takes a copy along.
package final class Context {
    /// Compiled from the catalogue at the first request that needs it.
    package var validator: Validator {
        if let known { return known }
        let validator = Validator.standard
        known = validator
        return validator
    }
    /// The list of requests that was validated last, from ``rememberedSize`` bytes on: its next version may differ in a letter.
    var lastList: CheckedList?
    static let rememberedSize = (1 << 16)...(8 << 20)
    package let outbox: Outbox
    package let clientLog: ClientLog
    package let version: String
    package let limits: Connection.Limits
    /// The gateway, the journal and the tasks: made on first use, so that validating opens nothing.
    package var tasks: TaskService {
        if let made { return made }
        let service = makeTasks(settings)
        made = service
        return service
    }
    package let gateway: GatewayIdentity
    package var settings: Settings
    /// The settings when the process started: what null in `hello` goes back to.
    let defaults: Settings
    /// Set by `exit`.
    package var exitCode: Int32?
    /// The status to end with when the input ends, or when `exit` comes.
    package var statusAtEnd: Int32 = 0
    /// Whether the end of the input waits for answers that take time: of a script, which has said all it has to say. An editor
    /// that closes it is gone.
    package var awaitsAnswersAtEnd = true
    /// What `character` of a position counts.
    var encoding = PositionEncoding.utf16
    /// Has the process end when the one with this number is gone.
    let followHost: (Int) -> Void

    private let makeTasks: (Settings) -> TaskService
    private var made: TaskService?
    private var known: Validator?

    package init(
        outbox: Outbox, version: String, limits: Connection.Limits, gateway: GatewayIdentity,
        settings: Settings, followHost: @escaping (Int) -> Void,
        makeTasks: @escaping (Settings) -> TaskService
    ) {
        self.outbox = outbox
        clientLog = ClientLog(outbox)
        self.version = version
        self.limits = limits
        self.gateway = gateway
        self.settings = settings
        defaults = settings
        self.followHost = followHost
        self.makeTasks = makeTasks
    }

    /// The tasks, if anything has needed them.
    package var tasksIfMade: TaskService? { made }

    package static let defaultWait: Double = 45
    /// The longest time a `wait` may be asked to take.
    package static let longestWait: Double = 3600

    /// Validates a document. What is large is taken for the next version of the last large one, as far as they agree.
    func validate(_ document: DocumentSource, _ options: ValidationOptions) -> Validation {
        let tree = document.tree
        guard Self.rememberedSize.contains(tree.source.count) else {
            return validator.validate(document: tree, options: options)
        }
        return validator.validate(document: tree, options: options, after: &lastList)
    }
}
