import JSON

extension RequestView {
    /// The phrases that a prompt asks for and the negative prompt excludes.
    func reportOverlap(_ findings: inout Findings) {
        guard let negative = string(.negativePrompt), tree.contentRange(negative).count <= 4000 else {
            return
        }
        var overlaps: [Overlap] = []
        if storyboard == .customize {
            // The shots' own prompts count, not the one beside them.
            var entries = list(.multiPrompt)
            var position = 0
            while let node = entries.next(in: tree), position < 64 {
                defer { position += 1 }
                guard let prompt = EntryView(node, in: tree, names: EntryView.shot)[.prompt],
                    tree.kind(prompt) == .string
                else { continue }
                find(negative, in: prompt, &overlaps) {
                    place(.multiPrompt).child(position, tree.range(node))
                        .child(ShotField.prompt.rawValue, $0)
                }
            }
        } else if let prompt = string(.prompt) {
            find(negative, in: prompt, &overlaps) { place(.prompt).at($0) }
        }
        for overlap in overlaps.sorted(by: { $0.phrase.lowerBound < $1.phrase.lowerBound }) {
            findings.report(
                .negativePromptOverlap,
                at: place(.negativePrompt).at(tree.sourceRange(overlap.phrase, inContentOf: negative)),
                in: self, ["value": .text(tree.content(negative, overlap.phrase))],
                related: overlap.places.map { ($0, .askedFor) })
        }
    }

    /// A phrase of the negative prompt, and where prompts ask for it.
    private struct Overlap {
        let phrase: Range<Int>
        var places: [Place]
    }

    private func find(
        _ negative: JSONTree.Index, in prompt: JSONTree.Index, _ overlaps: inout [Overlap],
        place: (Range<Int>) -> Place
    ) {
        guard tree.contentRange(prompt).count <= 16_000 else { return }
        tree.withContent(negative) { excluded in
            tree.withContent(prompt) { wanted in
                PromptOverlap.forEach(of: excluded, in: wanted) { phrase, found in
                    let place = place(tree.sourceRange(found, inContentOf: prompt))
                    if let known = overlaps.firstIndex(where: { $0.phrase == phrase }) {
                        overlaps[known].places.append(place)
                    } else {
                        overlaps.append(Overlap(phrase: phrase, places: [place]))
                    }
                }
            }
        }
    }
}
