import KlingService
import KlingSimulator

/// `kling-server schema`: prints or writes what `protocol/` holds.
struct SchemaCommand {
    let options: Options

    /// - Returns: the exit status: 0, or 2 when something cannot be written.
    func run() throws(Options.Misuse) -> Int32 {
        if let folder = options.destination {
            guard options.files.isEmpty else {
                throw Options.Misuse("--write writes all of it: name nothing beside DIR")
            }
            return write(to: folder)
        }
        guard let name = options.files.first else {
            SmallFile.write(ProtocolDocument.all.map { $0.name + "\n" }.joined())
            return 0
        }
        let names = ProtocolDocument.all.map(\.name)
        guard options.files.count == 1, let document = ProtocolDocument.all.first(where: { $0.name == name })
        else {
            throw Options.Misuse("schema prints one of \(names.joined(separator: ", "))")
        }
        SmallFile.write(document.text(version: Serve.version))
        return 0
    }

    /// What `--simulate fault=…` takes.
    private static var faults: [[String]] {
        [["fault", "where", "what happens"]]
            + SimulatorSpec.Name.allCases.map { fault in
                [
                    "`\(fault.rawValue)`",
                    fault.places.isEmpty ? "the task" : fault.places.map(\.rawValue).joined(separator: ", "),
                    fault.documentation
                ]
            }
    }

    private func write(to folder: String) -> Int32 {
        for document in ProtocolDocument.all {
            let path = folder + "/" + document.path
            guard SmallFile.makeDirectories(above: path),
                SmallFile.put(path, Array(document.text(version: Serve.version).utf8))
            else { return fail(path) }
        }
        // The tables of the page that is there; without one there is nothing to write them in.
        let page = folder + "/README.md"
        guard let bytes = SmallFile.read(page) else { return 0 }
        let (text, problem) = ReadmeTables.update(
            String(decoding: bytes, as: UTF8.self), others: ["faults": Self.faults])
        if let problem {
            Log.say("\(page): there is no table called \(problem), or it has no end")
            return 2
        }
        return SmallFile.put(page, Array(text.utf8)) ? 0 : fail(page)
    }

    private func fail(_ path: String) -> Int32 {
        Log.say("\(path) cannot be written: \(SmallFile.lastError)")
        return 2
    }
}
