/// Why a spec was not understood.
public enum SimulatorSpecError: Error, Sendable, Hashable {
    case unknownOption(String, nearest: String?)
    case unknownFault(String, nearest: String?)
    case badValue(option: String, value: String, expected: String)
}

extension SimulatorSpec {
    private static let options = ["speed", "seed", "fault"]

    /// Reads `NAME=VALUE,…`; the empty text is the default. A fault is
    /// `NAME[:PROBABILITY][:xCOUNT][:on=create|read|file][:seconds=SECONDS]`.
    public init(parsing text: String) throws(SimulatorSpecError) {
        self.init()
        for part in text.split(separator: ",") {
            let option = part.trimmed
            let (name, value) = option.cut(at: "=")
            switch name {
            case "speed": speed = try Self.speed(value)
            case "seed":
                guard let seed = UInt64(value) else {
                    throw .badValue(option: name, value: value, expected: "a whole number")
                }
                self.seed = seed
            case "fault": faults.append(try Self.fault(value))
            default: throw .unknownOption(name, nearest: Self.nearest(name, among: Self.options))
            }
        }
    }

    private static func speed(_ value: String) throws(SimulatorSpecError) -> Double {
        guard let speed = Double(value), speed > 0, speed <= 10_000 else {
            throw .badValue(option: "speed", value: value, expected: "a number above 0, up to 10000")
        }
        return speed
    }

    private static func fault(_ text: String) throws(SimulatorSpecError) -> Fault {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmed)
        let spelling = parts.first ?? ""
        guard let name = Name(rawValue: spelling) else {
            throw .unknownFault(spelling, nearest: nearest(spelling, among: Name.allCases.map(\.rawValue)))
        }
        var fault = Fault(name)
        for part in parts.dropFirst() {
            if part.hasPrefix("on=") {
                guard let place = Place(rawValue: part.cut(at: "=").1), name.places.contains(place) else {
                    let places = name.places.map(\.rawValue).joined(separator: " or ")
                    throw .badValue(
                        option: spelling, value: part,
                        expected: places.isEmpty
                            ? "no place: it is about the whole task" : "on= with \(places)")
                }
                fault.place = place
            } else if part.hasPrefix("seconds=") {
                guard name.usualSeconds != nil, let seconds = Double(part.cut(at: "=").1),
                    (0...86_400).contains(seconds)
                else {
                    throw .badValue(
                        option: spelling, value: part,
                        expected: name.usualSeconds == nil
                            ? "no seconds=: it is not about time" : "seconds= from 0 to 86400")
                }
                fault.seconds = seconds
            } else if part.hasPrefix("x"), let count = Int(part.dropFirst()), count > 0 {
                fault.count = count
            } else if let probability = Double(part), (0...1).contains(probability) {
                fault.probability = probability
            } else {
                throw .badValue(
                    option: spelling, value: part,
                    expected: "a probability from 0 to 1, or a count such as x3")
            }
        }
        return fault
    }

    /// The name that the fewest changes of single characters lead to, when these are few.
    private static func nearest(_ text: String, among names: [String]) -> String? {
        let text = Array(text.lowercased().prefix(40))
        let ranked = names.map { ($0, distance(text, Array($0))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, best.0.count / 2) else {
            return nil
        }
        return best.0
    }

    /// Levenshtein's distance, in one row.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let changed = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}

extension SimulatorSpecError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownOption(let name, let nearest):
            "the simulator has no option '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .unknownFault(let name, let nearest):
            "the simulator has no fault '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .badValue(let option, let value, let expected):
            "'\(value)' is no value for '\(option)': it takes \(expected)"
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// What stands before and after the first separator.
    fileprivate func cut(at separator: Character) -> (String, String) {
        guard let index = firstIndex(of: separator) else { return (String(self), "") }
        return (String(self[..<index]), String(self[self.index(after: index)...]))
    }
}
