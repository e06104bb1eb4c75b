import JSON
import KlingCore
import RandomRequests

extension Properties {
    private var options: ValidationOptions { ValidationOptions(strict: input.seed % 4 == 0, edits: true) }

    private func validate(_ bytes: [UInt8]) -> (JSONTree, Validation) {
        let tree = JSONTree(bytes, options: input.options)
        return (tree, Validator.standard.validate(document: tree, options: options))
    }

    /// A request that a model page allows.
    mutating func allowed() {
        let tree = JSONTree(input.bytes, options: input.options)
        guard case .object(let request) = tree.value(tree.root) else {
            return expect(false, "what a page allows is an object")
        }
        let broken = RandomRequests.broken(of: Validator.standard.validate(document: tree), request)
        expect(broken == nil, "what a page allows is sent as it says", broken ?? "")
    }

    mutating func diagnostics(_ tree: JSONTree) -> Validation {
        let validation = Validator.standard.validate(document: tree, options: options)
        var last = 0
        for diagnostic in validation.diagnostics {
            expect(
                isInside(diagnostic.range), "a diagnostic lies in the text",
                "\(diagnostic.code) \(diagnostic.range)")
            expect(diagnostic.range.lowerBound >= last, "diagnostics come by position", diagnostic.code)
            last = diagnostic.range.lowerBound
            for place in diagnostic.related {
                expect(isInside(place.range), "a related place lies in the text", diagnostic.code)
            }
            expect(diagnostic.severity != .off, "what is off is not reported", diagnostic.code)
        }
        if !tree.isValid { expect(validation.hasErrors, "text that is no JSON has an error") }
        let plain = Validator.standard.validate(
            document: tree, options: ValidationOptions(strict: options.strict))
        expect(
            plain.diagnostics.map(\.code) == validation.diagnostics.map(\.code),
            "edits change nothing that is said")
        expect(
            plain.diagnostics.allSatisfy { $0.fixes.allSatisfy(\.edits.isEmpty) },
            "no edits when none are asked for")
        sent(validation)
        return validation
    }

    /// What would be sent has no error itself, and is sent as it is.
    private mutating func sent(_ validation: Validation) {
        guard !validation.hasErrors else { return }
        for request in validation.requests {
            let again = Validator.standard.validate(
                request.body, options: ValidationOptions(strict: options.strict))
            let codes = again.diagnostics.filter { $0.severity == .error }.map(\.code)
            expect(codes.isEmpty, "what would be sent has no error", "\(codes) \(request.body)")
            expect(again.normalized == request.body, "what would be sent is sent as it is", "\(request.body)")
            expect(again.summary != nil, "what would be sent is summed up")
        }
    }

    mutating func wire(_ tree: JSONTree, _ validation: Validation) {
        let lines = LineIndex(tree.source)
        for (locale, encoding) in zip(KlingCore.Locale.allCases, [PositionEncoding.utf16, .utf8]) {
            var writer = JSONWriter()
            validation.writeResult(locale: locale, lines: lines, encoding: encoding, into: &writer)
            // As deep as what it tells of may be, and its own shape around that.
            let result = JSONTree(writer.bytes, options: JSONOptions(maximumDepth: 1024))
            expect(result.isValid, "the result is JSON", String(decoding: writer.bytes, as: UTF8.self))
            let count = result.member("diagnostics", of: result.root).map { result.count($0) }
            expect(count == validation.diagnostics.count, "the result has every diagnostic")
        }
        for diagnostic in validation.diagnostics.prefix(200) {
            for locale in KlingCore.Locale.allCases {
                let message = diagnostic.message(locale)
                expect(
                    !message.isEmpty, "a message says something", diagnostic.code)
            }
        }
    }

    // MARK: Fixes

    private static let fixLimit = 40

    mutating func fixes(_ tree: JSONTree, _ validation: Validation) {
        let value: JSONValue? = tree.isValid ? .some(tree.value(tree.root)) : .none
        var left = Self.fixLimit
        for diagnostic in validation.diagnostics {
            for fix in diagnostic.fixes where left > 0 {
                left -= 1
                let name = "\(diagnostic.code): \(fix.title(.en))"
                expect(!fix.edits.isEmpty, "a fix of a text has edits", name)
                separate(fix.edits, name)
                let edited = TextEdit.apply(fix.edits, to: tree.source)
                expect(edited != tree.source, "a fix changes something", name)
                if let patch = fix.patch {
                    var writer = JSONWriter()
                    writer.patch(patch)
                    let written = JSONTree(writer.bytes)
                    expect(
                        (try? JSONPatchOperation.patch(from: written.value(written.root))) == patch,
                        "a patch is read as it is written", name)
                }
                guard let value else { continue }
                let (other, after) = validate(edited)
                let text = "\(name) → \(String(decoding: edited, as: UTF8.self))"
                expect(other.isValid, "a fixed document is JSON", text)
                if let patch = fix.patch {
                    let patched = try? value.applying(patch)
                    expect(patched != nil, "the patch of a fix applies", text)
                    expect(patched == other.value(other.root), "patch and edits of a fix agree", text)
                }
                guard fix.isPreferred else { continue }
                expect(
                    Self.count(of: diagnostic, in: after) < Self.count(of: diagnostic, in: validation),
                    "a preferred fix removes its problem", text)
                // Where an error is mended another may come to light: what was no list of clips had no clip too many.
                expect(
                    Self.errors(after) <= Self.errors(validation) || Self.isOpen(validation),
                    "a preferred fix adds no error", text)
            }
        }
    }

    private mutating func separate(_ edits: [TextEdit], _ name: String) {
        var end = 0
        for edit in edits {
            expect(isInside(edit.range), "an edit lies in the text", name)
            expect(edit.range.lowerBound >= end, "edits come one behind the other", name)
            end = edit.range.upperBound
        }
    }

    private static func errors(_ validation: Validation) -> Int {
        validation.diagnostics.count { $0.severity == .error }
    }

    /// Whether there are more problems than are listed, or which model is meant is guessed by the members: with one less, the
    /// others may be those of another model.
    private static func isOpen(_ validation: Validation) -> Bool {
        validation.diagnostics.contains {
            ["document.moreProblems", "model.missing", "model.unknown"].contains($0.code)
        }
    }

    /// How often the very same thing is said: two shadowed members have one path.
    private static func count(of diagnostic: Diagnostic, in validation: Validation) -> Int {
        validation.diagnostics.count {
            $0.code == diagnostic.code && $0.path == diagnostic.path
                && $0.message(.en) == diagnostic.message(.en)
        }
    }

    /// The preferred fixes, made as `check --fix` makes them, come to an end.
    mutating func convergence(_ first: Validation) {
        // A thousand missing brackets take as many rounds.
        let limit = chance.one(in: 10) ? 4096 : 600
        guard input.bytes.count <= limit, !first.diagnostics.isEmpty else { return }
        var bytes = input.bytes
        var validation = first
        var seen: Set<[UInt8]> = [bytes]
        let isValid = JSONTree(bytes, options: input.options).isValid
        while true {
            let edits = validation.fixesAtOnce.flatMap(\.fix.edits)
            if edits.isEmpty { break }
            bytes = TextEdit.apply(edits, to: bytes)
            guard seen.insert(bytes).inserted, seen.count < 1200 else {
                expect(false, "the preferred fixes come to an end", String(decoding: bytes, as: UTF8.self))
                return
            }
            validation = validate(bytes).1
        }
        guard isValid else { return }
        expect(
            Self.errors(validation) <= Self.errors(first) || Self.isOpen(first),
            "the preferred fixes together add no error", String(decoding: bytes, as: UTF8.self))
    }
}
