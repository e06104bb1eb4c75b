// Readings, and what follows the end (GATEWAY §1, §3, §4).
extension TaskMachine {
    mutating func read(_ reading: TaskReading, at now: Timestamp) -> [Action] {
        guard task.state == .submitted || task.state == .processing else {
            return refreshed(reading, at: now)
        }
        let before = task
        (readFailures, unknownReadings) = (0, 0)
        task.lastContactAt = now
        task.degraded = false
        task.error = nil
        task.gatewayStatus = nil
        task.gatewayEstimate = reading.estimatedSeconds ?? task.gatewayEstimate
        if let progress = reading.progress {
            task.progress = max(task.progress ?? 0, min(max(progress, 0), 100))
        }
        switch reading.status {
        case .submitted:
            return going(since: before, at: now, .follow(.usual))
        case .processing:
            task.state = .processing
            return going(since: before, at: now, .follow(.usual))
        case .other(let word):
            task.gatewayStatus = word
            return going(since: before, at: now, .follow(.slow))
        case .completed:
            return completed(reading, since: before, at: now)
        case .failed:
            let failure = reading.error ?? Failure(.serverError, billed: .unknown)
            task.billed = failure.billed == .pending ? .unknown : failure.billed
            task.error = failure.billed(task.billed)
            end(.failed, at: now, saidAt: reading.completedAt)
            return [.record(.change)] + (failure.klingCode == 1303 ? [.narrow] : [])
        case .cancelled:
            task.billed = .unknown
            task.error = reading.error?.billed(.unknown)
            end(.cancelled, at: now, saidAt: reading.completedAt)
            return [.record(.change)]
        }
    }

    /// Writes only what a client can see to have changed: not that the gateway was asked.
    private mutating func going(since before: VideoTask, at now: Timestamp, _ next: Action) -> [Action] {
        let isChanged =
            before.state != task.state || before.degraded != task.degraded || before.error != task.error
            || before.gatewayStatus != task.gatewayStatus
        guard isChanged || before.progress != task.progress else { return [next] }
        task.updatedAt = now
        return [.record(isChanged ? .change : .progress), next]
    }

    private mutating func completed(
        _ reading: TaskReading, since before: VideoTask, at now: Timestamp
    ) -> [Action] {
        if reading.videos.isEmpty, emptyResults < Self.maximumEmptyResults {
            emptyResults += 1
            task.state = .processing
            return going(since: before, at: now, .follow(.soon))
        }
        task.billed = .yes
        end(.completed, at: now, saidAt: reading.completedAt)
        let lastLook = before.lastContactAt ?? before.submittedAt ?? before.createdAt
        task.endIsGuessed = reading.completedAt == nil && now.since(lastLook) > Self.longestLook
        task.videos = reading.videos.map { dated($0) }
        if reading.videos.isEmpty { task.error = Failure(.badGateway, billed: .yes) }
        return [.record(.change)] + (task.awaitsDelivery ? [.deliver] : [])
    }

    /// Who looked within this time knows when a task ended. Longer than any pause between two looks.
    private static let longestLook = Duration.seconds(90)

    private func dated(_ video: VideoTask.Video) -> VideoTask.Video {
        var video = video
        video.expiresAt = video.expiresAt ?? task.completedAt?.advanced(by: Self.linkLifetime)
        return video
    }

    /// A reading of a task at its end brings fresh links for the same videos, and nothing else.
    private mutating func refreshed(_ reading: TaskReading, at now: Timestamp) -> [Action] {
        guard task.state == .completed, reading.status == .completed, !reading.videos.isEmpty else {
            return []
        }
        let before = task.videos
        task.videos = reading.videos.enumerated().map { index, video in
            var video = video
            video.expiresAt = video.expiresAt ?? now.advanced(by: Self.linkLifetime)
            if before.indices.contains(index) {
                video.path = before[index].path
                if video.url == before[index].url { video.expiresAt = before[index].expiresAt }
            }
            return video
        }
        if before.isEmpty { task.error = nil }
        guard task.videos != before else { return [] }
        task.updatedAt = now
        return [.record(.change)] + (task.awaitsDelivery ? [.deliver] : [])
    }

    /// No failure of a read is the end of a task, not even "no such task": the gateway said it had it.
    mutating func readFailed(_ failure: Failure, at now: Timestamp) -> [Action] {
        guard task.state == .submitted || task.state == .processing else { return [] }
        let isUnknown = failure.kind == .taskNotFound || failure.kind == .invalidRequest
        unknownReadings = isUnknown ? unknownReadings + 1 : 0
        // Of a foundling the gateway has never said that it has it: the user's word may be wrong. It takes no slot for ever, and
        // can be adopted again.
        if task.isFoundling, task.lastContactAt == nil, unknownReadings >= Self.maximumUnknownReadings {
            return unconfirmed(because: failure, at: now)
        }
        readFailures += 1
        var atLeast: Duration?
        if case .after(let wish) = failure.retry { atLeast = wish }
        let next = Action.follow(.failing(Backoff(attempt: readFailures, atLeast: atLeast)))
        let failure = failure.billed(.pending)
        guard !task.degraded || task.error?.kind != failure.kind else { return [next] }
        task.degraded = true
        task.error = failure
        task.updatedAt = now
        return [.record(.change), next]
    }

    mutating func delivered(_ videos: [VideoTask.Video?], at now: Timestamp) -> [Action] {
        guard task.state == .completed else { return [] }
        let before = task.videos
        for (index, video) in videos.enumerated() where task.videos.indices.contains(index) {
            guard var video else { continue }
            if video.expiresAt == nil {
                let isSame = video.url == before[index].url
                video.expiresAt = isSame ? before[index].expiresAt : now.advanced(by: Self.linkLifetime)
            }
            task.videos[index] = video
        }
        let wasWithout = task.error
        if task.videos.allSatisfy({ $0.path != nil }) {
            (task.error, task.degraded, deliveryFailures) = (nil, false, 0)
        }
        guard task.videos != before || task.error != wasWithout else { return [] }
        task.updatedAt = now
        return [.record(.change)]
    }

    mutating func deliveryFailed(_ failure: Failure, at now: Timestamp) -> [Action] {
        guard task.awaitsDelivery else { return [] }
        let before = task
        task.error = failure.billed(.yes)
        let pause = failure.pause(after: deliveryFailures + 1)
        // A server that answers nonsense does not say that the link is dead, and a disk does not know.
        let mayLive = task.videos.contains { $0.path == nil && ($0.expiresAt.map { $0 > now } ?? true) }
        task.degraded = pause != nil && (failure.endsByItself || mayLive)
        var next: [Action] = []
        if task.degraded, let pause {
            deliveryFailures += 1
            next = [.deliverAgain(pause)]
        }
        // Said once, not at every try.
        guard task.degraded != before.degraded || task.error?.kind != before.error?.kind else {
            task.error = before.error
            return next
        }
        task.updatedAt = now
        return [.record(.change)] + next
    }
}

// What a delivery that did not work leaves to hope for.
extension Failure {
    /// Whether the delivery is tried again by itself: the network and the file's server recover, a full disk may, and another who
    /// writes the file is done at some time. What only the user can put right is the end of it.
    var mayPass: Bool { pause(after: 1) != nil }

    /// How long it is left alone, after so many failures in a row; nil for ever.
    fileprivate func pause(after failures: Int) -> Backoff? {
        switch (retry, kind) {
        case (.after(let wish), _): Backoff(attempt: failures, atLeast: wish)
        // A directory that cannot be used: nobody would be told before the link is dead.
        case (.now, .fileSystem): nil
        case (_, .badGateway) where retry != .sameKey && !isAboutTheLink:
            // Each try may be a whole file: ever more rarely, about a hundred times a day.
            Backoff(attempt: failures, atLeast: .seconds(min(900, 1 << min(failures - 1, 10))))
        case (.now, _): Backoff(attempt: failures)
        case (.never, _), (.sameKey, _): nil
        }
    }

    /// No server will ever answer to it.
    private var isAboutTheLink: Bool { reason?.kind == .forbiddenLink || reason?.kind == .localNetwork }

    /// The delivery itself finds out when the link is dead.
    fileprivate var endsByItself: Bool { kind != .badGateway && kind != .fileSystem }
}
