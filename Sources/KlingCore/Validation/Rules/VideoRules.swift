import JSON

/// Reference clips.
extension Rule {
    private static func takesClips(_ model: Model) -> Bool { model.takes(.videoList) }

    static let videoRules: [Rule] = [
        Rule("video.count", when: .videoList, for: takesClips) { view, findings in
            let count = view.count(.videoList)
            guard let allowed = view.table.count(.videoList), count > allowed.upperBound else { return }
            let place = view.place(.videoList)
            findings.report(
                .videoCount, at: place, in: view, ["maximum": .int(allowed.upperBound), "count": .int(count)],
                allowed: ["maxItems": JSONValue(allowed.upperBound)],
                fixes: view.keepFirst(allowed.upperBound, of: count, at: place))
        },
        Rule(
            "parameter.type", "video.url", "video.format", "video.referType", "video.keepSound",
            "video.limits",
            when: .videoList, for: takesClips
        ) { view, findings in
            var entries = view.list(.videoList)
            var position = 0
            while let node = entries.next(in: view.tree) {
                view.checkClip(node, position, &findings)
                position += 1
            }
        },
        Rule("video.baseFrames", "video.featureFrames", when: .videoList, for: takesClips) { view, findings in
            let images = view.count(.imageURLs)
            guard let clip = view.clip, images > 0 else { return }
            let place = view.place(.imageURLs)
            let related = [(view.place(.videoList), LocalizedText.decides)]
            switch clip {
            case .base:
                findings.report(
                    images >= 2 ? .videoBaseFrames : .videoBaseFrame, at: place, in: view, related: related)
            case .feature where images >= 2:
                findings.report(
                    .videoFeatureFrames, at: place, in: view, allowed: ["maxItems": 1],
                    fixes: view.refersToImages(beyond: 1) ? [] : view.keepFirst(1, of: images, at: place),
                    related: related)
            case .feature, .undecided: break
            }
        }
    ]
}

extension RequestView {
    fileprivate func checkClip(_ node: JSONTree.Index, _ position: Int, _ findings: inout Findings) {
        let entry = place(.videoList).child(position, tree.range(node))
        guard tree.kind(node) == .object else {
            guard let type = tree.kind(node).type else { return }
            var fixes: [Fix] = []
            if type == .string, tree.withContent(node, { URLExamination($0).fault }) == nil {
                let object: JSONValue = [VideoField.url.rawValue: tree.value(node)]
                let patch: [JSONPatchOperation] = [.replace(entry.pointer, object)]
                if !findings.isTrial, addsNoError(patch, &findings) ?? true {
                    fixes = [
                        Fix(.write, ["value": .text(object.description)], patch: patch, preferred: true)
                    ]
                }
            }
            findings.report(.videoEntry, at: entry, in: self, ["actual": .type(type)], fixes: fixes)
            return
        }
        let clip = EntryView(node, in: tree, names: EntryView.video)
        let opening = entry.at(tree.opening(node))
        if let url = clip[.url] {
            let place = opening.child(VideoField.url.rawValue, tree.range(url))
            let isAddress = checkAddress(
                url, at: place, fault: .videoURL, isPrivate: .videoPrivate, format: .videoFormat,
                { RequestView.isOne(of: ["mp4", "mov"], $0, $1) }, &findings)
            if isAddress { findings.report(.videoLimits, at: place, in: self) }
        } else {
            findings.report(
                .videoURLMissing, at: place(ofMember: VideoField.url.rawValue, in: node, at: opening),
                in: self)
        }
        if clip[.referType].map(isIdle) ?? true {
            findings.report(
                .videoReferTypeDefault,
                at: place(ofMember: VideoField.referType.rawValue, in: node, at: opening), in: self)
        }
        checkChoice(clip[.referType], .referType, opening, &findings)
        checkChoice(clip[.keepSound], .keepSound, opening, &findings)
    }

    /// A member of a clip that says one of two words.
    private func checkChoice(
        _ value: JSONTree.Index?, _ field: VideoField, _ opening: Place, _ findings: inout Findings
    ) {
        guard case .array(.object(let members), _)? = table.parameter(.videoList)?.type,
            let parameter = members.first(where: { $0.name == field.rawValue }),
            let message = parameter.rangeMessage,
            case .choice(let choices) = parameter.type
        else { return }
        guard let value, !isIdle(value) else { return }
        let text = tree.string(value)
        let words = choices.map(\.value)
        if let text, words.contains(text) { return }
        guard let type = tree.kind(value).type else { return }
        let place = opening.child(field.rawValue, tree.range(value), line: parameter.source)
        // Of `keep_original_sound` a boolean says the same as a word: its own sentence is the better one.
        if type != .string, field == .referType {
            var fixes: [Fix] = []
            if !findings.isTrial, let word = converted(value, to: parameter.type),
                addsNoError([.replace(place.pointer, word)], &findings) == true
            {
                fixes = [
                    Fix(
                        .write, ["value": .text(word.description)], patch: [.replace(place.pointer, word)],
                        preferred: true)
                ]
            }
            findings.report(
                .parameterType, at: opening.child(field.rawValue, tree.range(value)), in: self,
                [
                    "name": .text(field.rawValue), "expected": parameter.type.expectation(),
                    "actual": .type(type)
                ], allowed: parameter.type.allowed, fixes: fixes)
            return
        }
        let given = offered(value) ?? .null
        let meant: String? =
            switch (field, given) {
            case (.keepSound, .bool(let yes)): yes ? "yes" : "no"
            case (.keepSound, .string(let text)): Self.meansYes(text).map { $0 ? "yes" : "no" }
            case (_, .string(let text)): NearestName.find(text, in: words, hints: Self.clipHints)
            default: nil
            }
        var fixes: [Fix] = []
        if let meant, !findings.isTrial {
            let patch: [JSONPatchOperation] = [.replace(place.pointer, .string(meant))]
            if field == .keepSound || addsNoError(patch, &findings) ?? false {
                // A hint is what somebody may have meant.
                let isPlain = field == .keepSound || NearestName.find(text ?? "", in: words) == meant
                fixes = [Fix(.write, ["value": .text("\"\(meant)\"")], patch: patch, preferred: isPlain)]
            }
        }
        findings.report(
            field == .keepSound && text != nil ? .videoKeepSoundWord : message, at: place, in: self,
            [
                "value": .text(text ?? (given.isNull ? tree.literal(value) : given.description)),
                "allowed": .anyOf(words.map { "\"\($0)\"" })
            ], allowed: parameter.type.allowed, fixes: fixes)
    }

    private static func meansYes(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "yes", "true", "on", "1", "y", "keep": true
        case "no", "false", "off", "0", "n", "none": false
        default: nil
        }
    }

    private static let clipHints = [
        ("edit", "base"), ("source", "base"), ("original", "base"), ("features", "feature"),
        ("reference", "feature"),
        ("style", "feature")
    ].map { NearestName.Hint($0.0, $0.1) }
}
