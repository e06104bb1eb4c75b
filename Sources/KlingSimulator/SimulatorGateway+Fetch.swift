public import KlingCore
import Synchronization

extension SimulatorGateway {
    private static let pieceSize = 16_384

    /// Delivers the film of a link that is alive, from any byte on.
    public func fetch(
        _ url: String, resume: FetchResumption?, receive: @escaping @Sendable (FetchPiece) -> Bool
    ) async -> Result<FetchSummary, Failure> {
        await pause(Self.readLatency)
        guard let (task, expiry) = SimulatedTask.parse(link: url) else {
            return .failure(Failure(.resultExpired, message: "no such file", billed: .yes, httpStatus: 404))
        }
        let faults = dice.draw(at: .file, subject: UInt64(task.seed))
        let fault = faults.main?.name
        if fault == .resetAtConnect {
            return .failure(
                Failure(.unreachable, reason: .init(.system, "connection refused"), billed: .yes, retry: .now)
            )
        }
        if fault == .timeout {
            await pause(Self.readTimeout)
            return .failure(Failure(.timeout, billed: .yes, retry: .now))
        }
        await pause(faults.seconds(.delay))
        guard clock.wallTime() < expiry else {
            return .failure(Failure(.resultExpired, message: "link expired", billed: .yes, httpStatus: 403))
        }
        let isPage = fault == .notAVideo
        let film =
            isPage
            ? Array("<!doctype html><title>Sign in</title>".utf8)
            : SimulatedVideo(shape: task.shape, seconds: Int(task.seconds), seed: task.seed).file()
        let version = faults.has(.changedFile) ? counts.withLock { $0.nextVersion() } : 0
        let validator = "\"\(task.seed)" + (version > 0 ? "-\(version)\"" : "\"")
        var position = 0
        let beginsAnew = faults.has(.noRange) || faults.has(.wrongRange) || faults.has(.barePart)
        if let resume, resume.validator == validator, resume.offset >= 0, resume.offset < film.count,
            !beginsAnew
        {
            position = Int(resume.offset)
        }
        let start = position
        guard
            receive(
                .head(
                    offset: Int64(start), total: faults.has(.noLength) ? nil : Int64(film.count),
                    contentType: isPage ? "text/html" : "video/mp4", validator: validator))
        else { return .success(FetchSummary(bytes: 0)) }
        await pause(faults.seconds(.slowBody))
        let isCut = fault == .reset || fault == .truncated
        let end = isCut ? start + (film.count - start) / 2 : film.count
        while position < end {
            if Task.isCancelled {
                return .failure(Failure(.unreachable, reason: .init(.cancelled), billed: .yes))
            }
            let next = min(position + Self.pieceSize, end)
            guard receive(.bytes(Array(film[position..<next]))) else { break }
            position = next
        }
        if isCut {
            let message = fault == .reset ? "connection reset by peer" : Self.cutOff
            return .failure(Failure(.unreachable, reason: .init(.system, message), billed: .yes, retry: .now))
        }
        return .success(FetchSummary(bytes: Int64(position - start)))
    }
}
