package import JSON
package import KlingCore

extension RandomRequests {
    /// What is wrong with how a request is taken that a model page allows: nothing, or a sentence. It has no error, what
    /// is sent for it is sent as it is, and its summary adds up.
    package static func broken(of validation: Validation, _ request: JSONObject) -> String? {
        let errors = validation.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else {
            return errors.map { "\($0.code) \($0.path): \($0.message(.en))" }.joined(separator: "; ")
        }
        guard let normalized = validation.normalized, let summary = validation.summary else {
            return "nothing would be sent"
        }
        let again = Validator.standard.validate(normalized)
        if again.hasErrors || again.normalized != normalized {
            return "what would be sent is not sent as it is"
        }
        if .string(summary.model) != request["model"] { return "another model" }
        if summary.billableSeconds != summary.durationSeconds { return "seconds are billed that nobody sees" }
        if let last = summary.shots.last, last.endSeconds != summary.durationSeconds {
            return "the shots do not add up"
        }
        return nil
    }
}
