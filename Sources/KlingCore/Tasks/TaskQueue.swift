/// The tasks that this process is to send, in the order of their making, as the journal has it (no clock has a say). A task that
/// was not taken goes back to its old place.
struct TaskQueue: Sendable {
    private var places = PlaceList()
    private var ids: [Int64: TaskID] = [:]

    var first: TaskID? { places.first.flatMap { ids[$0] } }
    var count: Int { places.count }

    /// The next behind a place, or the first of all.
    func first(behind place: Int64) -> TaskID? {
        (places.first(behind: place) ?? places.first).flatMap { ids[$0] }
    }

    mutating func remove(_ id: TaskID) {
        if let place = ids.first(where: { $0.value == id })?.key { remove(place) }
    }

    mutating func insert(_ task: VideoTask) {
        places.insert(task.place)
        ids[task.place] = task.id
    }

    mutating func remove(_ task: VideoTask) {
        if ids[task.place] == task.id { remove(task.place) }
    }

    private mutating func remove(_ place: Int64) {
        places.remove(place)
        ids[place] = nil
    }
}
