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
        estimateSeconds = view.estimateSeconds
    }
}

extension RequestView {
    /// The summary, straight from the tree.
    package func writeSummary(into writer: inout JSONWriter) {
        let mode = modeNumber
        let duration = knownDuration
        writer.beginObject()
        writer.part("\"model\":")
        writer.bytes.append(contentsOf: table.wireName)
        writer.part(",\"kind\":\"")
        writer.part(kind.word)
        writer.part("\",\"resolution\":")
        if mode < table.modes.count {
            writer.bytes.append(contentsOf: table.modes[mode].wireResolution)
        } else {
            writer.part("\"\"")
        }
        writer.part(",\"durationSeconds\":")
        writer.part(duration)
        writer.part(",\"shots\":[")
        writeShots(into: &writer)
        writer.part("],\"audio\":")
        if hasAudio { writer.part("true") } else { writer.part("false") }
        writer.part(",\"billableSeconds\":")
        writer.part(duration)
        writer.part(",\"effectivePrompt\":")
        if storyboard != .customize, let prompt = string(.prompt) {
            writer.part(string: prompt, of: tree, prefix: needsImageTag ? "<<<image_1>>>" : "")
        } else {
            writer.part("null")
        }
        writer.part(",\"estimateSeconds\":")
        writer.part(estimateSeconds)
        writer.endObject()
    }

    private func writeShots(into writer: inout JSONWriter) {
        var isFirst = true
        forEachShot { prompt, index, start, end in
            if isFirst { writer.part("{\"index\":") } else { writer.part(",{\"index\":") }
            isFirst = false
            writer.part(index)
            writer.part(",\"startSeconds\":")
            writer.part(start)
            writer.part(",\"endSeconds\":")
            writer.part(end)
            writer.part(",\"prompt\":")
            writer.part(string: prompt, of: tree)
            writer.part("}")
        }
    }

    package var kind: RequestSummary.Kind {
        if storyboard != .none { return .multiShot }
        switch clip {
        case .base: return .videoEdit
        case .feature: return .videoFeature
        case nil: break
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
    enum Clip { case base, feature }

    var clip: Clip? {
        guard table.takes.contains(.videoList) else { return nil }
        var clips = list(.videoList)
        guard let first = clips.next(in: tree), tree.kind(first) == .object else { return nil }
        let entry = EntryView(first, in: tree, names: EntryView.video)
        if let type = entry[.referType], tree.string(type, equals: "feature") { return .feature }
        return .base
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

    var estimateSeconds: Int? {
        let mode = modeNumber
        guard mode < table.modes.count else { return nil }
        return table.modes[mode].timing?.seconds(duration: duration ?? 5)
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

/// Parts of an object whose shape is known: no separators are worked out. The caller begins and ends the
/// object.
extension JSONWriter {
    mutating func part(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func part(_ value: Int?) { if let value { appendDecimal(value) } else { part("null") } }

    /// A string of a tree, with text before it that needs no escapes.
    mutating func part(string index: JSONTree.Index, of tree: JSONTree, prefix: StaticString = "") {
        part("\"")
        part(prefix)
        if tree.kind(index) == .string, tree.isSafeToCopy(index) {
            bytes.append(contentsOf: tree.source[tree.contentRange(index)])
        } else {
            tree.withContent(index) { appendEscaped($0) }
        }
        part("\"")
    }
}
