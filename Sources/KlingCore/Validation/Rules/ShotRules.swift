import JSON

/// Storyboards.
extension Rule {
    private static func takesShots(_ model: Model) -> Bool {
        model.takes(.multiPrompt) && model.takes(.multiShot)
    }

    static let shotRules: [Rule] = [
        Rule("shotType.missing", when: .multiShot, for: takesShots) { view, findings in
            guard view.isTrue(.multiShot), !view.has(.shotType) else { return }
            view.reportMissingShotType(&findings)
        },
        Rule("shots.missing", when: .multiShot, for: takesShots) { view, findings in
            guard view.storyboard == .customize, !view.has(.multiPrompt), !view.empty.contains(.multiPrompt)
            else { return }
            if let written = view.written(.multiPrompt), view.tree.kind(written.value).type == nil { return }
            var place = view.mentioned.contains(.multiPrompt) ? view.place(.multiPrompt) : view.container
            place.line = view.table.parameter(.multiPrompt)?.source
            findings.report(.shotsMissing, at: place, in: view, related: [(view.place(.shotType), .decides)])
        },
        Rule("shots.ignored", when: [.multiPrompt, .shotType], for: takesShots) { view, findings in
            view.reportIgnoredShots(&findings)
        },
        Rule(
            "shots.count", "shots.index", "shots.prompt", "shots.duration", "shots.sum", "shots.single",
            when: .multiPrompt, for: takesShots
        ) { view, findings in
            guard view.storyboard == .customize || view.storyboard == .undecided else { return }
            view.checkShots(&findings)
        }
    ]
}

extension RequestView {
    fileprivate func reportMissingShotType(_ findings: inout Findings) {
        guard let parameter = table.parameter(.shotType), case .choice(let choices) = parameter.type else {
            return
        }
        if let written = written(.shotType), tree.kind(written.value).type == nil { return }
        if isOfOtherType(.shotType) { return }
        let isWritten = mentioned.contains(.shotType)
        let pointer = pointer(.shotType)
        // "customize" needs shots, "intelligence" a prompt: only what would be whole is offered.
        let likely = choices.filter { canBecome(storyboard: $0.value) }
        var place = isWritten ? place(.shotType) : container
        place.line = parameter.source
        findings.report(
            .shotTypeMissing, at: place, in: self, ["allowed": .anyOf(choices.map { "\"\($0.value)\"" })],
            allowed: parameter.type.allowed,
            fixes: likely.map {
                Fix(
                    .add, ["name": .text("shot_type"), "value": .text("\"\($0.value)\"")],
                    patch: [
                        isWritten ? .replace(pointer, .string($0.value)) : .add(pointer, .string($0.value))
                    ],
                    // Each kind leaves out one of the two.
                    preferred: likely.count == 1 && !(hasPrompt && has(.multiPrompt)))
            }, related: [(self.place(.multiShot), .decides)])
    }

    fileprivate func reportIgnoredShots(_ findings: inout Findings) {
        if storyboard == .intelligence {
            guard has(.multiPrompt) else { return }
            if findings.isTrial { return }
            let using = usingShots(&findings)
            findings.report(
                .shotsIgnoredIntelligence, at: name(.multiPrompt), in: self,
                fixes: [
                    Fix(.remove, ["name": .text("multi_prompt")], patch: [.remove(pointer(.multiPrompt))])
                ] + using,
                related: [(place(.shotType), .decides)])
            return
        }
        // A `multi_shot` of another type is said elsewhere.
        guard storyboard == .none, !has(.multiShot) || value(.multiShot).map({ tree.kind($0) }) == .false
        else { return }
        if findings.isTrial { return }
        let using = count(.multiPrompt) > 0 ? usingShots(&findings) : []
        for field in [Field.multiPrompt, .shotType] where has(field) {
            findings.report(
                .shotsIgnored, at: name(field), in: self, ["name": .text(field.name)],
                fixes: using
                    + (hasAlias(field)
                        ? [] : [Fix(.remove, ["name": .text(field.name)], patch: [.remove(pointer(field))])]),
                related: mentioned.contains(.multiShot) ? [(place(.multiShot), .decides)] : [])
        }
    }

    /// The seconds of all shots together; nil when one of them has none, or no storyboard is written.
    var shotSum: Int? {
        guard storyboard == .customize || storyboard == .undecided, count(.multiPrompt) > 0 else {
            return nil
        }
        var entries = list(.multiPrompt)
        var sum = 0
        while let node = entries.next(in: tree) {
            guard let value = EntryView(node, in: tree, names: EntryView.shot)[.duration],
                let seconds = tree.kind(value) == .string ? tree.quotedNumber(value) : tree.int(value),
                (1...1_000_000).contains(seconds), sum < 1_000_000_000
            else { return nil }
            sum += seconds
        }
        return sum
    }
}

// MARK: - The shots themselves

extension RequestView {
    fileprivate func checkShots(_ findings: inout Findings) {
        guard let parameter = table.parameter(.multiPrompt),
            case .array(.object(let members), let allowed) = parameter.type,
            let written = written(.multiPrompt), let kind = tree.kind(written.value).type,
            kind == .array || kind == .object
        else { return }
        let count = kind == .array ? tree.count(written.value) : 1
        if !allowed.contains(count) {
            findings.report(
                .shotsCount, at: place(.multiPrompt), in: self,
                [
                    "minimum": .int(allowed.lowerBound), "maximum": .int(allowed.upperBound),
                    "count": .int(count)
                ],
                allowed: parameter.type.allowed)
        } else if count == 1, kind == .array {
            findings.report(.shotsSingle, at: place(.multiPrompt), in: self)
        }
        let longest =
            if case .string(let limit?)? = members.first(where: { $0.name == ShotField.prompt.rawValue })?
                .type
            {
                limit
            } else { Int.max }
        let total = duration
        var entries = kind == .array ? tree.elements(written.value) : list(.multiPrompt)
        var position = 0
        var sum: Int? = 0
        while let node = entries.next(in: tree) {
            defer { position += 1 }
            guard tree.kind(node) == .object else {
                sum = nil
                if let type = tree.kind(node).type {
                    findings.report(
                        .shotsEntry, at: shotPlace(position, tree.range(node)), in: self,
                        ["actual": .type(type)])
                }
                continue
            }
            let shot = EntryView(node, in: tree, names: EntryView.shot)
            if let index = shot[.index], tree.int(index) == position + 1 {
            } else {
                checkIndex(shot, position, count: count, &findings)
            }
            checkPrompt(shot, position, longest: longest, &findings)
            let seconds = checkDuration(shot, position, total: total, &findings)
            sum = if let sum, let seconds, sum < 1_000_000_000 { sum + seconds } else { nil }
        }
        if let sum, let total, sum != total, count > 0 { reportSum(sum, total, count, &findings) }
    }

    private func shotPlace(_ position: Int, _ range: Range<Int>) -> Place {
        place(.multiPrompt).child(position, range)
    }

    func place(_ shot: EntryView, _ position: Int, _ field: ShotField) -> Place {
        let entry = shotPlace(position, tree.opening(shot.node))
        guard let value = shot[field] else {
            return place(ofMember: field.rawValue, in: shot.node, at: entry)
        }
        return entry.child(field.rawValue, tree.range(value))
    }

    /// The shot itself.
    func shotPointer(_ position: Int) -> JSONPointer { shotPlace(position, 0..<0).pointer }

    func pointer(_ position: Int, _ field: ShotField) -> JSONPointer {
        shotPlace(position, 0..<0).child(field.rawValue, 0..<0).pointer
    }

    private func checkPrompt(_ shot: EntryView, _ position: Int, longest: Int, _ findings: inout Findings) {
        guard let prompt = shot[.prompt] else {
            findings.report(.shotsPromptMissing, at: place(shot, position, .prompt), in: self)
            return
        }
        guard let type = tree.kind(prompt).type else { return }
        guard type == .string else {
            findings.report(
                .shotsPromptType, at: place(shot, position, .prompt), in: self, ["actual": .type(type)])
            return
        }
        if tree.isBlank(prompt) {
            findings.report(.shotsPromptMissing, at: place(shot, position, .prompt), in: self)
        } else if let count = tree.scalars(prompt, beyond: longest - 32) {
            findings.report(
                count > longest ? .shotsPromptLong : .shotsPromptNear, at: place(shot, position, .prompt),
                in: self,
                ["count": .int(count), "limit": .int(longest)], allowed: ["maxLength": JSONValue(longest)])
        }
    }

    /// The shot's seconds, if they are a number at all.
    private func checkDuration(_ shot: EntryView, _ position: Int, total: Int?, _ findings: inout Findings)
        -> Int?
    {
        let most = total ?? longestVideo
        let isDefault = !has(.duration)
        guard let value = shot[.duration] else {
            findings.report(
                .shotsDurationMissing, at: place(shot, position, .duration), in: self, ["total": .int(most)],
                allowed: ["minimum": 1, "maximum": JSONValue(most)])
            return nil
        }
        if let seconds = tree.int(value), seconds >= 1, seconds <= most { return seconds }
        guard tree.kind(value).type != nil else { return nil }
        let place = place(shot, position, .duration)
        let allowed: JSONValue = ["minimum": 1, "maximum": JSONValue(most)]
        if isDefault, let seconds = tree.int(value), seconds > most {
            // Only what is left out makes it too long.
            findings.report(
                // What the shots come to is no length that could be written.
                leastSum <= longestVideo ? .shotsDurationDefault : .shotsDurationDefaultBeyond,
                at: place, in: self,
                ["total": .int(most), "value": .int(seconds), "maximum": .int(longestVideo)],
                allowed: allowed, fixes: shotSum.flatMap(settingTotal).map { [$0] } ?? [])
            return seconds <= longestVideo ? seconds : nil
        }
        if let seconds = tree.quotedNumber(value), seconds >= 1, seconds <= most {
            findings.report(
                .shotsDurationQuoted, at: place, in: self, ["value": .int(seconds)], allowed: allowed,
                fixes: [
                    Fix(
                        .unquote, ["value": .int(seconds)],
                        patch: [.replace(pointer(position, .duration), JSONValue(seconds))],
                        preferred: true)
                ])
            return seconds
        }
        findings.report(
            .shotsDuration, at: place, in: self,
            ["total": .int(most), "value": .text(tree.literal(value))], allowed: allowed)
        // Its seconds are known, though they are too many: that the sum is wrong as well is told at once.
        return tree.int(value).flatMap { (1...longestVideo).contains($0) ? $0 : nil }
    }

    /// The seconds of all shots together, one at least for each that does not say how many; no farther than to what is too long.
    private var leastSum: Int {
        var entries = list(.multiPrompt)
        var sum = 0
        while sum <= longestVideo, let node = entries.next(in: tree) {
            let value = EntryView(node, in: tree, names: EntryView.shot)[.duration]
            let seconds = value.flatMap { tree.kind($0) == .string ? tree.quotedNumber($0) : tree.int($0) }
            sum += min(max(seconds ?? 1, 1), 1_000_000)
        }
        return sum
    }

    private var longestVideo: Int { lengths.upperBound }

    /// The shortest and the longest video.
    private var lengths: ClosedRange<Int> {
        switch table.parameter(.duration)?.type {
        case .integer(let range)?: range
        case .integers(let values)?: (values.first ?? 1)...(values.last ?? 1)
        default: 1...1
        }
    }

    /// Whether a video may last so many seconds.
    private func isLength(_ seconds: Int) -> Bool {
        table.parameter(.duration)?.type.allows(seconds) ?? false
    }

    private func reportSum(_ sum: Int, _ total: Int, _ count: Int, _ findings: inout Findings) {
        let isWritten = has(.duration)
        var fixes = settingTotal(sum).map { [$0] } ?? []
        if let balanced = rebalanced(to: total, count: count) {
            fixes.append(
                Fix(
                    .rebalance, ["value": .int(total)],
                    patch: balanced.enumerated().map { .replace(pointer($0, .duration), JSONValue($1)) }))
        }
        let message: Message =
            if isLength(sum) {
                isWritten ? .shotsSum : .shotsSumDefault
            } else if sum > lengths.upperBound {
                isWritten ? .shotsSumLong : .shotsSumLongDefault
            } else {
                isWritten ? .shotsSumShort : .shotsSumShortDefault
            }
        findings.report(
            message, at: isWritten ? place(.duration) : place(.multiPrompt), in: self,
            [
                "sum": .int(sum), "total": .int(total), "minimum": .int(lengths.lowerBound),
                "maximum": .int(lengths.upperBound)
            ], fixes: fixes, related: isWritten ? [(place(.multiPrompt), .otherValue)] : [])
    }

    /// The length of the video made that of its shots: offered, as the shots may be what is wrong, and each second is paid.
    private func settingTotal(_ sum: Int) -> Fix? {
        guard table.parameter(.duration)?.type.allows(sum) ?? false else { return nil }
        let target = pointer(.duration)
        return Fix(
            .setTotal, ["value": .int(sum)],
            patch: [
                mentioned.contains(.duration)
                    ? .replace(target, JSONValue(sum)) : .add(target, JSONValue(sum))
            ])
    }

    /// The same proportions with another sum, every shot at least a second: by largest remainder.
    private func rebalanced(to total: Int, count: Int) -> [Int]? {
        guard count > 0, count <= 64, total >= count else { return nil }
        var seconds: [Int] = []
        var entries = list(.multiPrompt)
        while let node = entries.next(in: tree) {
            guard let value = EntryView(node, in: tree, names: EntryView.shot)[.duration],
                let given = tree.int(value),
                (1...1000).contains(given)
            else { return nil }
            seconds.append(given)
        }
        let sum = seconds.reduce(0, +)
        guard sum > 0 else { return nil }
        var shares = seconds.map { max(1, $0 * total / sum) }
        while let excess = Optional(shares.reduce(0, +) - total), excess != 0 {
            // The shot that is farthest from its share gives or takes a second.
            let order = shares.indices.max { left, right in
                let a = seconds[left] * total - shares[left] * sum
                let b = seconds[right] * total - shares[right] * sum
                if excess < 0 { return a < b }
                return shares[left] > 1 && shares[right] > 1 ? a > b : shares[left] == 1
            }
            guard let order, excess < 0 || shares[order] > 1 else { return nil }
            shares[order] += excess < 0 ? 1 : -1
        }
        return shares
    }
}
