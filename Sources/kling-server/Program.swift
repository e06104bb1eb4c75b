import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Not top-level code: that would belong to the main actor, and asking for it loads the concurrency runtime at
// each start.
@main enum Program {
    static func main() {
        do throws(Options.Misuse) {
            let options = try Options(
                Array(CommandLine.arguments.dropFirst()), variable: { getenv($0).map { String(cString: $0) } }
            )
            switch options.command {
            case .help: SmallFile.write(Options.help)
            case .version: SmallFile.write("kling-server \(Serve.version)\n")
            case .check:
                guard !options.files.isEmpty else {
                    throw Options.Misuse("check needs a file, or - for standard input")
                }
                exit(try Check(options: options).run())
            case .doctor: exit(try Doctor(options: options).run())
            case .schema: exit(try SchemaCommand(options: options).run())
            case .serve: try Serve(options: options).run()
            }
        } catch {
            Log.say("\(error.message)\nkling-server --help lists commands and options.")
            exit(2)
        }
    }
}
