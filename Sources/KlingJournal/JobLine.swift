/// Which calls have their turn next: those that somebody waits for, in the order of asking; the others when it is quiet.
struct JobLine<Job: Sendable>: Sendable {
    /// `later`: nobody waits for it, so whoever is in the middle of asking something comes first.
    enum Urgency: Sendable { case now, later }

    /// Bounds how long the first of a group waits for the last.
    static var largestGroup: Int { 512 }
    /// So long what stands back waits for quiet: busy callers do not keep it from being done.
    static var patience: Duration { .milliseconds(50) }

    private var urgent: [Job] = []
    private var patient: [Job] = []
    /// Since when the first of those stands back.
    private var patientSince = ContinuousClock.now

    var isEmpty: Bool { urgent.isEmpty && patient.isEmpty }

    mutating func append(_ job: Job, _ urgency: Urgency, at now: ContinuousClock.Instant = .now) {
        guard urgency == .later else { return urgent.append(job) }
        if patient.isEmpty { patientSince = now }
        patient.append(job)
    }

    /// - Parameter isQuiet: nobody has asked anything for a while.
    /// - Returns: empty when nothing is to be done as long as it is not quiet.
    mutating func next(isQuiet: Bool, at now: ContinuousClock.Instant = .now) -> [Job] {
        if isQuiet && urgent.isEmpty || !patient.isEmpty && now > patientSince + Self.patience {
            urgent += patient
            patient = []
        }
        let group = Array(urgent.prefix(Self.largestGroup))
        urgent.removeFirst(group.count)
        return group
    }
}
