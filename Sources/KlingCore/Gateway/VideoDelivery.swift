internal import Synchronization

/// Puts the videos of completed tasks into files (GATEWAY §4).
///
/// The bytes go to `NAME.part` beside the target; it takes its name when it is whole, checked and on the
/// disk, so a file that has the name is good. What a broken connection or a killed process leaves is resumed,
/// when the server still has the same file.
public struct VideoDelivery: Sendable {
    let gateway: any Gateway
    let ceiling: Int64
    let clock: any ServiceClock
    private let underWay = Receptions()
    /// Attempts in a row that got no further than one before them.
    private static let patience = 4

    /// - Parameters:
    ///   - ceiling: the most bytes a file may have.
    ///   - clock: what the pauses between attempts are counted on.
    public init(gateway: any Gateway, ceiling: Int64 = 4 << 30, clock: any ServiceClock = SystemClock()) {
        self.gateway = gateway
        self.ceiling = ceiling
        self.clock = clock
    }

    /// Fetches one video of a task.
    ///
    /// A file of the same video that an earlier delivery has left there is taken as it is. A link that has died is asked for anew,
    /// once for each that brings something; when there is none, what came of the video is removed. Cancelling the caller's task
    /// ends the delivery and leaves the part for later.
    /// - Parameters:
    ///   - index: which of the task's videos.
    /// - target: in a directory the file is named by the task's id, with `-2` … for further videos; a path is
    /// taken as it is. Missing directories are made.
    ///   - overwrite: whether a film that is there may be replaced; nothing else ever is.
    ///   - progress: called on any thread, for each piece: the bytes so far, and of how many.
    /// - Returns: the failure `conflict` when the file exists or another delivery writes it, `fileSystem`
    ///   when it cannot be written or is too large, `resultExpired`, `badGateway` when the answer is no
    ///   video, else that of the network.
    public func deliver(
        _ task: VideoTask, video index: Int = 0, to target: VideoTask.Delivery, overwrite: Bool = false,
        progress: @escaping @Sendable (_ bytes: Int64, _ total: Int64?) -> Void = { _, _ in }
    ) async -> Result<DeliveredFile, Failure> {
        guard task.videos.indices.contains(index) else {
            return .failure(Failure(.taskNotFound, reason: .init(.noSuchVideo, String(index + 1))))
        }
        let name = DeliveryName(task.id, video: index, target)
        if !overwrite, let file = name.published(of: task.id, video: index, link: task.videos[index]) {
            return .success(file)
        }
        do throws(Failure) {
            try name.prepare(overwrite: overwrite, task: task.id)
            let reception = try Reception(
                name.expected, of: "\(task.id) \(index)", ceiling: ceiling, progress: progress)
            underWay.add(reception)
            defer {
                underWay.remove(reception)
                reception.close()
            }
            do throws(Failure) {
                let link = try await receive(reception, task, index)
                return .success(
                    try reception.publish(name, task, video: index, link: link, overwrite: overwrite))
            } catch {
                // The gateway that has the task was asked and has no other link: nobody can ever finish the part.
                let isAsked = !Task.isCancelled && !task.isElsewhere(than: gateway.identity)
                let isVain = error.kind == .resultExpired && isAsked || error.reason?.kind == .tooLarge
                if isVain { reception.discard() }
                throw error
            }
        } catch {
            return .failure(error)
        }
    }

    /// What has come so far of all that is under way will be gone on with, should the process end now.
    func keepParts() {
        for reception in underWay.all { reception.keep() }
    }

    /// Fetches until the file is whole; returns the link that worked.
    private func receive(
        _ reception: Reception, _ task: VideoTask, _ index: Int
    ) async throws(Failure) -> VideoTask.Video {
        var link = task.videos[index]
        var isFresh = false
        var (fruitless, changes) = (0, 0)
        // A server without ranges begins anew each time: what came once more is nothing gained.
        var furthest = reception.count
        while true {
            let result = await gateway.fetch(link.url, resume: reception.resumption) { reception.take($0) }
            var failure: Failure
            switch result {
            case .success:
                if reception.isWhole { return link }
                failure = Failure(.unreachable, reason: .init(.endedEarly), retry: .now)
            case .failure(let reason): failure = reason
            }
            if let own = reception.failure { throw own }
            guard !Task.isCancelled else { throw failure }
            if reception.takeChange() {
                failure = Failure(.badGateway, reason: .init(.changing), retry: .now)
                changes += 1
                furthest = 0
                guard changes < Self.patience else { throw failure }
            }
            let isOver = link.expiresAt.map { $0 < clock.wallTime() } ?? false
            // Of a server that does not answer, the date of the link says that it is in vain.
            let end = Failure(
                .resultExpired, message: failure.message, reason: failure.reason, billed: failure.billed,
                httpStatus: failure.httpStatus)
            // Each link that brings something is worth another.
            if reception.count > furthest { isFresh = false }
            if failure.kind == .resultExpired || isOver, !isFresh, let taskId = task.taskId,
                !task.isElsewhere(than: gateway.identity)
            {
                isFresh = true
                let known = link.url
                do throws(Failure) {
                    guard let current = try await currentLink(taskId, index) else { throw end }
                    link = current
                } catch {
                    throw error.billed(failure.billed)
                }
                if failure.kind == .resultExpired || link.url != known { continue }
                // The same link, which nobody has called dead: a date is only as good as a clock.
            }
            guard failure.retry == .now else { throw failure }
            fruitless = reception.count > furthest ? 1 : fruitless + 1
            furthest = max(furthest, reception.count)
            guard fruitless < Self.patience else { throw isOver ? end : failure }
            let pause = Duration.milliseconds(250 << fruitless)
            guard (try? await clock.sleep(until: clock.elapsed() + pause)) != nil else { throw failure }
        }
    }

    /// Asks the gateway where the video is now, more than once when it does not say (GATEWAY §1).
    /// - Returns: nil when it knows no such task, each time.
    private func currentLink(_ taskId: String, _ index: Int) async throws(Failure) -> VideoTask.Video? {
        var obstacle: Failure?
        for attempt in 0..<3 {
            if attempt > 0 { try? await clock.sleep(until: clock.elapsed() + .seconds(1 << attempt)) }
            switch await gateway.read(taskId) {
            case .success(let reading):
                if reading.videos.indices.contains(index) { return reading.videos[index] }
                obstacle = Failure(.badGateway, reason: .init(.noLink), retry: .now)
            case .failure(let failure) where failure.kind == .taskNotFound: obstacle = nil
            // Whether there is another link is not known: it may be asked for again.
            case .failure(var failure):
                failure.retry = .now
                throw failure
            }
        }
        if let obstacle { throw obstacle }
        return nil
    }
}

/// The files that are being filled.
private final class Receptions: Sendable {
    private let receptions = Mutex<[ObjectIdentifier: Reception]>([:])

    var all: [Reception] { receptions.withLock { Array($0.values) } }
    func add(_ one: Reception) { receptions.withLock { $0[ObjectIdentifier(one)] = one } }
    func remove(_ one: Reception) { receptions.withLock { $0[ObjectIdentifier(one)] = nil } }
}

/// A video that is in its file, whole.
public struct DeliveredFile: Sendable, Hashable {
    public var path: String
    public var bytes: Int64
    /// Lower-case hexadecimal.
    public var sha256: String
    public var contentType: String
    /// The link that worked; another than the task's when that had died.
    public var link: VideoTask.Video

    public init(path: String, bytes: Int64, sha256: String, contentType: String, link: VideoTask.Video) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.contentType = contentType
        self.link = link
    }
}
