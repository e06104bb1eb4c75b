/// The local queue: tasks in the order of their making, as the journal has it (no clock has a say). A task that was not taken
/// goes back to its old place.
struct TaskQueue: Sendable {
    private var tasks: [(place: Int64, id: TaskID)] = []
    /// Places before this one are free: taking the first of many must not move all the others.
    private var start = 0

    var first: TaskID? { start < tasks.count ? tasks[start].id : nil }
    var count: Int { tasks.count - start }

    mutating func dropFirst() {
        if start < tasks.count { start += 1 }
    }

    mutating func insert(_ task: VideoTask) {
        let index = count(before: task) + start
        guard !contains(task, at: index) else { return }
        tasks.insert((task.place, task.id), at: index)
    }

    mutating func remove(_ task: VideoTask) {
        let index = count(before: task) + start
        guard contains(task, at: index) else { return }
        if index == start {
            start += 1
        } else {
            tasks.remove(at: index)
        }
        if start > 256, start * 2 > tasks.count {
            tasks.removeFirst(start)
            start = 0
        }
    }

    /// 1 for the next to go, 0 for a task that is not in the queue.
    func position(of task: VideoTask) -> Int {
        let before = count(before: task)
        return contains(task, at: start + before) ? before + 1 : 0
    }

    /// How many were made before a task, which may be in no line or in another.
    func count(before task: VideoTask) -> Int {
        var (low, high) = (start, tasks.count)
        while low < high {
            let middle = low + (high - low) / 2
            if tasks[middle].place < task.place { low = middle + 1 } else { high = middle }
        }
        return low - start
    }

    private func contains(_ task: VideoTask, at index: Int) -> Bool {
        index < tasks.count && tasks[index].id == task.id
    }
}
