import JSON
package import JSONRPC
import Synchronization

/// The `log` notifications of a client that has asked for them with `hello`'s `logLevel`.
package final class ClientLog: Sendable {
    private let outbox: Outbox
    private let wanted = Mutex<LogLevel?>(nil)

    package init(_ outbox: Outbox) { self.outbox = outbox }

    /// The least level that is sent; nil and `off` send none.
    package var level: LogLevel? {
        get { wanted.withLock { $0 } }
        set { wanted.withLock { $0 = newValue } }
    }

    package func wants(_ level: LogLevel) -> Bool {
        guard let wanted = self.level, wanted != .off else { return false }
        return level >= wanted
    }

    /// - Parameter subject: what a newer line of level `debug` replaces an older one of.
    package func write(_ level: LogLevel, _ message: String, about subject: String = "") {
        guard wants(level) else { return }
        // What is only of use while it is new gives way while the client is behind.
        outbox.notify(
            "log", ["level": .string(level.rawValue), "message": .string(message)],
            replacing: level == .debug ? Outbox.Key("log", subject) : nil)
    }
}
