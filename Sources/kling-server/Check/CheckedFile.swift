import JSON
import KlingCore
import KlingService

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One file with what the validator says of it, after its fixes when they were asked for.
struct CheckedFile: Sendable {
    enum Outcome: Sendable {
        case unreadable
        case checked(DocumentSource, Validation)
    }

    /// What the system did not let happen. The reason is in its words.
    enum Trouble: Sendable {
        case unreadable(String)
        /// The fixes are not in the file, which is as it was.
        case unwritable(String)

        func words(_ locale: Locale) -> String {
            switch (self, locale) {
            case (.unreadable(let reason), .en): "cannot be read: \(reason)"
            case (.unreadable(let reason), .zh): "无法读取：\(reason)"
            case (.unwritable(let reason), .en): "the fixes cannot be written: \(reason)"
            case (.unwritable(let reason), .zh): "修正无法写入：\(reason)"
            }
        }
    }

    /// As given; `-` is standard input.
    let path: String
    let outcome: Outcome
    let trouble: Trouble?
    /// What was mended in the text, in the order of mending.
    private(set) var mended: [Mended] = []

    /// A fix that was made, and where the problem stands in the text as it was given.
    struct Mended: Sendable {
        let diagnostic: Diagnostic
        let fix: Fix
        let line: Int
        /// Characters before it on its line.
        let character: Int
    }

    /// Passes over one text: a fix may bring the next problem to light, and of a great many problems each pass fixes some.
    private static let passes = 1000

    /// How files are looked at.
    struct Manner: Sendable {
        let language: DocumentSource.Language?
        let fixes: Bool
        var validation: ValidationOptions
        /// Values and names read of a file; more is a problem that is reported.
        let values: Int

        init(_ options: Options) {
            language = options.language
            fixes = options.fixes
            // Some fixes are changes of the text and nothing else.
            var validation = ValidationOptions(
                strict: options.settings.strict, severities: options.settings.severities, edits: true)
            validation.listsAll = true
            validation.showsFixes =
                !fixes && options.checkFormat != .json && options.checkFormat != .sarif
            self.validation = validation
            values = options.fileValues
        }
    }

    init(_ path: String, _ manner: Manner) {
        self.path = path
        guard var bytes = path == "-" ? SmallFile.readAll(0) : SmallFile.read(path) else {
            trouble = .unreadable(SmallFile.lastError)
            outcome = .unreadable
            return
        }
        let language = manner.language ?? DocumentSource.Language(path: path)
        var manner = manner
        manner.validation.isUnnamed = path == "-"
        var (document, validation) = Self.look(at: bytes, language, manner)
        var trouble: Trouble?
        if manner.fixes {
            let original = (bytes, document, validation)
            var passes: [EditOrigins] = []
            for _ in 0..<Self.passes {
                let safe = validation.fixesAtOnce
                guard !safe.isEmpty else { break }
                for (diagnostic, fix) in safe {
                    let origin = passes.reversed().reduce(diagnostic.range.lowerBound) { $1.origin(of: $0) }
                    let start = original.1.lines.position(of: origin, encoding: .utf32)
                    mended.append(
                        Mended(diagnostic: diagnostic, fix: fix, line: start.line, character: start.character)
                    )
                }
                let edits = safe.flatMap(\.fix.edits)
                passes.append(EditOrigins(edits))
                bytes = TextEdit.apply(edits, to: bytes)
                (document, validation) = Self.look(at: bytes, language, manner)
            }
            let isWritten =
                if path == "-" { SmallFile.write(bytes) } else {
                    bytes == original.0 || SmallFile.replace(path, with: bytes)
                }
            if !isWritten {
                trouble = .unwritable(SmallFile.lastError)
                // What is said is about what is there.
                (bytes, document, validation) = original
                mended = []
            }
        }
        self.trouble = trouble
        outcome = .checked(document, validation)
    }

    private static func look(
        at bytes: [UInt8], _ language: DocumentSource.Language, _ manner: Manner
    ) -> (DocumentSource, Validation) {
        let document = DocumentSource(bytes: bytes, language: language, values: manner.values)
        return (document, Validator.standard.validate(document: document.tree, options: manner.validation))
    }
}

/// How many threads of work the machine runs at once.
enum ProcessorCount {
    static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
