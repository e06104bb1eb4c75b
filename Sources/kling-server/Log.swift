import KlingCore
import KlingService
import Synchronization

/// The log: lines on standard error, and `log` notifications for a client that has asked for them.
final class Log: Sendable {
    private let level: LogLevel
    private let client = Mutex<ClientLog?>(nil)

    init(level: LogLevel) { self.level = level }

    /// Sends the lines to a client too, as far as it wants them.
    func forward(to client: ClientLog) { self.client.withLock { $0 = client } }

    func write(_ level: LogLevel, about subject: String = "", _ message: @autoclosure () -> String) {
        let client = client.withLock { $0 }
        let isSaid = level >= self.level && self.level != .off
        guard isSaid || client?.wants(level) == true else { return }
        let message = message()
        client?.write(level, message, about: subject)
        if isSaid { Log.say("\(level.rawValue): \(message)") }
    }

    func write(_ notice: TaskNotice, locale: Locale) {
        switch notice {
        case .changed(let event): write(event, locale: locale)
        case .unwritten(let task): write(.error, FailureMessages.unwritten(task, locale: locale))
        case .expiring(let task, let time):
            write(.warning, FailureMessages.expiring(task, at: time, locale: locale))
        case .asked(let wish): write(.warning, FailureMessages.asked(wish, locale: locale))
        }
    }

    /// What happens to a task: its states, and at `debug` its progress.
    private func write(_ event: JournalEvent, locale: Locale) {
        let task = event.task
        let name = task.id.text + (task.taskId.map { " (\($0))" } ?? "")
        switch event.kind {
        case .progress: write(.debug, about: task.id.text, "\(name): \(task.progress ?? 0) %")
        case .change, .adoption:
            guard let failure = task.error else { return write(.info, "\(name): \(task.state.rawValue)") }
            let sentence = FailureMessages.sentence(for: failure, of: task, locale: locale)
            write(.warning, "\(name): \(task.state.rawValue). \(sentence)")
        }
    }

    /// One line that is said at any level.
    static func say(_ message: String) { SmallFile.write("kling-server: \(message)\n", to: 2) }
}
