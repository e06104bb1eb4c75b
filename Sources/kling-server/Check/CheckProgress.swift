import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One line on a terminal that says how far a long run is; nothing anywhere else, and nothing for a short one.
final class CheckProgress {
    private let total: Int
    private let locale: Locale
    private let isShown: Bool
    private let start = CheckProgress.now()
    private var last = 0.0
    private var isOnScreen = false

    /// Seconds before the line first shows, and between two of its states.
    private static let patience = 0.5
    private static let interval = 0.1

    /// - Parameter isPlain: the terminal takes no instructions.
    init(of total: Int, locale: Locale, isPlain: Bool) {
        self.total = total
        self.locale = locale
        isShown = total > 1 && !isPlain && isatty(2) == 1
    }

    func show(_ done: Int) {
        guard isShown else { return }
        let time = Self.now()
        guard time - start >= Self.patience, time - last >= Self.interval else { return }
        last = time
        isOnScreen = true
        let words = locale == .en ? "checked \(done) of \(total) files" : "已检查 \(done) / \(total) 个文件"
        SmallFile.write("\r\u{1B}[K\(words)", to: 2)
    }

    /// Takes the line away, so that something else can be written there.
    func hide() {
        if isOnScreen { SmallFile.write("\r\u{1B}[K", to: 2) }
        isOnScreen = false
    }

    private static func now() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
