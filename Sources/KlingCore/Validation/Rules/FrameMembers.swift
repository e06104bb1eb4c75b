import JSON

/// Members that name a single frame of the video: their pictures belong into `image_urls`, whose order says which frame each
/// one is.
extension RequestView {
    func reportFrame(
        _ key: JSONTree.Index, _ value: JSONTree.Index, _ frame: Vocabulary.Frame, _ findings: inout Findings
    ) {
        let name = tree.string(key) ?? ""
        guard tree.kind(value) != .null else {
            // No picture at all: nothing is lost, and nothing is sent.
            let place = Place(
                tokens: [name], range: tree.range(value), line: table.parameter(.imageURLs)?.source)
            return findings.report(
                .parameterNull, at: place, in: self, ["name": .text(name)],
                fixes: [Fix(.remove, ["name": .text(name)], patch: [.remove(place.pointer)], preferred: true)]
            )
        }
        if findings.skips(.parameterFrameField) { return }
        let child = Place(tokens: [name], range: tree.range(key), line: table.parameter(.imageURLs)?.source)
        var facts: Facts = [
            "name": .text(name), "model": .text(model.name), "maximum": .int(frameLimit)
        ]
        var message = Message.parameterFrameField
        var fixes: [Fix] = []
        if isAmongImages(value, frame) {
            message = .parameterFrameFieldTwice
            fixes = [Fix(.remove, ["name": .text(name)], patch: [.remove(child.pointer)], preferred: true)]
        } else if findings.worksOutFixes {
            switch framePatch() {
            case .patch(let patch, let isLastAlone, let isPlain):
                if isLastAlone { message = .parameterFrameFieldLast }
                fixes = [Fix(isPlain ? .moveToImages : .moveAsFirst, patch: patch, preferred: isPlain)]
            case .tooMany: message = .parameterFrameFieldFull
            case .unclear:
                if let fault = fault(of: value) {
                    message = .parameterFrameFieldAddress
                    facts["fault"] = .words(fault.words)
                }
            }
            if fixes.isEmpty {
                fixes = [Fix(.removePicture, ["name": .text(name)], patch: [.remove(child.pointer)])]
            }
        }
        findings.report(message, at: child, in: self, facts, fixes: fixes)
    }

    /// Whether the picture stands where it belongs already: for a first frame, or one that does not say which, at the front of
    /// the list; for a last one, at its second place.
    private func isAmongImages(_ value: JSONTree.Index, _ frame: Vocabulary.Frame) -> Bool {
        guard !aliased.contains(.imageURLs), let address = pictureAddress(value) else { return false }
        var images = list(.imageURLs)
        let (first, second) = (images.next(in: tree), images.next(in: tree))
        return (frame == .last ? second : first).map { tree.value($0) == address } ?? false
    }

    /// What keeps the value of such a member out of `image_urls`, if its form does.
    private func fault(of value: JSONTree.Index) -> URLFault? {
        if pictureAddress(value) != nil { return nil }
        guard tree.kind(value) == .string else { return tree.kind(value) == .array ? nil : .notString }
        return tree.withContent(value) { URLExamination($0).fault }
    }

    /// A good address: text, the only text of a list, or the `url` of an object.
    func pictureAddress(_ value: JSONTree.Index) -> JSONValue? {
        switch tree.kind(value) {
        case .string:
            guard tree.withContent(value, { URLExamination($0).fault }) == nil else { return nil }
            return tree.value(value)
        case .array where tree.count(value) == 1:
            var elements = tree.elements(value)
            guard let only = elements.next(in: tree), tree.kind(only) == .string else { return nil }
            return pictureAddress(only)
        case .object:
            guard let url = tree.member("url", of: value), tree.kind(url) == .string else { return nil }
            return pictureAddress(url)
        default: return nil
        }
    }

    private enum Move {
        /// Plain when every picture stays the frame that it was.
        case patch([JSONPatchOperation], isLastAlone: Bool, isPlain: Bool)
        case tooMany, unclear
    }

    /// The pictures that single-frame members hold; nil when one of them is no good address or may be either frame.
    private func frames() -> (names: [String], first: [JSONValue], last: [JSONValue])? {
        var found: (names: [String], first: [JSONValue], last: [JSONValue]) = ([], [], [])
        func take(_ url: JSONTree.Index, isLast: Bool) -> Bool {
            guard let address = pictureAddress(url) else { return false }
            if isLast { found.last.append(address) } else { found.first.append(address) }
            return true
        }
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = tables.names.number(of: key, in: tree),
                case .frame(let frame)? = tables.word(number)
            else { continue }
            if tree.kind(value) == .null { continue }
            found.names.append(tree.string(key) ?? "")
            switch frame {
            case .first, .last:
                guard take(value, isLast: frame == .last) else { return nil }
            case .either:
                guard tree.kind(value) == .array, tree.count(value) <= 2 else { return nil }
                var entries = tree.elements(value)
                while let entry = entries.next(in: tree) {
                    guard let isLast = role(entry), take(entry, isLast: isLast) else { return nil }
                }
            }
        }
        return found
    }

    /// Whether an entry of `image_with_roles` is the last frame; nil when it does not say.
    private func role(_ entry: JSONTree.Index) -> Bool? {
        guard tree.kind(entry) == .object, let role = tree.member("role", of: entry) else { return nil }
        switch tree.string(role) {
        case "first_frame": return false
        case "last_frame": return true
        default: return nil
        }
    }

    /// A clip takes no pair of frames (kling-video-o1 page, `video_list`).
    private var frameLimit: Int {
        guard clip == nil else { return 1 }
        return table.count(.imageURLs)?.upperBound ?? 2
    }

    /// All frames into `image_urls` at once, when the order is plain and the addresses are good.
    private func framePatch() -> Move {
        // What is no list yet holds a picture too.
        if let written = written(.imageURLs)?.value, ![.null, .array].contains(tree.kind(written)) {
            return .unclear
        }
        guard !aliased.contains(.imageURLs), let frames = frames() else { return .unclear }
        var urls = frames.first
        var images = list(.imageURLs)
        while let image = images.next(in: tree), urls.count <= frameLimit { urls.append(tree.value(image)) }
        urls += frames.last
        guard urls.count <= frameLimit else { return .tooMany }
        guard frames.first.count <= 1, frames.last.count <= 1, !urls.isEmpty,
            Set(frames.names).count == frames.names.count
        else { return .unclear }
        let target = JSONPointer(tokens: [Field.imageURLs.name])
        let put: JSONPatchOperation =
            mentioned.contains(.imageURLs) ? .replace(target, .array(urls)) : .add(target, .array(urls))
        let isLastAlone = frames.first.isEmpty && urls.count == frames.last.count
        // A picture that stood first alone would become the last frame.
        let pushesBack = !frames.first.isEmpty && count(.imageURLs) > 0
        return .patch(
            [put] + frames.names.map { .remove(JSONPointer(tokens: [$0])) }, isLastAlone: isLastAlone,
            isPlain: !isLastAlone && !pushesBack)
    }
}
