import JSON

/// A list of requests as it was last validated, for its next version: while somebody types, all requests but one stay as they
/// are, and what was found in those need not be found again.
package struct CheckedList: Sendable {
    private let source: [UInt8]
    private let elements: [Element]
    private let diagnostics: [Diagnostic]
    private let options: ValidationOptions

    struct Element: Sendable {
        let range: Range<Int>
        /// How many of the problems stand before its own.
        let diagnostics: Int
    }

    /// - Parameter elements: with the problems counted as they were found, request by request.
    init(_ tree: JSONTree, _ elements: [Element], _ diagnostics: [Diagnostic], _ options: ValidationOptions) {
        source = tree.source
        self.elements = elements
        self.diagnostics = diagnostics
        self.options = options
    }

    /// What a new version has in common with it.
    struct Comparison {
        fileprivate let old: CheckedList
        /// Bytes that are the same at the beginning, and at the end.
        fileprivate let prefix: Int
        fileprivate let suffix: Int
        /// Bytes that the new version has more.
        fileprivate let growth: Int
        private let count: Int

        fileprivate init(_ old: CheckedList, _ source: [UInt8]) {
            self.old = old
            count = source.count
            growth = source.count - old.source.count
            prefix = source.commonPrefix(with: old.source)
            suffix = source.commonSuffix(with: old.source, atMost: min(count, old.source.count) - prefix)
        }

        /// What was found in a request that is unchanged and as far from the beginning of the list as before; nil for any other.
        func diagnostics(ofElement number: Int, at range: Range<Int>) -> [Diagnostic]? {
            guard number < old.elements.count else { return nil }
            let element = old.elements[number]
            let shift: Int
            if range.upperBound <= prefix {
                shift = 0
            } else if range.lowerBound >= count - suffix {
                shift = growth
            } else {
                return nil
            }
            // The same bytes are the same request only when they are the whole of it on both sides.
            guard element.range.lowerBound + shift == range.lowerBound, element.range.count == range.count
            else { return nil }
            let next =
                number + 1 < old.elements.count ? old.elements[number + 1].diagnostics : old.diagnostics.count
            let found = old.diagnostics[element.diagnostics..<next]
            return shift == 0 ? Array(found) : found.map { $0.moved(by: shift) }
        }
    }

    /// Nil when other options were in force.
    func compared(with tree: borrowing JSONTree, _ options: ValidationOptions) -> Comparison? {
        options == self.options ? Comparison(self, tree.source) : nil
    }
}

extension Diagnostic {
    /// The same in text that begins so many bytes later.
    fileprivate func moved(by bytes: Int) -> Diagnostic {
        var moved = self
        moved.range = range.moved(by: bytes)
        for index in moved.fixes.indices {
            for edit in moved.fixes[index].edits.indices {
                let range = moved.fixes[index].edits[edit].range
                moved.fixes[index].edits[edit].range = range.moved(by: bytes)
            }
        }
        for index in moved.related.indices {
            moved.related[index].range = related[index].range.moved(by: bytes)
        }
        return moved
    }
}

extension Range<Int> {
    fileprivate func moved(by distance: Int) -> Range { lowerBound + distance..<upperBound + distance }
}

extension [UInt8] {
    /// The bytes at the beginning that both have.
    fileprivate func commonPrefix(with other: [UInt8]) -> Int {
        withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                let limit = Swift.min(left.count, right.count)
                var at = 0
                while at &+ 8 <= limit,
                    left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                        == right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                { at &+= 8 }
                while at < limit, left[at] == right[at] { at &+= 1 }
                return at
            }
        }
    }

    /// The bytes at the end that both have.
    fileprivate func commonSuffix(with other: [UInt8], atMost limit: Int) -> Int {
        withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                var length = 0
                while length &+ 8 <= limit,
                    left.loadUnaligned(fromByteOffset: left.count - length - 8, as: UInt64.self)
                        == right.loadUnaligned(fromByteOffset: right.count - length - 8, as: UInt64.self)
                { length &+= 8 }
                while length < limit, left[left.count - length - 1] == right[right.count - length - 1] {
                    length &+= 1
                }
                return length
            }
        }
    }
}
