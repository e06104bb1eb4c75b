import Testing

@testable import KlingSimulator

struct SimulatorSpecTests {
    @Test func `a spec names speed, seed and faults`() throws {
        #expect(try SimulatorSpec(parsing: "") == SimulatorSpec())
        #expect(
            try SimulatorSpec(parsing: "speed=100, seed=7,fault=429:0.2:on=read,fault=stuck")
                == SimulatorSpec(
                    speed: 100, seed: 7,
                    faults: [.init(.tooManyRequests, probability: 0.2, at: .read), .init(.stuck)]))
    }

    @Test func `a fault has a count, a place and a time as well`() throws {
        #expect(
            try SimulatorSpec(parsing: "fault=429:x2:on=create:seconds=7,fault=delay:0.5:seconds=0.25").faults
                == [
                    .init(.tooManyRequests, count: 2, at: .create, seconds: 7),
                    .init(.delay, probability: 0.5, seconds: 0.25)
                ])
    }

    @Test(arguments: SimulatorSpec.Name.allCases)
    func `every fault is read by its name, and is of one kind`(name: SimulatorSpec.Name) throws {
        #expect(
            try SimulatorSpec(parsing: "fault=\(name.rawValue):0.5").faults == [.init(name, probability: 0.5)]
        )
        #expect(name.places.isEmpty == SimulatorSpec.Name.fates.contains(name))
    }

    static let mistakes: [(String, String)] = [
        ("sped=3", "the simulator has no option 'sped'; did you mean 'speed'?"),
        ("fault=stuk", "the simulator has no fault 'stuk'; did you mean 'stuck'?"),
        ("fault=", "the simulator has no fault ''"),
        (
            "fault=500:seconds=3",
            "'seconds=3' is no value for '500': it takes no seconds=: it is not about time"
        ),
        ("fault=delay:seconds=-1", "'seconds=-1' is no value for 'delay': it takes seconds= from 0 to 86400"),
        ("speed=0", "'0' is no value for 'speed': it takes a number above 0, up to 10000"),
        ("speed=nan", "'nan' is no value for 'speed': it takes a number above 0, up to 10000"),
        ("seed=-1", "'-1' is no value for 'seed': it takes a whole number"),
        (
            "fault=429:2",
            "'2' is no value for '429': it takes a probability from 0 to 1, or a count such as x3"
        ),
        (
            "fault=429:x0",
            "'x0' is no value for '429': it takes a probability from 0 to 1, or a count such as x3"
        ),
        ("fault=404:on=create", "'on=create' is no value for '404': it takes on= with read"),
        (
            "fault=stuck:on=read",
            "'on=read' is no value for 'stuck': it takes no place: it is about the whole task"
        )
    ]

    @Test(arguments: mistakes)
    func `a mistake is named, with the nearest word`(text: String, message: String) {
        let error = #expect(throws: SimulatorSpecError.self) { try SimulatorSpec(parsing: text) }
        #expect(error?.description == message)
    }
}
