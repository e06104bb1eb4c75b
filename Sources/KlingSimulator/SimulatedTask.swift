import KlingCore

/// A task of the simulator. All there is to know about it stands in its id, so that it goes on where it would
/// be after the process was started again, without a file.
struct SimulatedTask: Sendable, Hashable {
    /// When it was taken, by the time of day.
    var start: Timestamp
    /// How long it takes, in real milliseconds: the speed is already in it.
    var milliseconds: UInt32
    /// How long its links live, in real milliseconds.
    var linkMilliseconds: UInt32
    /// Colours its video, and tells tasks of the same moment apart.
    var seed: UInt32
    var seconds: UInt8
    var shape: SimulatedVideo.Shape
    /// Bits, by the order of ``SimulatorSpec/Name/fates``.
    var fates: UInt16
    /// What the gateway says it will take, in its own seconds.
    var estimate: UInt16

    func has(_ fate: SimulatorSpec.Name) -> Bool {
        SimulatorSpec.Name.fates.firstIndex(of: fate).map { fates >> $0 & 1 == 1 } ?? false
    }

    mutating func add(_ fate: SimulatorSpec.Name) {
        if let index = SimulatorSpec.Name.fates.firstIndex(of: fate) { fates |= 1 << index }
    }

    /// Ordered by time like the ids of the gateway; ends in a check sum, so that no other text is taken for
    /// an id.
    var id: String {
        let payload =
            Self.hex(UInt64(clamping: start.milliseconds), digits: 12)
            + Self.hex(UInt64(milliseconds), digits: 8)
            + Self.hex(UInt64(linkMilliseconds), digits: 8) + Self.hex(UInt64(seed), digits: 8)
            + Self.hex(UInt64(seconds), digits: 2) + Self.hex(UInt64(shape.rawValue), digits: 1)
            + Self.hex(UInt64(fates), digits: 4) + Self.hex(UInt64(estimate), digits: 4)
        return "task_sim_" + payload + Self.hex(Self.checkSum(payload), digits: 4)
    }

    private static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
    }

    private static func checkSum(_ text: String) -> UInt64 {
        var sum: UInt64 = 0
        for byte in text.utf8 { sum = SeededRandom.mixed(sum &+ UInt64(byte) &+ 1) }
        return sum & 0xFFFF
    }
}

extension SimulatedTask {
    /// Nil for an id that this simulator did not give.
    init?(id: String) {
        let bytes = Array(id.utf8)
        guard bytes.count == 60, id.hasPrefix("task_sim_") else { return nil }
        var position = 9
        func next(_ digits: Int) -> UInt64? {
            defer { position += digits }
            return UInt64(String(decoding: bytes[position..<position + digits], as: UTF8.self), radix: 16)
        }
        guard let start = next(12), let milliseconds = next(8), let link = next(8), let seed = next(8),
            let seconds = next(2), let shape = next(1), let fates = next(4), let estimate = next(4),
            let sum = next(4), sum == Self.checkSum(String(decoding: bytes[9..<56], as: UTF8.self)),
            let shape = SimulatedVideo.Shape(rawValue: UInt8(shape))
        else { return nil }
        self.init(
            start: Timestamp(milliseconds: Int64(start)), milliseconds: UInt32(milliseconds),
            linkMilliseconds: UInt32(link), seed: UInt32(seed), seconds: UInt8(seconds), shape: shape,
            fates: UInt16(fates), estimate: UInt16(estimate))
    }
}

extension SimulatedTask {
    var completion: Timestamp { start.advanced(by: .milliseconds(Int64(milliseconds))) }

    /// How far it is, from 0 to 1; with the fate `stuck` never to the end.
    func fraction(at now: Timestamp) -> Double {
        let passed = Double(max(0, now.milliseconds - start.milliseconds))
        let whole = passed / Double(max(1, milliseconds))
        return has(.stuck) ? min(whole, 0.6) : min(whole, 1)
    }

    /// Percent, as a gateway tells it: nothing at first, quick in the middle, slow before the end.
    func progress(at fraction: Double) -> Int {
        let begun = max(0, (fraction - Self.waiting) / (1 - Self.waiting))
        let eased = begun * (2 - begun)
        return min(99, Int(eased * 100))
    }

    /// The share of the time before the work begins.
    static let waiting = 0.08

    /// When the link given at `now` dies; a new one is given when the old one has.
    func linkExpiry(at now: Timestamp) -> Timestamp {
        let life = Int64(max(1, linkMilliseconds))
        let age = max(0, now.milliseconds - completion.milliseconds)
        return completion.advanced(by: .milliseconds((age / life + 1) * life))
    }
}
