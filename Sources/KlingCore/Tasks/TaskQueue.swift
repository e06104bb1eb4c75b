/// The tasks that this process is to send, in the order of their making, as the journal has it (no clock has a say). A task that
/// was not taken goes back to its old place; one that was refused stands aside for a while.
struct TaskQueue: Sendable {
    private var places = PlaceList()
    /// In the order in which they come back.
    private var aside: [(place: Int64, until: Duration)] = []
    private var ids: [Int64: TaskID] = [:]

    var isEmpty: Bool { count == 0 }
    var count: Int { places.count + aside.count }

    /// There are some that do not stand aside.
    mutating func hasReady(at now: Duration) -> Bool {
        bringBack(at: now)
        return !places.isEmpty
    }

    /// The oldest; of those that stand aside the one that does so longest, when there are no others.
    mutating func first(at now: Duration) -> TaskID? {
        bringBack(at: now)
        return (places.first ?? aside.first?.place).flatMap { ids[$0] }
    }

    /// Any one, for those that stand aside as above.
    /// - Parameter unit: chance, 0 to 1.
    mutating func any(_ unit: Double, at now: Duration) -> TaskID? {
        bringBack(at: now)
        guard !places.isEmpty else { return first(at: now) }
        return ids[places[min(Int(unit * Double(places.count)), places.count - 1)]]
    }

    /// - Parameter asideUntil: others go first until then.
    mutating func insert(_ task: VideoTask, asideUntil: Duration? = nil) {
        remove(task)
        ids[task.place] = task.id
        guard let asideUntil else { return places.insert(task.place) }
        let index = aside.lastIndex { $0.until <= asideUntil }.map { $0 + 1 } ?? 0
        aside.insert((task.place, asideUntil), at: index)
    }

    mutating func remove(_ task: VideoTask) {
        if ids[task.place] == task.id { remove(task.place) }
    }

    mutating func remove(_ id: TaskID) {
        if let place = ids.first(where: { $0.value == id })?.key { remove(place) }
    }

    private mutating func remove(_ place: Int64) {
        places.remove(place)
        aside.removeAll { $0.place == place }
        ids[place] = nil
    }

    private mutating func bringBack(at now: Duration) {
        while let next = aside.first, next.until <= now {
            aside.removeFirst()
            places.insert(next.place)
        }
    }
}
