/// Places of tasks in the journal's order. The end is where they come, the beginning where they go: both cost next to nothing,
/// however many there are.
struct PlaceList: Sendable {
    private var places: [Int64] = []
    /// Those before this one are gone: taking the first of many must not move all the others.
    private var start = 0

    /// - Parameter places: rising.
    init(_ places: [Int64] = []) { self.places = places }

    var first: Int64? { start < places.count ? places[start] : nil }
    var count: Int { places.count - start }
    var isEmpty: Bool { count == 0 }

    subscript(index: Int) -> Int64 { places[start + index] }

    /// How many come before a place, which may itself be there or not.
    func count(before place: Int64) -> Int { index(of: place) - start }

    mutating func insert(_ place: Int64) {
        let index = index(of: place)
        if !isThere(place, at: index) { places.insert(place, at: index) }
    }

    mutating func remove(_ place: Int64) {
        let index = index(of: place)
        guard isThere(place, at: index) else { return }
        if index == start { start += 1 } else { places.remove(at: index) }
        if start > 256, start * 2 > places.count {
            places.removeFirst(start)
            start = 0
        }
    }

    private func isThere(_ place: Int64, at index: Int) -> Bool {
        index < places.count && places[index] == place
    }

    private func index(of place: Int64) -> Int {
        // Nearly always one that is new, or the next to go.
        guard let last = places.last, last >= place else { return places.count }
        var (low, high) = (start, places.count)
        while low < high {
            let middle = low + (high - low) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
