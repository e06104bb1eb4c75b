import JSON

/// Values of the right type that are none of the allowed.
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
                            preferred: Self.isPlain(text, slot, near))
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
            if slot == Field.duration.rawValue, clip == .base {
                return findings.report(
                    .durationRangeClip, at: place, in: self,
                    ["value": .text(tree.literal(value)), "allowed": Self.words(parameter.type)],
                    allowed: parameter.type.allowed,
                    fixes: hasAlias(.duration)
                        ? []
                        : [
                            Fix(
                                .remove, ["name": .text(spelling(.duration))],
                                patch: [.remove(place.pointer)])
                        ], related: [(self.place(.videoList), .decides)])
            }
            let sum = slot == Field.duration.rawValue ? shotSum : nil
            if let sum { message = parameter.type.allows(sum) ? .durationRangeShots : .durationRangeShotsToo }
            findings.report(
                message, at: place, in: self,
                [
                    "name": .text(place.tokens.last ?? ""), "value": .text(tree.literal(value)),
                    "allowed": Self.words(parameter.type), "sum": .int(sum ?? 0)
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

    /// The allowed durations nearest to what was asked; of a storyboard only what its shots add up to.
    fileprivate func durationFixes(_ asked: Double?, _ place: Place, _ type: ParameterType) -> [Fix] {
        if let sum = shotSum {
            guard type.allows(sum) else { return [] }
            return [
                Fix(
                    .setTotalToShots, ["value": .int(sum)], patch: [.replace(place.pointer, JSONValue(sum))],
                    preferred: true)
            ]
        }
        // With a shot whose seconds are not known, none can be told.
        let hasShots = (storyboard == .customize || storyboard == .undecided) && count(.multiPrompt) > 0
        guard let asked, abs(asked) < 1e9, !hasShots else { return [] }
        return type.nearest(to: Int(asked.rounded())).map { seconds in
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
    static func nearestChoice(_ text: String, _ slot: Int, _ words: [String]) -> String? {
        switch Field(rawValue: slot) {
        case .aspectRatio: Ratio.nearest(to: text, in: words)
        case .mode: NearestName.find(text, in: words, hints: modeHints + modeGuesses)
        case .shotType: NearestName.find(text, in: words, hints: shotTypeHints + shotTypeGuesses)
        default: NearestName.find(text, in: words)
        }
    }

    /// Whether `near` is what the text says in other words or with a slip; else it is what somebody may have meant.
    private static func isPlain(_ text: String, _ slot: Int, _ near: String) -> Bool {
        switch Field(rawValue: slot) {
        case .mode: NearestName.find(text, in: [near], hints: modeHints) == near
        case .shotType: NearestName.find(text, in: [near], hints: shotTypeHints) == near
        default: true
        }
    }

    private static let modeHints = [
        ("standard", "std"), ("标准", "std"), ("专业", "pro"), ("720p", "std"), ("720", "std"),
        ("professional", "pro"), ("1080p", "pro"),
        ("1080", "pro"), ("2160p", "4k"), ("4kuhd", "4k")
    ].map { NearestName.Hint($0.0, $0.1) }

    private static let modeGuesses = [
        ("normal", "std"), ("hd", "std"), ("basic", "std"), ("fullhd", "pro"), ("high", "pro"),
        ("quality", "pro"), ("high_quality", "pro"), ("fhd", "pro"), ("uhd", "4k"), ("ultra", "4k")
    ].map { NearestName.Hint($0.0, $0.1) }

    private static let shotTypeHints = [
        ("custom", "customize"), ("customise", "customize"), ("自定义", "customize"),
        ("intelligent", "intelligence"), ("智能", "intelligence")
    ].map { NearestName.Hint($0.0, $0.1) }

    private static let shotTypeGuesses = [
        ("manual", "customize"), ("auto", "intelligence"), ("smart", "intelligence"), ("ai", "intelligence")
    ].map { NearestName.Hint($0.0, $0.1) }

    func reportQuotedDuration(_ findings: inout Findings) {
        guard let value = string(.duration), let asked = tree.quotedDecimal(value),
            let parameter = table.parameter(.duration)
        else { return }
        let place = place(.duration)
        let seconds = Int(exactly: asked).flatMap { parameter.type.allows($0) ? $0 : nil }
        let fixes =
            seconds.map {
                [
                    Fix(
                        .unquote, ["value": .int($0)], patch: [.replace(place.pointer, JSONValue($0))],
                        preferred: true)
                ]
            } ?? durationFixes(asked, place, parameter.type)
        let shown = Int(exactly: asked).map { Fact.int($0) } ?? .text("\(asked)")
        findings.report(
            seconds != nil ? .durationQuoted : .durationQuotedRange, at: place, in: self,
            ["value": shown, "allowed": Self.words(parameter.type)], allowed: parameter.type.allowed,
            fixes: fixes)
    }
}
