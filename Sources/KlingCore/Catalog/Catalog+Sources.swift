/// Where the rules come from that hold for several parameters.
extension Catalog {
    /// The lines of the pages that a sentence without a source of its own may cite: those of the parameters it speaks of.
    package func sources(of message: Message) -> [SourceLine] {
        let all = models.flatMap { Self.flattened($0.parameters) }
        let ranges = all.filter { $0.rangeMessage?.code == message.code }
        if !ranges.isEmpty { return ranges.map(\.source) }
        guard let subjects = Self.subjects[message.code] else {
            return models.flatMap { $0.parameters.map(\.source) }
        }
        return all.map(\.source).filter { subjects.contains($0.section) }
    }

    /// What a code speaks of, as the sources call it; of a code that is not here, any parameter.
    private static let subjects: [String: [String]] = [
        "aspectRatio.ignored": ["aspect_ratio"],
        "image.private": ["image_urls", "element_list.element_input_urls"],
        "image.url": ["image_urls", "element_list.element_input_urls"],
        "parameter.frameField": ["image_urls"],
        "prompt.missing": ["prompt"],
        "shots.ignored": ["multi_prompt", "shot_type"]
    ]

    private static func flattened(_ parameters: [Parameter]) -> [Parameter] {
        parameters.flatMap { parameter in
            guard case .array(.object(let members), _) = parameter.type else { return [parameter] }
            return [parameter] + flattened(members)
        }
    }
}
