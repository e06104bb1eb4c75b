/// What is due when: a binary heap of times, each item at most once.
///
/// Rescheduling leaves the old entry in the heap, where it is passed over; the heap is swept when most of it
/// is old.
struct DueHeap<Item: Hashable & Sendable>: Sendable {
    private struct Entry {
        var time: Duration
        var stamp: UInt64
        var item: Item
    }

    private var entries: [Entry] = []
    private var stamps: [Item: UInt64] = [:]
    private var lastStamp: UInt64 = 0

    var count: Int { stamps.count }
    var isEmpty: Bool { stamps.isEmpty }

    /// Sets the time of an item, in place of any it had.
    mutating func schedule(_ item: Item, at time: Duration) {
        lastStamp &+= 1
        stamps[item] = lastStamp
        entries.append(Entry(time: time, stamp: lastStamp, item: item))
        siftUp(entries.count - 1)
        if entries.count > 64, entries.count > 3 * stamps.count { sweep() }
    }

    mutating func remove(_ item: Item) { stamps[item] = nil }

    func contains(_ item: Item) -> Bool { stamps[item] != nil }

    /// The earliest time, if anything is due at all.
    var earliest: Duration? {
        mutating get {
            dropOld()
            return entries.first?.time
        }
    }

    /// Takes out one item whose time has come, the earliest first.
    mutating func pop(dueBy now: Duration) -> Item? {
        dropOld()
        guard let first = entries.first, first.time <= now else { return nil }
        removeFirst()
        stamps[first.item] = nil
        return first.item
    }

    private mutating func dropOld() {
        while let first = entries.first, stamps[first.item] != first.stamp { removeFirst() }
    }

    private mutating func sweep() {
        let current = entries.filter { stamps[$0.item] == $0.stamp }
        entries = []
        entries.reserveCapacity(current.count)
        for entry in current {
            entries.append(entry)
            siftUp(entries.count - 1)
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].time, entries[left].stamp) < (entries[right].time, entries[right].stamp)
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard isBefore(index, parent) else { return }
            entries.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < entries.count && isBefore(child, least)
            {
                least = child
            }
            guard least != index else { return }
            entries.swapAt(index, least)
            index = least
        }
    }
}
