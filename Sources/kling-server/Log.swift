import KlingCore
import KlingService
import Synchronization

/// The log: lines on standard error, and `log` notifications for a client that has asked for them.
final class Log: Sendable {
    private let level: LogLevel

    init(level: LogLevel) { self.level = level }

    func write(_ level: LogLevel, _ message: String) {
        guard level >= self.level, self.level != .off else { return }
        Log.say("\(level.rawValue): \(message)")
    }

    /// One line that is said at any level.
    static func say(_ message: String) { SmallFile.write("kling-server: \(message)\n", to: 2) }
}
