import KlingCore
import Synchronization

/// Which faults happen. Chance is drawn from the seed, the fault, its subject and how often that was asked,
/// never from one shared stream, so that a run repeats itself however its exchanges interleave.
final class FaultDice: Sendable {
    private let spec: SimulatorSpec
    private let asked = Mutex<[UInt64: UInt64]>([:])

    init(_ spec: SimulatorSpec) { self.spec = spec }

    /// The fault of one exchange, the first of the spec that strikes.
    func fault(at place: SimulatorSpec.Place, subject: UInt64) -> SimulatorSpec.Name? {
        for (index, fault) in spec.faults.enumerated() where fault.name.places.contains(place) {
            if let only = fault.place, only != place { continue }
            if strikes(fault, number: index, subject: subject &* 4 &+ UInt64(placeNumber(place))) {
                return fault.name
            }
        }
        return nil
    }

    /// What becomes of the task with this number.
    func fates(of task: UInt64) -> [SimulatorSpec.Name] {
        spec.faults.enumerated().filter { $1.name.places.isEmpty }.filter { index, fault in
            strikes(fault, number: index, subject: task &* 4 &+ 3)
        }.map(\.element.name)
    }

    /// A number that belongs to this subject, evenly from 0 up to 1.
    func unit(_ purpose: UInt64, subject: UInt64) -> Double {
        let bits = SeededRandom.mixed(SeededRandom.mixed(spec.seed &+ purpose) ^ SeededRandom.mixed(subject))
        return Double(bits >> 11) / 9_007_199_254_740_992
    }

    private func strikes(_ fault: SimulatorSpec.Fault, number: Int, subject: UInt64) -> Bool {
        guard fault.probability < 1 else { return true }
        let name = SeededRandom.mixed(subject) &+ UInt64(number)
        let times = asked.withLock { asked in
            // A run of weeks must not fill the memory; what is forgotten only begins to repeat itself.
            if asked.count > 100_000 { asked.removeAll() }
            asked[name, default: 0] += 1
            return asked[name, default: 1]
        }
        return unit(UInt64(number) &+ 100, subject: name &+ SeededRandom.mixed(times)) < fault.probability
    }

    private func placeNumber(_ place: SimulatorSpec.Place) -> Int {
        switch place {
        case .create: 0
        case .read: 1
        case .file: 2
        }
    }
}
