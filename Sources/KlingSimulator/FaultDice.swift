import KlingCore
import Synchronization

/// Which faults happen. Chance is drawn from the seed, the fault, its subject and how often that was asked,
/// never from one shared stream, so that a run repeats itself however its exchanges interleave.
final class FaultDice: Sendable {
    private let spec: SimulatorSpec
    private let asked = Mutex<[UInt64: UInt64]>([:])
    /// How often each fault with a count has happened, by its place in the spec.
    private let happened = Mutex<[Int: Int]>([:])

    init(_ spec: SimulatorSpec) { self.spec = spec }

    /// What one exchange suffers.
    struct Draw: Sendable {
        /// The one fault that decides, the first of the spec that strikes.
        var main: SimulatorSpec.Fault?
        /// Those that colour the answer.
        var modifiers: [SimulatorSpec.Fault] = []

        func has(_ modifier: SimulatorSpec.Name) -> Bool { modifiers.contains { $0.name == modifier } }

        /// How long a modifier holds the answer up, in the gateway's seconds.
        func seconds(_ modifier: SimulatorSpec.Name) -> Double {
            modifiers.first { $0.name == modifier }.map { $0.seconds ?? modifier.usualSeconds ?? 0 } ?? 0
        }
    }

    func draw(at place: SimulatorSpec.Place, subject: UInt64) -> Draw {
        var draw = Draw()
        for (index, fault) in spec.faults.enumerated() where fault.name.places.contains(place) {
            if let only = fault.place, only != place { continue }
            if draw.main != nil, !fault.name.isModifier { continue }
            guard strikes(fault, number: index, subject: subject &* 4 &+ UInt64(placeNumber(place))) else {
                continue
            }
            if fault.name.isModifier { draw.modifiers.append(fault) } else { draw.main = fault }
        }
        return draw
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
        guard isLikely(fault, number: number, subject: subject) else { return false }
        guard let most = fault.count else { return true }
        return happened.withLock { happened in
            guard happened[number, default: 0] < most else { return false }
            happened[number, default: 0] += 1
            return true
        }
    }

    private func isLikely(_ fault: SimulatorSpec.Fault, number: Int, subject: UInt64) -> Bool {
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
