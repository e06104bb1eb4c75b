import JSON
import KlingCore

/// What `doctor` has found, for people and for programs.
struct DoctorReport {
    let findings: [Finding]
    let locale: Locale
    let version: String

    /// The worst of all.
    var status: Finding.Status { findings.map(\.status).max() ?? .ok }

    // MARK: Text

    /// A line for each finding, below it what to do.
    func text(isColored: Bool) -> String {
        let width = Finding.Subject.allCases.map(\.rawValue.utf8.count).max() ?? 0
        var text = ""
        for finding in findings {
            let name = finding.subject.rawValue
            let gap = String(repeating: " ", count: width - name.utf8.count + 2)
            let mark = style(word(finding.status), color(finding.status), isColored)
            text += "\(mark)  \(style(name, "1", isColored))\(gap)\(plain(finding.message[locale]))\n"
            if let advice = finding.advice {
                let margin = String(repeating: " ", count: Self.markWidth + width + 4)
                text += "\(margin)\(style("→ " + plain(advice[locale]), "36", isColored))\n"
            }
        }
        return text + summary + "\n"
    }

    private static let markWidth = 7

    /// Of one width in columns in each language.
    private func word(_ status: Finding.Status) -> String {
        switch (status, locale) {
        case (.ok, .en): "ok     "
        case (.warning, .en): "warning"
        case (.problem, .en): "problem"
        case (.ok, .zh): "正常   "
        case (.warning, .zh): "警告   "
        case (.problem, .zh): "问题   "
        }
    }

    private func color(_ status: Finding.Status) -> String {
        switch status {
        case .ok: "32"
        case .warning: "1;33"
        case .problem: "1;31"
        }
    }

    private var summary: String {
        let problems = findings.count { $0.status == .problem }
        let warnings = findings.count { $0.status == .warning }
        switch locale {
        case .en:
            func some(_ count: Int, _ one: String) -> String {
                "\(count == 0 ? "no" : String(count)) \(one)\(count == 1 ? "" : "s")"
            }
            let text = "\(some(problems, "problem")), \(some(warnings, "warning"))"
            return text.prefix(1).uppercased() + text.dropFirst() + "."
        case .zh: return "\(problems) 个问题，\(warnings) 个警告。"
        }
    }

    /// What a gateway or a name of a file holds must not steer the terminal.
    private func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { TerminalWidth.isActive($0) ? "\u{FFFD}" : $0 })
        )
    }

    private func style(_ text: String, _ code: String, _ isColored: Bool) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    // MARK: JSON

    /// `{"version","status","findings":[{"subject","status","message","advice"?,"facts"}]}`
    var json: [UInt8] {
        let report: JSONValue = [
            "version": .string(version), "status": .string(status.rawValue),
            "findings": .array(
                findings.map { finding in
                    var members: JSONObject = [
                        "subject": .string(finding.subject.rawValue),
                        "status": .string(finding.status.rawValue),
                        "message": .string(finding.message[locale])
                    ]
                    members["advice"] = finding.advice.map { .string($0[locale]) }
                    members["facts"] = .object(finding.facts)
                    return .object(members)
                })
        ]
        return Array((report.description + "\n").utf8)
    }
}
