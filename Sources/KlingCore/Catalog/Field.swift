/// The members of a request that a rule asks about by name. A model may take others as well; those are known
/// to the catalogue alone.
///
/// The raw value is the member's slot in a ``RequestView``.
package enum Field: Int, Sendable, CaseIterable {
    case model, prompt, negativePrompt, mode, duration, aspectRatio, imageURLs, watermark, audio
    case multiShot, shotType, multiPrompt, elementList, videoList

    package var name: String { label.description }

    /// The wire spelling.
    package var label: StaticString {
        switch self {
        case .model: "model"
        case .prompt: "prompt"
        case .negativePrompt: "negative_prompt"
        case .mode: "mode"
        case .duration: "duration"
        case .aspectRatio: "aspect_ratio"
        case .imageURLs: "image_urls"
        case .watermark: "watermark"
        case .audio: "audio"
        case .multiShot: "multi_shot"
        case .shotType: "shot_type"
        case .multiPrompt: "multi_prompt"
        case .elementList: "element_list"
        case .videoList: "video_list"
        }
    }
}

/// A set of slots, and of what else can be said of a request at a glance (``FieldSet/always`` and its like).
package struct FieldSet: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(_ field: Field) { rawValue = 1 << UInt64(field.rawValue) }
    init(slot: Int) { rawValue = 1 << UInt64(truncatingIfNeeded: slot & 31) }

    package static let prompt = FieldSet(Field.prompt)
    package static let mode = FieldSet(Field.mode)
    package static let duration = FieldSet(Field.duration)
    package static let imageURLs = FieldSet(Field.imageURLs)
    package static let multiShot = FieldSet(Field.multiShot)
    package static let shotType = FieldSet(Field.shotType)
    package static let multiPrompt = FieldSet(Field.multiPrompt)
    package static let elementList = FieldSet(Field.elementList)
    package static let videoList = FieldSet(Field.videoList)
    package static let aspectRatio = FieldSet(Field.aspectRatio)
    package static let negativePrompt = FieldSet(Field.negativePrompt)

    func contains(_ field: Field) -> Bool { contains(FieldSet(field)) }
    func contains(slot: Int) -> Bool { contains(FieldSet(slot: slot)) }
}

/// The members of one entry of `multi_prompt`.
package enum ShotField: String, Sendable, CaseIterable { case index, prompt, duration }

/// The members of one entry of `element_list`.
package enum ElementField: String, Sendable, CaseIterable {
    case name, description
    case imageURLs = "element_input_urls"
    /// Announced by the page ("two ways"), not documented.
    case id = "element_id"
}

/// The members of one entry of `video_list`.
package enum VideoField: String, Sendable, CaseIterable {
    case url = "video_url"
    case referType = "refer_type"
    case keepSound = "keep_original_sound"
}
