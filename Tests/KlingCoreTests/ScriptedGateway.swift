import Synchronization

@testable import KlingCore

/// A gateway that has one file, and follows a script of how fetches of it go.
final class ScriptedGateway: Gateway {
    enum Step: Sendable {
        /// All that is asked for.
        case whole
        /// Breaks off after so many bytes.
        case breaks(after: Int)
        /// The whole file, whatever was asked for.
        case ignoresRange
        /// The same, broken off there.
        case restarts(until: Int)
        /// No length is announced; as many bytes as given.
        case unannounced(Int)
        case fails(Failure)
        /// Goes on as asked, with another version or length than before.
        case changed(validator: String?, total: Int)
    }

    let identity = GatewayIdentity(url: "test:", simulated: true)
    let file: [UInt8]
    let contentType: String
    let fresh: TaskReading?
    /// What a reading without `fresh` comes to.
    let refusal: Failure
    private let steps: Mutex<[Step]>
    let asked = Mutex<[String]>([])

    convenience init(
        _ file: [UInt8], contentType: String = "video/mp4", fresh: TaskReading? = nil, _ steps: Step...
    ) {
        self.init(file, contentType: contentType, fresh: fresh, steps: steps)
    }

    init(
        _ file: [UInt8], contentType: String = "video/mp4", fresh: TaskReading? = nil,
        refusal: Failure = Failure(.unreachable), steps: [Step]
    ) {
        self.file = file
        self.refusal = refusal
        self.contentType = contentType
        self.fresh = fresh
        self.steps = Mutex(steps)
    }

    func create(_ request: VideoRequest, key: String) async -> CreateOutcome {
        .unknown(Failure(.unreachable))
    }
    func preview(_ request: VideoRequest, key: String) -> CreatePreview {
        CreatePreview(method: "", url: "", headers: [:])
    }

    func read(_ taskId: String) async -> Result<TaskReading, Failure> {
        fresh.map(Result.success) ?? .failure(refusal)
    }

    func fetch(
        _ url: String, resume: FetchResumption?, receive: @escaping @Sendable (FetchPiece) -> Bool
    ) async -> Result<FetchSummary, Failure> {
        asked.withLock { $0.append(url + (resume.map { " from \($0.offset)" } ?? "")) }
        let step = steps.withLock { $0.isEmpty ? .whole : $0.removeFirst() }
        var start = resume?.validator == "\"v1\"" ? Int(resume?.offset ?? 0) : 0
        var end = file.count
        var total: Int64? = Int64(file.count)
        var validator: String? = "\"v1\""
        switch step {
        case .whole: break
        case .breaks(let count): end = min(end, start + count)
        case .ignoresRange: start = 0
        case .restarts(let count): (start, end) = (0, count)
        case .unannounced(let count):
            total = nil
            end = count
        case .fails(let failure): return .failure(failure)
        case .changed(let other, let length): (validator, total) = (other, Int64(length))
        }
        guard
            receive(.head(offset: Int64(start), total: total, contentType: contentType, validator: validator))
        else {
            return .failure(Failure(.fileSystem))
        }
        for piece in stride(from: start, to: end, by: 1000) {
            guard receive(.bytes(Array(file[piece..<min(end, piece + 1000)]))) else {
                return .failure(Failure(.fileSystem))
            }
        }
        switch step {
        case .breaks, .restarts: return .failure(Failure(.unreachable, retry: .now))
        default: return .success(FetchSummary(bytes: Int64(end - start)))
        }
    }
}

/// A clock on which every pause is over at once.
struct InstantClock: ServiceClock {
    func wallTime() -> Timestamp { Timestamp(milliseconds: 0) }
    func elapsed() -> Duration { .zero }
    func sleep(until deadline: Duration) async throws(CancellationError) {}
}

/// An ISO media file as far as its boxes go.
func clip(_ count: Int = 10_000, brand: String = "isom") -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 0, 16] + Array("ftyp\(brand)".utf8) + [0, 0, 2, 0]
    bytes += [0, 0, 0, 8] + Array("moov".utf8)
    let rest = UInt32(count - bytes.count)
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: rest >> shift)) }
    bytes += Array("mdat".utf8)
    bytes += (0..<(count - bytes.count)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    return bytes
}
