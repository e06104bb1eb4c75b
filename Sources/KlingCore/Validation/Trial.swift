import JSON

/// Trials: what a fix would do to a request, before it is offered.
extension RequestView {
    /// Whether a patch adds no error; nil when that would be too much to try.
    /// - Parameter wrapped: the value that the patch puts into a list, as its only entry.
    func addsNoError(
        _ patch: [JSONPatchOperation], _ findings: inout Findings, wrapping wrapped: JSONPointer? = nil
    ) -> Bool? {
        guard findings.mayTry(tree.range(object).count) else { return nil }
        guard let patched = patched(patch) else { return false }
        let known = known(&findings)
        return Self.errors(patched.trial()).isSubset(of: Self.errors(known, moved: patch, into: wrapped))
    }

    /// The first error that a patch brings, as part of a sentence; nil for none, and when that would be too much to try.
    func firstError(after patch: [JSONPatchOperation], _ findings: inout Findings) -> Fact? {
        guard findings.mayTry(tree.range(object).count), let patched = patched(patch) else { return nil }
        let known = Self.errors(known(&findings))
        let new = patched.trial().first {
            $0.severity == .error && !known.contains(Failure(code: $0.code, path: $0.path))
        }
        return new.map { .words(LocalizedText(en: $0.message(.en), zh: $0.message(.zh))) }
    }

    /// What the rules find wrong as it is.
    func known(_ findings: inout Findings) -> [Diagnostic] {
        if let known = findings.known { return known }
        let found = trial()
        findings.known = found
        return found
    }

    /// Whether the request has no error for another model that it has not as it is read.
    func addsNoError(as other: ModelTable) -> Bool {
        let changed = RequestView(tree, at: object, tables: tables, as: other).trial()
        return Self.errors(changed).isSubset(of: Self.errors(trial()))
    }

    /// The request as a patch makes it; nil when the patch does not apply.
    func patched(_ patch: [JSONPatchOperation], as other: ModelTable? = nil) -> RequestView? {
        guard let value = try? tree.value(object).applying(patch) else { return nil }
        var writer = JSONWriter()
        writer.value(value)
        let copy = JSONTree(writer.bytes)
        return RequestView(copy, at: copy.root, tables: tables, as: other ?? table)
    }

    /// What the rules find wrong, without fixes.
    func trial() -> [Diagnostic] {
        var findings = Findings(options: ValidationOptions(), bytes: 0, isTrial: true)
        for rule in table.rules where !rule.trigger.isDisjoint(with: mentioned) {
            rule.check(self, &findings)
        }
        return findings.diagnostics
    }

    private struct Failure: Hashable {
        let code: String
        let path: JSONPointer
    }

    /// The errors; of what the patch moves, at the place it is moved to.
    private static func errors(
        _ found: [Diagnostic], moved patch: [JSONPatchOperation] = [], into list: JSONPointer? = nil
    ) -> Set<Failure> {
        var moves: [JSONPointer: JSONPointer] = [:]
        for case .move(let from, let to) in patch { moves[from] = to }
        var errors: Set<Failure> = []
        for found in found where found.severity == .error {
            errors.insert(Failure(code: found.code, path: moves[found.path] ?? found.path))
            if let list, list.contains(found.path) {
                errors.insert(Failure(code: found.code, path: found.path.entering(list)))
            }
        }
        return errors
    }
}

extension JSONPointer {
    /// The same place once `list` holds what it was as its first entry.
    fileprivate func entering(_ list: JSONPointer) -> JSONPointer {
        JSONPointer(tokens: list.tokens + ["0"] + tokens.dropFirst(list.tokens.count))
    }
}
