import JSON

/// Finds the word that was probably meant.
package enum NearestName {
    /// Longer words are not compared: nobody mistypes them.
    private static let longest = 48

    /// A word that people use for a name.
    package struct Hint: Sendable {
        /// The word in lower case, without separators.
        let plain: [UInt8]
        let name: String

        package init(_ word: String, _ name: String) {
            plain = NearestName.reduced(word)
            self.name = name
        }
    }

    /// The candidate nearest to `word`: one that reads the same without case and separators, one that the
    /// hints name, one at a small edit distance, or one whose hint is; nil when none is near. Words with other
    /// digits are other words: `kling-v2` is no slip of `kling-v3`, nor `element_1` of `element_2`.
    package static func find(
        _ word: String, in candidates: [String], hints: [Hint] = [],
        forgivingHints: Bool = true
    ) -> String? {
        guard word.utf8.count <= longest else { return nil }
        let plain = reduced(word)
        guard !plain.isEmpty else { return nil }
        if let same = candidates.first(where: { reduced($0) == plain }) { return same }
        if let hint = hints.first(where: { $0.plain == plain && candidates.contains($0.name) }) {
            return hint.name
        }
        // "modes" is nearer to "mode" than to "model".
        if plain.count > 3, plain.last == UInt8(ascii: "s"),
            let one = candidates.first(where: { reduced($0) == plain.dropLast() })
        {
            return one
        }
        var best: (name: String, distance: Int)?
        func consider(_ other: [UInt8], _ name: String, limit: Int) {
            guard let distance = distance(plain, other, limit: limit), distance < best?.distance ?? .max,
                digits(plain) == digits(other)
            else { return }
            best = (name, distance)
        }
        for candidate in candidates {
            let other = reduced(candidate)
            consider(other, candidate, limit: slips(min(plain.count, other.count)))
        }
        if let best { return best.name }
        guard forgivingHints else { return nil }
        // A hint is not the word itself: of a slip in it, less is forgiven.
        for hint in hints
        where abs(hint.plain.count - plain.count) <= plain.count / 5 && candidates.contains(hint.name) {
            let length = min(plain.count, hint.plain.count)
            if length >= 5 { consider(hint.plain, hint.name, limit: length / 5) }
        }
        return best?.name
    }

    /// Whether two words differ in case and separators only: then no other can be meant.
    static func isSame(_ word: String, _ name: String) -> Bool { reduced(word) == reduced(name) }

    /// The slips after which a word of so many letters is still itself: of two letters, one makes another word;
    /// of a long one, a third of the letters would be too many (`element_cat`, `element_dog`).
    private static func slips(_ letters: Int) -> Int {
        switch letters {
        case ..<3: 0
        case 3...5: 1
        case 6...10: 2
        default: 3
        }
    }

    private static func digits(_ word: [UInt8]) -> [UInt8] { word.filter { (0x30...0x39).contains($0) } }

    /// Lower case, without separators.
    static func reduced(_ word: String) -> [UInt8] {
        word.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "."): nil
            default: byte
            }
        }
    }

    /// Insertions, removals, replacements and swaps of neighbours (optimal string alignment); nil beyond
    /// `limit`.
    private static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
        guard abs(a.count - b.count) <= limit, !a.isEmpty, !b.isEmpty else { return nil }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            row.reserveCapacity(b.count + 1)
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, beforeLast[j - 2] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}

extension CatalogTables {
    /// The model that a request most likely means when it names none we know.
    /// - Parameters:
    ///   - given: the parameters with a value that counts.
    ///   - refersByTag: the prompt names pictures as `<<<image_1>>>`.
    func likelyModel(named name: String?, given: FieldSet, refersByTag: Bool) -> ModelTable {
        if let name, let near = nearestModel(to: name),
            let table = models.first(where: { $0.model.name == near })
        {
            return table
        }
        // The one that takes most of what is written; of equals the first. Nobody writes a tag by chance.
        func weight(_ table: ModelTable) -> Int {
            given.intersection(table.takes).rawValue.nonzeroBitCount
                + (refersByTag && table.references == .imageTags ? 2 : 0)
        }
        var best = models.first
        for table in models.dropFirst() where weight(table) > best.map(weight) ?? 0 { best = table }
        return best ?? Self.noModel
    }

    /// For a catalogue without models.
    private static let noModel = ModelTable(.klingV3, slots: Field.allCases.map(\.name), rules: [])

    /// Whether a name is only another way to write that of `model`, or one of its aliases: nothing else can be meant.
    func isPlainly(_ name: String, _ model: String) -> Bool {
        let plain = NearestName.reduced(Self.withoutVendor(name))
        return NearestName.reduced(model) == plain
            || modelHints.other.contains { $0.name == model && $0.plain == plain }
    }

    /// A vendor's name may stand before a model's, as in `kwaivgi/kling-v3`.
    private static func withoutVendor(_ name: String) -> String {
        name.split(separator: "/").last.map { String($0) } ?? name
    }

    func nearestModel(to name: String) -> String? {
        guard name.utf8.count <= 200 else { return nil }
        let name = Self.withoutVendor(name)
        let names = modelNames.names
        // A slip in an alias is not forgiven: `kling-v1` is no `kling-o1`.
        if let near = NearestName.find(name, in: names, hints: modelHints.other, forgivingHints: false) {
            return near
        }
        // A variant of a model that we know: `kling-v3-preview`.
        let plain = NearestName.reduced(name)
        return (modelHints.own + modelHints.other).first { hint in
            let known = hint.plain
            return known.contains { (0x30...0x39).contains($0) } && plain.count > known.count
                && plain.starts(with: known) && !(0x30...0x39).contains(plain[known.count])
        }?.name
    }
}
