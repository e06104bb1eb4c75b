import JSON

/// Trials: what a fix would do to a request, before it is offered.
extension RequestView {
    /// Whether a patch adds no error; nil when that would be too much to try.
    func addsNoError(_ patch: [JSONPatchOperation], _ findings: inout Findings) -> Bool? {
        guard findings.mayTry(tree.range(object).count) else { return nil }
        guard let patched = patched(patch) else { return false }
        return patched.errors().isSubset(of: errors(moved: patch))
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
    private func errors(moved patch: [JSONPatchOperation] = []) -> Set<Failure> {
        var moves: [JSONPointer: JSONPointer] = [:]
        for case .move(let from, let to) in patch { moves[from] = to }
        return Set(
            trial().filter { $0.severity == .error }.map {
                Failure(code: $0.code, path: moves[$0.path] ?? $0.path)
            })
    }
}
