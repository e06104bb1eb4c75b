/// Brings new tasks into the order in which they were asked for, which is that of their places: the journal writes them in it, and
/// its answers may come back in another.
struct ArrivalOrder: Sendable {
    typealias Ticket = UInt64

    private var nextTicket: Ticket = 0
    /// The oldest whose answer is not here.
    private var oldest: Ticket = 0
    /// Answers that came before it.
    private var early: [Ticket: TaskID?] = [:]

    mutating func begin() -> Ticket {
        defer { nextTicket += 1 }
        return nextTicket
    }

    /// The answer is here, with a task or without. Returns the tasks before which none is to come any more, in order.
    mutating func end(_ ticket: Ticket, _ id: TaskID?) -> [TaskID] {
        early[ticket] = .some(id)
        var arrived: [TaskID] = []
        while let answer = early.removeValue(forKey: oldest) {
            oldest += 1
            if let id = answer { arrived.append(id) }
        }
        return arrived
    }
}
