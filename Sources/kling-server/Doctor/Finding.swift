import JSON
import KlingCore

/// One thing that `doctor` has looked at: what is, whether it is well, and what to do.
struct Finding: Sendable {
    /// What was looked at. Raw values are the names in the reports.
    enum Subject: String, CaseIterable {
        case program, key, libcurl, proxy, gateway, access, clock, journal, tasks, disk, output
    }

    enum Status: String, Comparable {
        case ok, warning, problem

        static func < (left: Status, right: Status) -> Bool { left.weight < right.weight }

        private var weight: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .problem: 2
            }
        }
    }

    var subject: Subject
    var status: Status
    var message: LocalizedText
    /// What to do; nil when there is nothing to be done.
    var advice: LocalizedText?
    /// The same for programs.
    var facts: JSONObject

    static func ok(_ subject: Subject, en: String, zh: String, facts: JSONObject = [:]) -> Finding {
        Finding(
            subject: subject, status: .ok, message: LocalizedText(en: en, zh: zh), advice: nil, facts: facts)
    }

    static func warning(
        _ subject: Subject, en: String, zh: String, advice: LocalizedText, facts: JSONObject = [:]
    ) -> Finding {
        Finding(
            subject: subject, status: .warning, message: LocalizedText(en: en, zh: zh), advice: advice,
            facts: facts)
    }

    static func problem(
        _ subject: Subject, en: String, zh: String, advice: LocalizedText, facts: JSONObject = [:]
    ) -> Finding {
        Finding(
            subject: subject, status: .problem, message: LocalizedText(en: en, zh: zh), advice: advice,
            facts: facts)
    }
}
