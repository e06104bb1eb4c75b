/// One thing the validator looks at.
///
/// A rule is a value in the table of its topic. It is skipped without a call when none of its fields is in
/// the request, and left out altogether for models that it does not concern.
package struct Rule: Sendable {
    /// The codes it can report.
    package let codes: [String]
    let trigger: FieldSet
    let applies: @Sendable (Model) -> Bool
    let check: @Sendable (RequestView, inout Findings) -> Void

    /// - Parameters:
    ///   - fields: the rule is asked when one of them is written in the request.
    ///   - applies: whether the rule concerns a model; by what the model takes, never by its name.
    package init(
        _ codes: String..., when fields: FieldSet,
        for applies: @escaping @Sendable (Model) -> Bool = { _ in true },
        check: @escaping @Sendable (RequestView, inout Findings) -> Void
    ) {
        self.codes = codes
        trigger = fields
        self.applies = applies
        self.check = check
    }

    /// Every rule, by topic.
    package static let standard: [Rule] =
        documentRules + scalarRules + imageRules + shotRules + elementRules + referenceRules + videoRules
}

extension FieldSet {
    /// Slots for parameters; the other bits are the flags below.
    static let slotCount = 32
    /// Set in every request.
    static let always = FieldSet(rawValue: 1 << 63)
    /// Set when a request holds a member that is no parameter of any model, or one twice.
    static let irregular = FieldSet(rawValue: 1 << 62)
    /// Set when a parameter is null or empty.
    static let idle = FieldSet(rawValue: 1 << 61)
    /// Set when the model does not take one of the parameters.
    static let otherModel = FieldSet(rawValue: 1 << 60)
    /// Set when the model is missing or unknown.
    static let noModel = FieldSet(rawValue: 1 << 59)
    /// Set when there is no text to make a video from.
    static let promptless = FieldSet(rawValue: 1 << 58)
}

extension Model {
    func takes(_ field: Field) -> Bool { parameter(field) != nil }
}
