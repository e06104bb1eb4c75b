import JSON
import KlingCore
import KlingService

/// `kling-server check`: the validator over files.
struct Check {
    enum Format: String, CaseIterable { case text, json }

    let options: Options

    /// Checks every file and writes the report. The exit status: 0, with errors 1, with a file that cannot be
    /// read 2.
    func run() -> Int32 {
        var status: Int32 = 0
        var json = JSONWriter(capacity: 1 << 16)
        json.beginObject()
        json.name("files")
        json.beginArray()
        var errors = 0
        var unread = 0
        for path in options.files {
            guard let bytes = path == "-" ? SmallFile.readAll(0) : SmallFile.read(path) else {
                Log.say("\(path): cannot be read: \(SmallFile.lastError)")
                status = 2
                unread += 1
                if options.checkFormat == .json {
                    json.value([
                        "path": .string(path), "valid": false, "diagnostics": [],
                        "error": .string("cannot be read: \(SmallFile.lastError)")
                    ])
                }
                continue
            }
            let document = DocumentSource(bytes: bytes, language: DocumentSource.Language(path: path))
            let settings = options.settings
            let validation = Validator.standard.validate(
                document: document.tree,
                options: ValidationOptions(
                    strict: settings.strict, severities: settings.severities, edits: true))
            errors += validation.diagnostics.count { $0.severity == .error }
            if !validation.isValid { status = max(status, 1) }
            switch options.checkFormat {
            case .json:
                json.beginObject()
                json.name("path")
                json.string(path)
                json.name("valid")
                json.bool(validation.isValid)
                json.name("diagnostics")
                validation.writeDiagnostics(
                    locale: settings.locale, lines: document.lines, encoding: .utf16, into: &json)
                json.endObject()
            case .text:
                for diagnostic in validation.diagnostics {
                    let position = document.lines.position(of: diagnostic.range.lowerBound, encoding: .utf32)
                    SmallFile.write(
                        "\(path):\(position.line + 1):\(position.character + 1): \(diagnostic.severity.rawValue): "
                            + "\(diagnostic.message(settings.locale)) [\(diagnostic.code)]\n")
                }
            }
        }
        json.endArray()
        json.endObject()
        switch options.checkFormat {
        case .json: SmallFile.write(String(decoding: json.bytes, as: UTF8.self) + "\n")
        case .text:
            SmallFile.write(
                "\(options.files.count - unread) checked, \(errors) errors"
                    + (unread > 0 ? ", \(unread) could not be read\n" : "\n"))
        }
        return status
    }
}
