/// Brings the changes that the journal has written into the order of their numbers.
///
/// Writes run side by side, so that the journal can commit them together, and their replies come back in any
/// order. A change may be told when no write is under way that began before its own reply came: one that
/// begins later gets a higher number. Numbers may have gaps (other processes write too), so counting would
/// not do.
struct EventOrder: Sendable {
    typealias Ticket = UInt64

    private struct Held: Sendable {
        var event: JournalEvent
        /// Tickets from here on began after its reply.
        var fence: Ticket
    }

    private var nextTicket: Ticket = 0
    /// Sorted, as tickets are given out rising.
    private var underWay: [Ticket] = []
    /// Sorted by `seq`.
    private var held: [Held] = []

    mutating func begin() -> Ticket {
        defer { nextTicket += 1 }
        underWay.append(nextTicket)
        return nextTicket
    }

    /// The write of this ticket has ended, with a change or without. Returns what may be told now, in order.
    mutating func finish(_ ticket: Ticket, _ event: JournalEvent?) -> [JournalEvent] {
        if let index = underWay.firstIndex(of: ticket) { underWay.remove(at: index) }
        if let event {
            let place = held.firstIndex { $0.event.seq > event.seq } ?? held.endIndex
            held.insert(Held(event: event, fence: nextTicket), at: place)
        }
        let oldest = underWay.first ?? nextTicket
        var count = 0
        while count < held.count, held[count].fence <= oldest { count += 1 }
        defer { held.removeFirst(count) }
        return held[..<count].map(\.event)
    }
}
