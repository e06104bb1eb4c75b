/// The local queue: tasks in the order of their making. A task that was not taken goes back to its old place.
struct TaskQueue: Sendable {
    private struct Place: Sendable, Comparable {
        var time: Timestamp
        /// Tells tasks of the same millisecond apart.
        var number: UInt64
        var id: TaskID

        static func < (left: Place, right: Place) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
    }

    private var places: [Place] = []
    /// Places before this one are free: taking the first of many must not move all the others.
    private var start = 0
    private var numbers: [TaskID: UInt64] = [:]
    private var lastNumber: UInt64 = 0

    var first: TaskID? { start < places.count ? places[start].id : nil }
    var count: Int { places.count - start }

    mutating func dropFirst() {
        guard start < places.count else { return }
        numbers[places[start].id] = nil
        start += 1
    }

    mutating func insert(_ task: VideoTask) {
        let place = place(of: task)
        let index = index(of: place)
        guard index == places.count || places[index] != place else { return }
        places.insert(place, at: index)
    }

    mutating func remove(_ task: VideoTask) {
        guard let number = numbers[task.id] else { return }
        let index = index(of: Place(time: task.createdAt, number: number, id: task.id))
        guard index < places.count, places[index].id == task.id else { return }
        if index == start {
            start += 1
        } else {
            places.remove(at: index)
        }
        if start > 256, start * 2 > places.count {
            places.removeFirst(start)
            start = 0
        }
    }

    /// The number stays with a task until this; see `insert`.
    mutating func forget(_ task: VideoTask) {
        remove(task)
        numbers[task.id] = nil
    }

    /// 1 for the next to go, 0 for a task that is not in the queue.
    func position(of task: VideoTask) -> Int {
        guard let number = numbers[task.id] else { return 0 }
        let index = index(of: Place(time: task.createdAt, number: number, id: task.id))
        return index < places.count && places[index].id == task.id ? index - start + 1 : 0
    }

    /// How many were made before a task that is in no line or in another.
    func count(before task: VideoTask) -> Int {
        index(of: Place(time: task.createdAt, number: 0, id: task.id)) - start
    }

    private mutating func place(of task: VideoTask) -> Place {
        if let number = numbers[task.id] { return Place(time: task.createdAt, number: number, id: task.id) }
        lastNumber += 1
        numbers[task.id] = lastNumber
        return Place(time: task.createdAt, number: lastNumber, id: task.id)
    }

    /// Where it is, or would be.
    private func index(of place: Place) -> Int {
        var (low, high) = (start, places.count)
        while low < high {
            let middle = low + (high - low) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
