import JSON

/// Mode, duration, aspect ratio and prompts.
extension Rule {
    static let scalarRules: [Rule] = [
        Rule("duration.quoted", when: .duration) { view, findings in view.reportQuotedDuration(&findings) },
        Rule("duration.ignored", when: .videoList, for: { $0.takes(.videoList) }) { view, findings in
            // One that is not allowed anywhere is said to be so, by itself.
            guard let value = view.value(.duration), view.tree.kind(value) == .number, view.duration != nil,
                view.clip == .base
            else { return }
            findings.report(
                .durationIgnored, at: view.place(.duration), in: view,
                // Without it an alias would count.
                fixes: view.hasAlias(.duration)
                    ? []
                    : [
                        Fix(
                            .remove, ["name": .text("duration")], patch: [.remove(view.pointer(.duration))],
                            preferred: true)
                    ], related: [(view.place(.videoList), .decides)])
        },
        Rule("aspectRatio.ignored", when: .aspectRatio) { view, findings in
            guard view.has(.aspectRatio), view.count(.imageURLs) > 0 || view.clip == .base else { return }
            let name = view.spelling(.aspectRatio)
            findings.report(
                view.clip == .base ? .aspectRatioIgnoredClip : .aspectRatioIgnored,
                at: view.place(.aspectRatio), in: view, ["name": .text(name)],
                fixes: view.hasAlias(.aspectRatio)
                    ? []
                    : [Fix(.remove, ["name": .text(name)], patch: [.remove(view.pointer(.aspectRatio))])],
                related: [(view.place(view.clip == .base ? .videoList : .imageURLs), .decides)])
        },
        Rule("prompt.missing", when: .promptless) { view, findings in
            if view.needsPrompt { view.reportMissingPrompt(&findings) }
        },
        Rule("prompt.length", when: .prompt) { view, findings in
            guard let prompt = view.string(.prompt) else { return }
            let limit = view.table.promptAdvice
            // The automatic reference counts too: 13 characters.
            let prefix =
                view.tree.contentRange(prompt).count > limit - 13 && view.needsImageTag ? 13 : 0
            guard let count = view.tree.scalars(prompt, beyond: limit - prefix) else { return }
            findings.report(
                count + prefix > 3072 ? .promptLengthFar : .promptLength, at: view.place(.prompt), in: view,
                [
                    "name": .text("prompt"), "count": .int(count + prefix), "limit": .int(limit),
                    "prefix": .words(prefix > 0 ? .countingPrefix : LocalizedText(en: "", zh: ""))
                ],
                allowed: ["maxLength": JSONValue(limit)])
        },
        Rule("prompt.ignored", when: .multiShot, for: { $0.takes(.multiShot) }) { view, findings in
            // Without shots there is nothing that counts instead of it.
            guard view.storyboard == .customize, view.hasPrompt, view.count(.multiPrompt) > 0 else { return }
            findings.report(
                .promptIgnored, at: view.place(.prompt), in: view,
                fixes: [
                    Fix(.remove, ["name": .text("prompt")], patch: [.remove(view.pointer(.prompt))])
                ], related: [(view.place(.multiPrompt), .decides)])
        },
        Rule("prompt.language", when: .prompt) { view, findings in
            guard findings.options.severities["prompt.language"] != nil, let prompt = view.string(.prompt),
                view.tree.isMostlyBeyondLatin(prompt)
            else { return }
            findings.report(.promptLanguage, at: view.place(.prompt), in: view)
        },
        Rule("negativePrompt.length", when: .negativePrompt, for: { $0.takes(.negativePrompt) }) {
            view, findings in
            let limit = view.table.promptAdvice
            guard let text = view.string(.negativePrompt), let count = view.tree.scalars(text, beyond: limit)
            else { return }
            findings.report(
                .negativePromptLength, at: view.place(.negativePrompt), in: view,
                ["count": .int(count), "limit": .int(limit)], allowed: ["maxLength": JSONValue(limit)])
        },
        Rule("negativePrompt.overlap", when: .negativePrompt, for: { $0.takes(.negativePrompt) }) {
            view, findings in
            view.reportOverlap(&findings)
        },
        Rule("mode.cost", when: .mode, for: { $0.takes(.multiShot) }) { view, findings in
            guard let mode = view.string(.mode), view.modeNumber > 0 else { return }
            guard !view.tree.string(mode, equals: "4k") else {
                return findings.report(.modeCost4k, at: view.place(.mode), in: view)
            }
            guard view.tree.string(mode, equals: "pro"), let duration = view.duration, duration > 10 else {
                return
            }
            findings.report(
                .modeCost, at: view.place(.mode), in: view,
                ["mode": .text("pro"), "duration": .int(duration)],
                related: view.mentioned.contains(.duration) ? [(view.place(.duration), .otherValue)] : [])
        }
    ]
}

extension JSONTree {
    /// More than half of the letters are beyond the Latin script's blocks.
    func isMostlyBeyondLatin(_ index: Index) -> Bool {
        guard !isASCII(index) || isEscaped(index), let text = string(index) else { return false }
        var beyond = 0
        var latin = 0
        for scalar in text.unicodeScalars where scalar.properties.isAlphabetic {
            if scalar.value < 0x250 { latin += 1 } else { beyond += 1 }
        }
        return beyond > latin
    }
}
