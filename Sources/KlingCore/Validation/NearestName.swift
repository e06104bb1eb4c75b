/// Finds the word that was probably meant.
package enum NearestName {
    /// Longer words are not compared: nobody mistypes them.
    private static let longest = 48

    /// The candidate nearest to `word`: one that reads the same without case and separators, one that the
    /// hints name, or one at a small edit distance; nil when none is near.
    package static func find(
        _ word: String, in candidates: [String], hints: [(word: String, name: String)] = []
    ) -> String? {
        guard word.utf8.count <= longest else { return nil }
        let plain = reduced(word)
        guard !plain.isEmpty else { return nil }
        if let same = candidates.first(where: { reduced($0) == plain }) { return same }
        if let hint = hints.first(where: { reduced($0.word) == plain && candidates.contains($0.name) }) {
            return hint.name
        }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = reduced(candidate)
            // One slip in three letters still looks like the word; more is another word.
            let limit = max(1, min(plain.count, other.count) / 3)
            guard let distance = distance(plain, other, limit: limit), distance < best?.distance ?? .max
            else {
                continue
            }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Lower case, without separators.
    private static func reduced(_ word: String) -> [UInt8] {
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
    func likelyModel(named name: String?, mentioned: FieldSet) -> ModelTable {
        if let name, let near = nearestModel(to: name),
            let table = models.first(where: { $0.model.name == near })
        {
            return table
        }
        // The one that takes most of what is written; of equals the first.
        var best = models.first
        for table in models.dropFirst() {
            let more = mentioned.intersection(table.takes).rawValue.nonzeroBitCount
            if more > mentioned.intersection(best?.takes ?? []).rawValue.nonzeroBitCount { best = table }
        }
        return best ?? Self.noModel
    }

    /// For a catalogue without models.
    private static let noModel = ModelTable(.klingV3, slots: Field.allCases.map(\.name), rules: [])

    func nearestModel(to name: String) -> String? {
        let names = catalog.models.map(\.name)
        let hints = catalog.models.flatMap { model in model.aliases.map { (word: $0, name: model.name) } }
        return NearestName.find(name, in: names, hints: hints)
    }
}
