/// What `--simulate` says: `speed=20,seed=7,fault=429:0.2,fault=500:x1:on=create,fault=stuck`.
public struct SimulatorSpec: Sendable, Hashable {
    /// Seconds of the gateway's time in one second, above 0 and up to 10,000.
    public var speed: Double
    /// Equal seeds give equal runs.
    public var seed: UInt64
    public var faults: [Fault]

    public init(speed: Double = 20, seed: UInt64 = 1, faults: [Fault] = []) {
        self.speed = speed
        self.seed = seed
        self.faults = faults
    }

    /// Something that goes wrong, now and then or always. Names are the ones of the test gateway under
    /// `Tests/gateway`.
    public struct Fault: Sendable, Hashable {
        public var name: Name
        /// From 0 to 1.
        public var probability: Double
        /// It happens so often, and then no more; nil for no end.
        public var count: Int?
        /// Only there; nil for everywhere the fault can happen.
        public var place: Place?
        /// How long, in the gateway's time, for a fault that is about time; nil for what is usual.
        public var seconds: Double?

        public init(
            _ name: Name, probability: Double = 1, count: Int? = nil, at place: Place? = nil,
            seconds: Double? = nil
        ) {
            self.name = name
            self.probability = probability
            self.count = count
            self.place = place
            self.seconds = seconds
        }
    }

    /// What an exchange with the gateway is for.
    public enum Place: String, Sendable, Hashable, CaseIterable { case create, read, file }
}
