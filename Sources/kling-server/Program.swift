import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Not top-level code: that would belong to the main actor, and asking for it loads the concurrency runtime at
// each start.
@main enum Program {
    /// What the process was started with. The standard library looks for it beside the environment, where a library that
    /// was loaded before may have changed what lies there: an option that is not seen, such as `--simulate`, costs money.
    private static var arguments: [String] {
        let found = CommandLine.arguments
        guard let bytes = SmallFile.read("/proc/self/cmdline"), !bytes.isEmpty else { return found }
        let started = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        // More stands before the program's own name when a loader was told to start it.
        return !found.isEmpty && started.suffix(found.count).elementsEqual(found) ? found : started
    }

    static func main() {
        do throws(Options.Misuse) {
            let options = try Options(
                Array(arguments.dropFirst()), variable: { getenv($0).map { String(cString: $0) } })
            switch options.command {
            case .help: SmallFile.write(Options.help)
            case .version: SmallFile.write("kling-server \(Serve.version)\n")
            case .check:
                guard !options.files.isEmpty else {
                    throw Options.Misuse("check needs a file, or - for standard input")
                }
                exit(try Check(options: options).run())
            case .doctor:
                let status = try Doctor(options: options).run()
                fflush(nil)
                // The network's thread may still be at work, and would not survive what its libraries do in `exit`.
                _exit(status)
            case .schema: exit(try SchemaCommand(options: options).run())
            case .serve: try Serve(options: options).run()
            }
        } catch {
            Log.say("\(error.message)\nkling-server --help lists commands and options.")
            exit(2)
        }
    }
}
