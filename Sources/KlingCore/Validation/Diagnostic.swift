public import JSON

/// One problem of a request, as facts; words are made of it by locale.
public struct Diagnostic: Sendable, Hashable {
    /// The stable name of what is wrong, such as `duration.quoted`.
    public var code: String { sentence.code }
    public let severity: Severity
    /// Where, from the validated request or document; of something missing, its container.
    public let path: JSONPointer
    /// The bytes of the text concerned.
    public internal(set) var range: Range<Int>
    /// What may be done about it, the best first.
    public internal(set) var fixes: [Fix]
    /// The values allowed here: a list, or limits by the names of JSON Schema.
    public let allowed: JSONValue?
    /// Other places that have to do with it.
    public internal(set) var related: [RelatedPlace]

    package let sentence: Message
    package let facts: Facts
    let line: SourceLine?

    /// What is wrong and what to do, for a person.
    public func message(_ locale: Locale) -> String { Phrase(sentence.words, facts).text(locale) }

    /// The line of the model page or the specification's clause behind the rule.
    public var source: String { sentence.source ?? line?.description ?? "both pages, request parameters" }
}

/// A change that removes a problem.
public struct Fix: Sendable, Hashable {
    package let title: Phrase
    /// From the validated request or document; nil where a patch cannot say it.
    package internal(set) var patch: [JSONPatchOperation]?
    /// The same as the least change of text; empty when the problem was not found in a text.
    public internal(set) var edits: [TextEdit]
    /// Safe to make without asking.
    public internal(set) var isPreferred: Bool

    package init(
        _ title: LocalizedText, _ facts: Facts = [:], patch: [JSONPatchOperation]?, edits: [TextEdit] = [],
        preferred: Bool = false
    ) {
        self.title = Phrase(title, facts)
        self.patch = patch
        self.edits = edits
        isPreferred = preferred
    }

    public func title(_ locale: Locale) -> String { title.text(locale) }
}

/// A place that has to do with a problem.
public struct RelatedPlace: Sendable, Hashable {
    public let path: JSONPointer
    public internal(set) var range: Range<Int>
    package let note: Phrase

    public func message(_ locale: Locale) -> String { note.text(locale) }
}
