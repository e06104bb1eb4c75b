import Synchronization

/// How far a delivery is, handed from the thread that receives to the actor that tells: of each file only the
/// newest counts.
final class LatestProgress: Sendable {
    private let newest = Mutex<[DownloadProgress]>([])

    /// The files come one after the other.
    func set(_ progress: DownloadProgress) {
        newest.withLock { newest in
            if newest.last?.path == progress.path { newest.removeLast() }
            newest.append(progress)
        }
    }

    func take() -> [DownloadProgress] {
        newest.withLock { newest in
            defer { newest = [] }
            return newest
        }
    }
}

// Results into files (GATEWAY §4); the files themselves are VideoDelivery's.
extension TaskService {
    private static let deliveriesAtOnce = 2
    /// The least time between two messages about the same delivery.
    private static let progressInterval = Duration.milliseconds(250)

    /// Puts the results of a completed task into files.
    ///
    /// - Parameter target: nil for where the task says, and else the options, and else the working directory.
    /// - Throws: `.noResult`, `.delivery` (`conflict` for a file that is there already), `.gateway` with
    ///   `resultExpired`, `.noSuchTask`, `.journal`.
    public func download(
        _ id: String, to target: VideoTask.Delivery? = nil, overwrite: Bool = false,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) async throws(TaskServiceError) -> [DeliveredFile] {
        await oriented()
        let task = loadForUser(try await locate(id))
        defer { forget(task) }
        guard task.state == .completed, !task.machine.task.videos.isEmpty else {
            throw .noResult(task.visible)
        }
        let (files, failure) = await fetch(task.visible, to: target, overwrite: overwrite, progress: progress)
        if files.contains(where: { $0 != nil }) { await apply(.delivered(files.map { $0?.video }), to: task) }
        if let failure {
            var told = task.visible
            // What may be asked for instead is to go to the same place.
            told.delivery = target ?? told.delivery
            throw failure.kind == .resultExpired ? .gateway(failure, told) : .delivery(failure, told)
        }
        return files.compactMap { $0 }
    }

    /// Begins the delivery that the task asks for; a few run at once, the rest waits.
    func deliver(_ task: LiveTask) {
        guard !isDraining, !task.isForeign, task.activity != .delivering else { return }
        due.remove(.delivery(task.id))
        task.activity = .delivering
        guard deliveries.count < Self.deliveriesAtOnce else {
            deliveryBacklog.append(task.id)
            return
        }
        beginDelivery(task)
    }

    /// Tries it again after a pause, as long as there is hope: the link lives for a day.
    func deliver(_ task: LiveTask, after backoff: Backoff) {
        guard !isDraining, !task.isForeign else { return }
        schedule(.delivery(task.id), after: real(max(backoff.pause(unit: random.unit()), .seconds(1))))
    }

    private func beginDelivery(_ task: LiveTask) {
        let id = task.id
        let latest = LatestProgress()
        deliveries[id] = latest
        if !due.contains(.downloads) { schedule(.downloads, after: Self.progressInterval) }
        run { await $0.runDelivery(id, latest) }
    }

    private func runDelivery(_ id: TaskID, _ latest: LatestProgress) async {
        guard let task = live[id] else {
            deliveries[id] = nil
            return
        }
        let (files, failure) = await fetch(
            task.machine.task, to: nil, overwrite: false, isAutomatic: true
        ) { latest.set($0) }
        tellDownload(latest)
        deliveries[id] = nil
        while deliveries.count < Self.deliveriesAtOnce, !deliveryBacklog.isEmpty {
            if let next = live[deliveryBacklog.removeFirst()] { beginDelivery(next) }
        }
        task.activity = .none
        // The files that are there are told even when another one failed.
        if files.contains(where: { $0 != nil }) { await apply(.delivered(files.map { $0?.video }), to: task) }
        if let failure { await apply(.deliveryFailed(failure), to: task) }
        forget(task)
    }

    /// Fetches every video of a task, and says for each which file it is in, and why one of them is in none. One that cannot be
    /// had is no reason to lose the others, whose links die as well.
    /// - Parameter isAutomatic: a video that was put in a file before, and still is, is left alone.
    private func fetch(
        _ task: VideoTask, to target: VideoTask.Delivery?, overwrite: Bool, isAutomatic: Bool = false,
        progress: @escaping @Sendable (DownloadProgress) -> Void
    ) async -> ([DeliveredFile?], Failure?) {
        let target = target ?? task.delivery ?? .directory(options.downloadDirectory ?? ".")
        let id = task.id
        var files: [DeliveredFile?] = []
        var failures: [Failure] = []
        for (index, video) in task.videos.enumerated() {
            if isAutomatic, let path = video.path, FileSystem.exists(path) {
                files.append(nil)
                continue
            }
            guard !Task.isCancelled || failures.isEmpty else { break }
            let path = DeliveryName(id, video: index, target).expected
            let result = await self.files.deliver(task, video: index, to: target, overwrite: overwrite) {
                progress(DownloadProgress(task: id, path: path, bytes: $0, total: $1))
            }
            switch result {
            case .success(let file): files.append(file)
            case .failure(let failure):
                files.append(nil)
                failures.append(failure)
            }
        }
        // As long as one of them may be had yet, that is what is to be known.
        return (files, failures.first(where: \.mayPass) ?? failures.first)
    }

    /// Tells how far the automatic deliveries are, as long as there are any.
    func tellDownloads() {
        for latest in deliveries.values { tellDownload(latest) }
        if !deliveries.isEmpty { schedule(.downloads, after: Self.progressInterval) }
    }

    private func tellDownload(_ latest: LatestProgress) {
        for progress in latest.take() {
            guard let task = live[progress.task] else { continue }
            for subscription in subscriptions.values where subscription.phase == .live {
                if subscription.isAbout(task.told) { subscription.onEvent(.download(progress)) }
            }
        }
    }
}

extension DeliveredFile {
    /// The link that worked, with the file it is in.
    fileprivate var video: VideoTask.Video {
        var video = link
        video.path = path
        return video
    }
}
