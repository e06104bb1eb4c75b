import JSON

/// Tries so many requests that are allowed, and then inputs of all kinds for so many seconds. Each is on disk before it is
/// tried; those that fail are kept.
struct Worker {
    let number: Int
    let seed: UInt64
    let requests: Int
    let seconds: Double
    let folder: String
    let seeds: Seeds

    private var kept: [String: Int] = [:]
    private var failures = 0
    private var slowest = 0.0
    private var largest = 0
    private var bytes = 0

    /// Kept of one property: more would be the same bug again.
    private static let keptLimit = 5
    /// One input of so many is large. It is tried for its cost only: what the properties make of it would count.
    private static let largeInterval = 200
    /// Seconds after which an input is taken to hang.
    private static let patience: UInt32 = 20

    init(number: Int, seed: UInt64, requests: Int, seconds: Double, folder: String, seeds: Seeds) {
        self.number = number
        self.seed = seed
        self.requests = requests
        self.seconds = seconds
        self.folder = folder
        self.seeds = seeds
    }

    /// - Returns: whether nothing failed.
    mutating func run() -> Bool {
        let slate = Machine.Slate("\(folder)/worker-\(number).input")
        allowed(slate)
        let start = Machine.seconds
        var count = 0
        var base = Machine.peakMemory
        while Machine.seconds - start < seconds {
            var generator = Generator(seeds, seed: Self.mixed(seed, number, count))
            // The first are the labelled set as it is.
            let isLarge = count % Self.largeInterval == Self.largeInterval - 1
            let input = count < seeds.inputs.count ? seeds.inputs[count] : generator.input(isLarge: isLarge)
            slate.put(input)
            Machine.endAfter(seconds: Self.patience)
            // What the small ones leave behind is not what a large one costs.
            if count == seeds.inputs.count { base = Machine.peakMemory }
            var found = Cost.failures(input, slowest: &slowest)
            if input.bytes.count <= 1 << 15 { found += Properties.examine(input) }
            for failure in found { keep(failure, input) }
            largest = max(largest, input.bytes.count)
            bytes += input.bytes.count
            count += 1
        }
        Machine.endAfter(seconds: 0)
        let growth = Machine.peakMemory - base
        // This process holds the input itself twice: as it is, and as it is on disk.
        if count > Self.largeInterval * 8, growth > (Cost.memory + 2) * largest {
            keep(
                .init(property: "memory is bounded in all", detail: "\(growth) bytes"),
                Input(bytes: [], language: .json))
        }
        let line: JSONValue = [
            "worker": JSONValue(number), "seed": .string(String(seed)), "allowed": JSONValue(requests),
            "inputs": JSONValue(count),
            "bytes": JSONValue(bytes),
            "seconds": JSONValue(Machine.seconds - start), "failures": JSONValue(failures),
            "largest": JSONValue(largest),
            "growth": JSONValue(growth), "slowest": JSONValue(slowest), "plain": JSONValue(Cost.plain)
        ]
        print(line)
        return failures == 0
    }

    private mutating func allowed(_ slate: borrowing Machine.Slate) {
        for count in 0..<requests {
            // Other ones than those that the inputs of all kinds are made from.
            var generator = Generator(seeds, seed: ~Self.mixed(seed, number, count))
            let input = generator.allowed()
            slate.put(input)
            Machine.endAfter(seconds: Self.patience)
            for failure in Properties.examine(input) { keep(failure, input) }
        }
    }

    private mutating func keep(_ failure: Properties.Failure, _ input: Input) {
        failures += 1
        kept[failure.property, default: 0] += 1
        guard kept[failure.property, default: 0] <= Self.keptLimit else { return }
        let name = failure.property.map { $0.isASCII && $0.isLetter ? String($0) : "-" }.joined()
        let path = "\(folder)/\(name)-\(number)-\(kept[failure.property] ?? 0).input"
        Machine.save(input.file, to: path)
        Machine.complain("\(failure.property): \(failure.detail.prefix(300)) [\(path)]")
    }

    private static func mixed(_ seed: UInt64, _ worker: Int, _ count: Int) -> UInt64 {
        seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(worker) << 48 ^ UInt64(count)
    }
}
