import JSONRPC
import KlingCore
import KlingService
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `kling-server check`: the validator over files.
///
/// Each file is read, validated and reported on by itself, on as many threads as there are processors; the
/// reports come out in the order of the files, as they become ready.
struct Check {
    enum Format: String, CaseIterable { case text, json, sarif, github }

    let options: Options

    /// - Returns: the exit status: 0, with errors (in strict mode: warnings) 1, with a file that cannot be read or written 2.
    func run() throws(Options.Misuse) -> Int32 {
        let paths = try FileList.expand(options.files)
        let report = makeReport()
        let manner = CheckedFile.Manner(options)
        let output: Int32 = options.fixes && paths.contains("-") ? 2 : 1
        var totals = CheckTotals()
        var hasWritten = false
        let progress = CheckProgress(
            of: paths.count, locale: options.settings.locale, isPlain: options.terminalIsPlain)
        let mendsFiles = options.fixes && output == 1
        // Who reads the first line only still wants the files mended, none of them by half.
        if mendsFiles { signal(SIGPIPE, SIG_IGN) }
        var out = CheckOutput(descriptor: output, isNeeded: !mendsFiles)
        out.write(report.opening)
        forEach(paths) { path in
            let file = CheckedFile(path, manner)
            return (report.text(of: file), CheckTotals(file))
        } then: { (text: [UInt8], file: CheckTotals) in
            if !text.isEmpty {
                progress.hide()
                if hasWritten { out.write(report.separator) }
                out.write(text)
                hasWritten = true
            }
            totals += file
            progress.show(totals.files)
        }
        progress.hide()
        out.write(report.closing(totals))
        if let reason = out.failure { throw Options.Misuse("the report cannot be written: \(reason)") }
        return totals.unread + totals.unwritten > 0 ? 2 : totals.invalid > 0 ? 1 : 0
    }

    private func makeReport() -> any CheckReport {
        let locale = options.settings.locale
        return switch options.checkFormat {
        case .text: TextReport(locale: locale, isColored: options.usesColor)
        case .json: JSONReport(locale: locale)
        case .sarif: SARIFReport(locale: locale, version: Serve.version)
        case .github: GitHubReport(locale: locale)
        }
    }

    /// Does the work for each path beside the others, and hands the results on in order, on this thread.
    private func forEach<Result: Sendable>(
        _ paths: [String], _ work: @escaping @Sendable (String) -> Result, then: (Result) -> Void
    ) {
        let processors = min(paths.count, ProcessorCount.online)
        guard processors > 1 else {
            for path in paths { then(work(path)) }
            return
        }
        let queue = OrderedWork<Result>()
        for _ in 0..<processors {
            SystemThread.start {
                while let number = queue.take(below: paths.count) {
                    queue.finish(number, work(paths[number]))
                }
            }
        }
        for number in paths.indices { then(queue.result(number)) }
    }
}

/// Numbers handed out to several threads, and what each came to, collected in order by one.
private final class OrderedWork<Result: Sendable>: Sendable {
    private struct State {
        var next = 0
        var results: [Int: Result] = [:]
    }

    private let state = Mutex(State())
    private let finished = Wakeup()

    func take(below count: Int) -> Int? {
        state.withLock { state in
            guard state.next < count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    func finish(_ number: Int, _ result: Result) {
        state.withLock { $0.results[number] = result }
        finished.signal()
    }

    /// Waits until it is there.
    func result(_ number: Int) -> Result {
        while true {
            if let result = state.withLock({ $0.results.removeValue(forKey: number) }) { return result }
            finished.wait()
        }
    }
}

/// Where the report goes, as long as somebody takes it.
private struct CheckOutput {
    let descriptor: Int32
    /// Nothing else is left to do when nobody reads it.
    let isNeeded: Bool
    private var isClosed = false
    /// Why it cannot be written, in the system's words.
    private(set) var failure: String?

    init(descriptor: Int32, isNeeded: Bool) {
        self.descriptor = descriptor
        self.isNeeded = isNeeded
    }

    mutating func write(_ text: String) { write(Array(text.utf8)) }

    mutating func write(_ bytes: [UInt8]) {
        guard !isClosed, !SmallFile.write(bytes, to: descriptor) else { return }
        isClosed = true
        if SmallFile.lastFailedForWantOfReader {
            // Who has read enough is told nothing.
            if isNeeded { exit(2) }
        } else {
            failure = SmallFile.lastError
        }
    }
}

/// What all files together come to.
struct CheckTotals: Sendable {
    var files = 0
    var unread = 0
    var unwritten = 0
    var invalid = 0
    var errors = 0
    var warnings = 0
    var informations = 0
    var hints = 0
    var fixes = 0

    init() {}

    init(_ file: CheckedFile) {
        files = 1
        fixes = file.mended.count
        if case .unwritable = file.trouble { unwritten = 1 }
        switch file.outcome {
        case .unreadable: unread = 1
        case .checked(_, let validation):
            invalid = validation.isValid ? 0 : 1
            let diagnostics = validation.diagnostics.span
            // The last of a list that is cut says so: it stands for the others, which are counted by themselves.
            for number in diagnostics.indices.dropLast(validation.unlisted.count > 0 ? 1 : 0) {
                switch diagnostics[number].severity {
                case .error: errors += 1
                case .warning: warnings += 1
                case .information: informations += 1
                case .hint: hints += 1
                case .off: break
                }
            }
            errors += validation.unlisted.errors
            warnings += validation.unlisted.warnings
            hints += validation.unlisted.others
        }
    }

    static func += (left: inout CheckTotals, right: CheckTotals) {
        left.files += right.files
        left.unread += right.unread
        left.unwritten += right.unwritten
        left.invalid += right.invalid
        left.errors += right.errors
        left.warnings += right.warnings
        left.informations += right.informations
        left.hints += right.hints
        left.fixes += right.fixes
    }
}
