import JSON

/// Mode, duration, aspect ratio and prompts.
extension Rule {
    static let scalarRules: [Rule] = [
        Rule("duration.quoted", when: .duration) { view, findings in view.reportQuotedDuration(&findings) },
        Rule("duration.ignored", when: .videoList, for: { $0.takes(.videoList) }) { view, findings in
            guard view.has(.duration), view.clip == .base else { return }
            findings.report(
                .durationIgnored, at: view.place(.duration), in: view,
                fixes: [
                    Fix(
                        .remove, ["name": .text("duration")], patch: [.remove(view.pointer(.duration))],
                        preferred: true)
                ], related: [(view.place(.videoList), .decides)])
        },
        Rule("aspectRatio.ignored", when: .aspectRatio) { view, findings in
            guard view.has(.aspectRatio), view.count(.imageURLs) > 0 || view.clip == .base else { return }
            let name = view.spelling(.aspectRatio)
            findings.report(
                .aspectRatioIgnored, at: view.place(.aspectRatio), in: view, ["name": .text(name)],
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
                ["name": .text("prompt"), "count": .int(count + prefix), "limit": .int(limit)],
                allowed: ["maxLength": JSONValue(limit)])
        },
        Rule("prompt.ignored", when: .multiShot, for: { $0.takes(.multiShot) }) { view, findings in
            guard view.storyboard == .customize, view.hasPrompt else { return }
            findings.report(
                .promptIgnored, at: view.place(.prompt), in: view,
                fixes: [
                    Fix(
                        .remove, ["name": .text("prompt")], patch: [.remove(view.pointer(.prompt))],
                        preferred: true)
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

// MARK: - Values out of range

extension RequestView {
    /// A value of the right type that is none of the allowed.
    func reportRange(_ slot: Int, _ value: JSONTree.Index, _ findings: inout Findings) {
        guard let parameter = table.parameters[slot] else { return }
        // Of a parameter that no sentence was written for, the general one.
        let message = parameter.rangeMessage ?? .parameterValue
        // Without `multi_shot`, `shot_type` has no effect: said by `shots.ignored`.
        if slot == Field.shotType.rawValue, !isTrue(.multiShot) { return }
        let place = place(slot: slot)
        switch parameter.type {
        case .choice(let choices):
            let text = tree.string(value) ?? ""
            let words = choices.map(\.value)
            var facts: Facts = [
                "name": .text(place.tokens.last ?? ""), "value": .text(text),
                "allowed": .anyOf(words.map { "\"\($0)\"" })
            ]
            var message = message
            var fixes: [Fix] = []
            if let near = Self.nearestChoice(text, slot, words) {
                // "customize" without shots would be the next error.
                let isWhole = slot != Field.shotType.rawValue || canBecome(storyboard: near)
                fixes =
                    !isWhole
                    ? []
                    : [
                        Fix(
                            .write, ["value": .text("\"\(near)\"")],
                            patch: [.replace(place.pointer, .string(near))],
                            preferred: true)
                    ]
            } else if slot == Field.mode.rawValue, modelIsKnown, let (other, value) = modelTaking(slot, text)
            {
                message = .modeValueElsewhere
                facts = [
                    "value": .text(value), "allowed": .anyOf(words.map { "\"\($0)\"" }),
                    "model": .text(model.name),
                    "other": .text(other)
                ]
                fixes = words.reversed().map {
                    Fix(.write, ["value": .text("\"\($0)\"")], patch: [.replace(place.pointer, .string($0))])
                }
            }
            findings.report(
                message, at: place, in: self, facts, allowed: parameter.type.allowed, fixes: fixes)
        case .integer, .integers:
            var message = message
            if case .integers = parameter.type, message == .durationRange,
                tree.int(value).map({ (3...10).contains($0) }) ?? false
            {
                message = .durationRangeHere
            }
            findings.report(
                message, at: place, in: self,
                [
                    "name": .text(place.tokens.last ?? ""), "value": .text(tree.literal(value)),
                    "allowed": Self.words(parameter.type)
                ],
                allowed: parameter.type.allowed,
                fixes: durationFixes(tree.number(value)?.double, place, parameter.type))
        default: break
        }
    }

    /// Whether the request has what the word asks for: shots for "customize", a prompt and no shots for "intelligence".
    func canBecome(storyboard word: String) -> Bool {
        word == "customize" ? count(.multiPrompt) > 0 : hasPrompt && !has(.multiPrompt)
    }

    /// The allowed durations nearest to what was asked; of a storyboard only where the shots still add up.
    fileprivate func durationFixes(_ asked: Double?, _ place: Place, _ type: ParameterType) -> [Fix] {
        guard let asked, abs(asked) < 1e9 else { return [] }
        let sum = shotSum
        return type.nearest(to: Int(asked.rounded())).filter { sum == nil || sum == $0 }.map { seconds in
            Fix(
                .write, ["value": .int(seconds)], patch: [.replace(place.pointer, JSONValue(seconds))])
        }
    }

    static func words(_ type: ParameterType) -> Fact {
        switch type {
        case .integer(let range): .text("\(range.lowerBound)–\(range.upperBound)")
        case .integers(let values): .anyOf(values.map { String($0) })
        default: .text("")
        }
    }

    /// Another model that knows the word, and the word as it spells it.
    private func modelTaking(_ slot: Int, _ value: String) -> (model: String, value: String)? {
        for other in tables.models where other.model.name != model.name {
            guard case .choice(let choices)? = other.parameters[slot]?.type,
                let near = Self.nearestChoice(value, slot, choices.map(\.value))
            else { continue }
            return (other.model.name, near)
        }
        return nil
    }

    /// The word that was probably meant.
    private static func nearestChoice(_ text: String, _ slot: Int, _ words: [String]) -> String? {
        switch Field(rawValue: slot) {
        case .aspectRatio: Ratio.nearest(to: text, in: words)
        case .mode: NearestName.find(text, in: words, hints: modeHints)
        case .shotType: NearestName.find(text, in: words, hints: shotTypeHints)
        default: NearestName.find(text, in: words)
        }
    }

    private static let modeHints = [
        ("standard", "std"), ("normal", "std"), ("720p", "std"), ("720", "std"), ("hd", "std"),
        ("basic", "std"),
        ("professional", "pro"), ("1080p", "pro"), ("1080", "pro"), ("fullhd", "pro"), ("high", "pro"),
        ("quality", "pro"), ("high_quality", "pro"), ("fhd", "pro"), ("2160p", "4k"), ("uhd", "4k"),
        ("4kuhd", "4k"), ("ultra", "4k")
    ].map { NearestName.Hint($0.0, $0.1) }

    private static let shotTypeHints = [
        ("custom", "customize"), ("manual", "customize"), ("customise", "customize"), ("自定义", "customize"),
        ("auto", "intelligence"), ("smart", "intelligence"), ("ai", "intelligence"),
        ("intelligent", "intelligence"),
        ("智能", "intelligence")
    ].map { NearestName.Hint($0.0, $0.1) }

    func reportQuotedDuration(_ findings: inout Findings) {
        guard let value = string(.duration), let seconds = tree.quotedNumber(value),
            let parameter = table.parameter(.duration)
        else { return }
        let place = place(.duration)
        let fixes =
            parameter.type.allows(seconds)
            ? [
                Fix(
                    .unquote, ["value": .int(seconds)], patch: [.replace(place.pointer, JSONValue(seconds))],
                    preferred: true)
            ]
            : durationFixes(Double(seconds), place, parameter.type)
        findings.report(
            parameter.type.allows(seconds) ? .durationQuoted : .durationQuotedRange, at: place, in: self,
            ["value": .int(seconds), "allowed": Self.words(parameter.type)], allowed: parameter.type.allowed,
            fixes: fixes)
    }
}

/// Ratios as people write them.
enum Ratio {
    static func nearest(to text: String, in words: [String]) -> String? {
        let lower = text.lowercased()
        let isPortrait = ["portrait", "vertical", "tall", "竖"].contains { lower.hasPrefix($0) }
        if !lower.utf8.contains(where: { (0x30...0x39).contains($0) }) {
            if isPortrait { return words.first { $0 == "9:16" } }
            if ["landscape", "horizontal", "wide", "横"].contains(where: { lower.hasPrefix($0) }) {
                return words.first { $0 == "16:9" }
            }
            if ["square", "方"].contains(where: { lower.hasPrefix($0) }) { return words.first { $0 == "1:1" } }
        }
        // Two numbers and anything between: the ratio itself, or width and height in pixels.
        var numbers: [Int] = []
        var current: Int?
        for byte in text.utf8.prefix(40) {
            if (0x30...0x39).contains(byte) {
                current = min((current ?? 0) * 10 + Int(byte - 0x30), 1_000_000)
            } else if let number = current {
                numbers.append(number)
                current = nil
            }
        }
        if let current { numbers.append(current) }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
        // `portrait_16_9` is another vendor's word for 9:16.
        if isPortrait, numbers[0] > numbers[1] { numbers.swapAt(0, 1) }
        return words.first { word in
            let parts = word.split(separator: ":").compactMap { Int($0) }
            return parts.count == 2 && parts[0] * numbers[1] == parts[1] * numbers[0]
        }
    }
}

// MARK: - Prompts

extension RequestView {
    func reportMissingPrompt(_ findings: inout Findings) {
        // Of a wrong type, or no JSON: said elsewhere.
        if let written = written(.prompt), ![.null, .string].contains(tree.kind(written.value)) { return }
        let message: Message =
            storyboard == .intelligence
            ? .promptMissingIntelligence : count(.imageURLs) > 0 ? .promptMissingImages : .promptMissing
        let isWritten = mentioned.contains(.prompt)
        var place = isWritten ? place(.prompt) : container
        place.line = table.parameter(.prompt)?.source
        findings.report(message, at: place, in: self)
    }

    /// A phrase that the prompt asks for and the negative prompt excludes.
    func reportOverlap(_ findings: inout Findings) {
        guard let negative = string(.negativePrompt), tree.contentRange(negative).count <= 4000 else {
            return
        }
        func report(_ prompt: JSONTree.Index, at place: @autoclosure () -> Place) -> Bool {
            guard tree.contentRange(prompt).count <= 16_000 else { return false }
            let found = tree.withContent(negative) { excluded in
                tree.withContent(prompt) { wanted in Self.overlap(excluded, wanted) }
            }
            guard let found else { return false }
            findings.report(
                .negativePromptOverlap,
                at: self.place(.negativePrompt).at(tree.sourceRange(found, inContentOf: negative)),
                in: self, ["value": .text(tree.content(negative, found))], related: [(place(), .otherValue)])
            return true
        }
        guard storyboard == .customize else {
            if let prompt = string(.prompt) { _ = report(prompt, at: place(.prompt)) }
            return
        }
        // The shots' own prompts count, not the one beside them.
        var entries = list(.multiPrompt)
        var position = 0
        while let node = entries.next(in: tree), position < 64 {
            defer { position += 1 }
            guard let prompt = EntryView(node, in: tree, names: EntryView.shot)[.prompt],
                tree.kind(prompt) == .string
            else { continue }
            let isFound = report(
                prompt,
                at: place(.multiPrompt).child(position, tree.range(node))
                    .child(ShotField.prompt.rawValue, tree.range(prompt)))
            if isFound { return }
        }
    }

    /// The first phrase of `excluded`, between commas and the like, that occurs in `wanted` as whole words,
    /// upper and lower case of ASCII taken as the same.
    private static func overlap(_ excluded: UnsafeRawBufferPointer, _ wanted: UnsafeRawBufferPointer)
        -> Range<Int>?
    {
        var start = 0
        var phrases = 0
        while start < excluded.count, phrases < 50 {
            let (end, next) = separator(excluded, from: start)
            var phrase = start..<end
            while let first = phrase.first, excluded[first] <= 0x20 { phrase = (first + 1)..<end }
            while let last = phrase.last, excluded[last] <= 0x20 { phrase = phrase.lowerBound..<last }
            if phrase.count > 2, occurs(UnsafeRawBufferPointer(rebasing: excluded[phrase]), in: wanted) {
                return phrase
            }
            start = max(next, end + 1)
            phrases += 1
        }
        return nil
    }

    /// Where the next separator begins and ends; the count for both when there is none.
    private static func separator(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (Int, Int) {
        var at = start
        while true {
            at = ByteScan.first(in: bytes, from: at) { block in
                ByteScan.places(of: 0x2C, in: block) .| ByteScan.places(of: 0x3B, in: block)
                    .| ByteScan.places(of: 0x2E, in: block) .| ByteScan.places(of: 0x0A, in: block)
                    .| ByteScan.places(of: 0xEF, in: block) .| ByteScan.places(of: 0xE3, in: block)
            }
            guard at < bytes.count else { return (bytes.count, bytes.count) }
            let end = separatorEnd(bytes, at: at)
            if end > at { return (at, end) }
            at += 1
        }
    }

    /// Behind a comma, semicolon, full stop or line end at `offset`, of either script; `offset` when there is
    /// none.
    private static func separatorEnd(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch bytes[offset] {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "."), 0x0A: return offset + 1
        case 0xEF where offset + 2 < bytes.count && bytes[offset + 1] == 0xBC:
            // U+FF0C and U+FF1B
            return bytes[offset + 2] == 0x8C || bytes[offset + 2] == 0x9B ? offset + 3 : offset
        case 0xE3 where offset + 2 < bytes.count && bytes[offset + 1] == 0x80:
            // U+3001 and U+3002
            return bytes[offset + 2] == 0x81 || bytes[offset + 2] == 0x82 ? offset + 3 : offset
        default: return offset
        }
    }

    private static func occurs(_ phrase: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Bool {
        func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte }
        guard text.count >= phrase.count, phrase.count > 1, let head = phrase.first, let tail = phrase.last
        else {
            return false
        }
        let (first, second) = (lower(head), lower(phrase[1]))
        let last = text.count - phrase.count
        var start = 0
        while true {
            // The other case of the same letter, or the same byte again.
            start = ByteScan.first(in: text, from: start) { block, next in
                (ByteScan.places(of: first, in: block) .| ByteScan.places(of: upper(first), in: block))
                    .& (ByteScan.places(of: second, in: next) .| ByteScan.places(of: upper(second), in: next))
            }
            guard start <= last else { return false }
            defer { start += 1 }
            var length = 1
            while length < phrase.count, lower(text[start + length]) == lower(phrase[length]) { length += 1 }
            guard length == phrase.count else { continue }
            let end = start + length
            let beginsWord =
                start == 0 || !URLExamination.isWordByte(text[start - 1]) || !URLExamination.isWordByte(head)
            let endsWord =
                end == text.count || !URLExamination.isWordByte(text[end]) || !URLExamination.isWordByte(tail)
            if beginsWord, endsWord { return true }
        }
        return false
    }
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
