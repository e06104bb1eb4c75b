package import JSON

/// What a generated schema speaks.
package enum SchemaLanguage: Sendable, Hashable {
    case one(Locale)
    /// English, with the Chinese beside it under a name of its own, `x-description-zh`: the form that is
    /// published.
    case both

    package func put(_ text: LocalizedText, as name: String, into schema: inout JSONObject) {
        switch self {
        case .one(let locale): schema[name] = .string(text[locale])
        case .both:
            schema[name] = .string(text.en)
            schema["x-\(name)-zh"] = .string(text.zh)
        }
    }

    func put(_ texts: [LocalizedText], as name: String, into schema: inout JSONObject) {
        switch self {
        case .one(let locale): schema[name] = .array(texts.map { .string($0[locale]) })
        case .both:
            schema[name] = .array(texts.map { .string($0.en) })
            schema["x-\(name)-zh"] = .array(texts.map { .string($0.zh) })
        }
    }
}
