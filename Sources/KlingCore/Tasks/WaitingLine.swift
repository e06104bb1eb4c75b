/// Who waits to be sent, whichever process is to do it: what a task's position is counted by.
///
/// The journal says how it is, and every change that is told keeps it so. What is told while the journal is being asked is
/// kept, and counts as far as the answer does not have it.
struct WaitingLine: Sendable {
    private enum Knowledge: Sendable {
        case none
        /// What was told since the journal was asked.
        case asked([JournalEvent])
        /// - since: the change that the journal's answer was of.
        case known(PlaceList, since: Int64)
    }

    private var knowledge = Knowledge.none

    var isKnown: Bool {
        if case .known = knowledge { true } else { false }
    }

    /// Somebody is known to wait.
    var hasTasks: Bool {
        if case .known(let places, _) = knowledge { !places.isEmpty } else { false }
    }

    /// 1 for the next to go. A queued task is in the line, whether that has been told or not.
    func position(of task: VideoTask) -> Int {
        guard case .known(let places, _) = knowledge else { return 1 }
        return places.count(before: task.place) + 1
    }

    mutating func ask() { knowledge = .asked([]) }
    mutating func forget() { knowledge = .none }

    mutating func learn(_ answer: QueuedPlaces) {
        guard case .asked(let news) = knowledge else { return }
        knowledge = .known(PlaceList(answer.places), since: answer.seq)
        for event in news { learn(event) }
    }

    mutating func learn(_ event: JournalEvent) {
        switch knowledge {
        case .none: break
        case .asked(var news):
            knowledge = .none
            news.append(event)
            knowledge = .asked(news)
        case .known(var places, let since):
            guard event.seq > since else { return }
            knowledge = .none
            if event.task.state == .queued {
                places.insert(event.task.place)
            } else {
                places.remove(event.task.place)
            }
            knowledge = .known(places, since: since)
        }
    }
}
