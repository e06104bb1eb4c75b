import JSON

extension Validation {
    /// The preferred fixes that can be made at once: each, by position, that touches no edit of those before. What is left is
    /// offered again by the next validation.
    package var fixesAtOnce: [(of: Diagnostic, fix: Fix)] {
        var taken: [Range<Int>] = []
        func isFree(_ edit: TextEdit) -> Bool {
            taken.allSatisfy {
                edit.range.upperBound < $0.lowerBound || $0.upperBound < edit.range.lowerBound
            }
        }
        var fixes: [(of: Diagnostic, fix: Fix)] = []
        for diagnostic in diagnostics {
            guard let fix = diagnostic.fixes.first(where: \.isPreferred), !fix.edits.isEmpty,
                fix.edits.allSatisfy(isFree)
            else { continue }
            taken += fix.edits.map(\.range)
            fixes.append((diagnostic, fix))
        }
        return fixes
    }
}
