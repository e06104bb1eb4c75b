package import JSON

/// What a request would make, in short (wire contract, "summary").
public struct RequestSummary: Sendable, Hashable {
    public var model: String
    public var kind: Kind
    /// The height class: `720p`, `1080p`, `4k`.
    public var resolution: String
    /// Nil when an edited clip's own length decides.
    public var durationSeconds: Int?
    /// The storyboard's timeline; empty for a video of one piece.
    public var shots: [Shot]
    public var audio: Bool
    /// Seconds that will be charged; nil where they are not known before.
    public var billableSeconds: Int?
    /// The prompt as the gateway will read it; nil when only the shots' own prompts count.
    public var effectivePrompt: String?
    /// A first guess of the time the work takes; nil where nothing is known.
    public var estimateSeconds: Int?

    /// Raw values are the wire's.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case textToVideo = "text-to-video"
        case firstFrame = "first-frame"
        case firstLastFrame = "first-last-frame"
        case reference
        case videoEdit = "video-edit"
        case videoFeature = "video-feature"
        case multiShot = "multi-shot"
    }

    /// One shot on the timeline.
    public struct Shot: Sendable, Hashable {
        public var index: Int
        public var startSeconds: Int
        public var endSeconds: Int
        public var prompt: String
    }

    init(_ view: RequestView) {
        let tree = view.tree
        model = view.table.model.name
        kind = view.kind
        resolution = view.resolution
        durationSeconds = view.knownDuration
        audio = view.hasAudio
        billableSeconds = durationSeconds
        shots = []
        view.forEachShot { node, index, start, end in
            shots.append(
                Shot(index: index, startSeconds: start, endSeconds: end, prompt: tree.string(node) ?? ""))
        }
        if view.storyboard != .customize, let prompt = view.string(.prompt) {
            effectivePrompt = (view.needsImageTag ? "<<<image_1>>>" : "") + (tree.string(prompt) ?? "")
        }
        estimateSeconds = view.estimateSeconds(mode: view.modeNumber)
    }
}

extension RequestView {
    /// The summary, straight from the tree. Its shape is known, so it is put together from whole pieces.
    package func writeSummary(into writer: inout JSONWriter) {
        let mode = modeNumber
        let duration = knownDuration
        writer.literal("{\"model\":")
        writer.append(table.wireName)
        writer.append(",\"kind\":\"")
        writer.append(kind.word)
        writer.append("\",\"resolution\":")
        if mode < table.modes.count {
            writer.append(table.modes[mode].wireResolution)
        } else {
            writer.append("\"\"")
        }
        writer.append(",\"durationSeconds\":")
        writer.append(duration)
        writer.append(",\"shots\":[")
        writeShots(into: &writer)
        if hasAudio { writer.append("],\"audio\":true") } else { writer.append("],\"audio\":false") }
        writer.append(",\"billableSeconds\":")
        writer.append(duration)
        writer.append(",\"effectivePrompt\":")
        if storyboard != .customize, let prompt = string(.prompt) {
            if needsImageTag { writer.append("\"<<<image_1>>>") } else { writer.append("\"") }
            writer.append(contentOf: prompt, of: tree)
            writer.append("\"")
        } else {
            writer.append("null")
        }
        writer.append(",\"estimateSeconds\":")
        writer.append(estimateSeconds(mode: mode))
        writer.append("}")
    }

    private func writeShots(into writer: inout JSONWriter) {
        var isFirst = true
        forEachShot { prompt, index, start, end in
            if isFirst { writer.append("{\"index\":") } else { writer.append(",{\"index\":") }
            isFirst = false
            writer.append(index)
            writer.append(",\"startSeconds\":")
            writer.append(start)
            writer.append(",\"endSeconds\":")
            writer.append(end)
            writer.append(",\"prompt\":\"")
            writer.append(contentOf: prompt, of: tree)
            writer.append("\"}")
        }
    }

    package var kind: RequestSummary.Kind {
        if storyboard != .none { return .multiShot }
        switch clip {
        case .base: return .videoEdit
        case .feature: return .videoFeature
        case .undecided, nil: break
        }
        let images = count(.imageURLs)
        if images > 0, table.references == .imageTags { return .reference }
        switch images {
        case 0:
            return count(.elementList) > 0 && table.takes.contains(.elementList) ? .reference : .textToVideo
        case 1: return .firstFrame
        default: return .firstLastFrame
        }
    }

    /// What the clip of `video_list` is for.
    enum Clip {
        case base, feature
        /// `refer_type` says something else, so that neither's rules are sure to hold.
        case undecided
    }

    var clip: Clip? {
        guard table.takes.contains(.videoList) else { return nil }
        var clips = list(.videoList)
        guard let first = clips.next(in: tree), tree.kind(first) == .object else { return nil }
        let entry = EntryView(first, in: tree, names: EntryView.video)
        guard let type = entry[.referType], !isIdle(type) else { return .base }
        if tree.string(type, equals: "feature") { return .feature }
        return tree.string(type, equals: "base") ? .base : .undecided
    }

    var resolution: String {
        modeNumber < table.modes.count ? table.modes[modeNumber].resolution : ""
    }

    /// The mode in force among the model's; the first, which is the default of both pages, where none is
    /// given.
    var modeNumber: Int {
        guard let mode = string(.mode) else { return 0 }
        return table.choices[Field.mode.rawValue]?.number(of: mode, in: tree) ?? 0
    }

    /// The seconds of the video; nil when an edited clip decides.
    var knownDuration: Int? { clip == .base ? nil : duration }

    var hasAudio: Bool {
        if isTrue(.audio) { return table.takes.contains(.audio) }
        guard table.takes.contains(.videoList) else { return false }
        var clips = list(.videoList)
        guard let first = clips.next(in: tree), tree.kind(first) == .object else { return false }
        return EntryView(first, in: tree, names: EntryView.video)[.keepSound].map {
            tree.string($0, equals: "yes")
        }
            ?? false
    }

    func estimateSeconds(mode: Int) -> Int? {
        guard mode < table.modes.count else { return nil }
        // An edited clip decides for itself: as long as the shortest, for all that is known.
        return table.modes[mode].timing?.seconds(duration: knownDuration ?? 5)
    }

    /// The shots of a storyboard that the request itself writes, on the timeline.
    /// - Parameter body: gets the prompt, the number, and the seconds at the start and the end.
    func forEachShot(_ body: (JSONTree.Index, Int, Int, Int) -> Void) {
        guard storyboard == .customize else { return }
        var entries = list(.multiPrompt)
        var start = 0
        while let node = entries.next(in: tree) {
            let shot = EntryView(node, in: tree, names: EntryView.shot)
            guard let prompt = shot[.prompt], let seconds = shot[.duration].flatMap({ tree.int($0) }),
                (1...1000).contains(seconds), start < 1_000_000
            else { continue }
            body(prompt, shot[.index].flatMap { tree.int($0) } ?? 0, start, start + seconds)
            start += seconds
        }
    }
}

extension RequestSummary.Kind {
    fileprivate var word: StaticString {
        switch self {
        case .textToVideo: "text-to-video"
        case .firstFrame: "first-frame"
        case .firstLastFrame: "first-last-frame"
        case .reference: "reference"
        case .videoEdit: "video-edit"
        case .videoFeature: "video-feature"
        case .multiShot: "multi-shot"
        }
    }
}

extension JSONWriter {
    /// Digits or null, without a separator.
    fileprivate mutating func append(_ value: Int?) {
        if let value { appendDecimal(value) } else { append("null") }
    }

    /// A string of a tree, without its quotes.
    fileprivate mutating func append(contentOf index: JSONTree.Index, of tree: borrowing JSONTree) {
        if tree.isSafeToCopy(index) {
            append(tree.contentRange(index), of: tree)
        } else {
            tree.withContent(index) { appendEscaped($0) }
        }
    }
}
