public import KlingCore

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
        let fault = dice.fault(at: .file, subject: UInt64(task.seed))
        if fault == .resetAtConnect {
            return .failure(Failure(.unreachable, message: "connection refused", billed: .yes, retry: .now))
        }
        if fault == .timeout {
            await pause(Self.readTimeout)
            return .failure(Failure(.timeout, billed: .yes, retry: .now))
        }
        guard clock.wallTime() < expiry else {
            return .failure(Failure(.resultExpired, message: "link expired", billed: .yes, httpStatus: 403))
        }
        let film = SimulatedVideo(shape: task.shape, seconds: Int(task.seconds), seed: task.seed).file()
        let validator = "\"\(task.seed)\""
        var position = 0
        if let resume, resume.validator == validator, resume.offset >= 0, resume.offset < film.count {
            position = Int(resume.offset)
        }
        let start = position
        guard
            receive(
                .head(
                    offset: Int64(start), total: Int64(film.count), contentType: "video/mp4",
                    validator: validator))
        else { return .success(FetchSummary(bytes: 0)) }
        let end = fault == .reset ? start + (film.count - start) / 2 : film.count
        while position < end {
            if Task.isCancelled { return .failure(Failure(.unreachable, message: "cancelled", billed: .yes)) }
            let next = min(position + Self.pieceSize, end)
            guard receive(.bytes(Array(film[position..<next]))) else { break }
            position = next
        }
        if fault == .reset {
            return .failure(
                Failure(.unreachable, message: "connection reset by peer", billed: .yes, retry: .now))
        }
        return .success(FetchSummary(bytes: Int64(position - start)))
    }
}
