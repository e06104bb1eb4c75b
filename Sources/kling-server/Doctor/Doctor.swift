import JSON
import JSONRPC
import KlingCore
import KlingHTTP
import KlingService
import KlingSimulator
import Synchronization

/// `kling-server doctor`: looks at all that a server started the same way would need, and changes nothing.
///
/// Everything it asks of the gateway is free of charge, and no secret gets into its report.
struct Doctor {
    let options: Options

    /// - Returns: the exit status: 0, or 1 with a problem.
    func run() throws(Options.Misuse) -> Int32 {
        guard options.files.isEmpty else {
            throw Options.Misuse("doctor takes no argument, but \(options.files[0])")
        }
        guard options.checkFormat == .text || options.checkFormat == .json else {
            throw Options.Misuse("--format: doctor writes text or json")
        }
        let simulation = try options.readSimulation()
        let address = simulation == nil ? try options.readAddress() ?? .standard : .standard
        let isColored = options.usesColor
        // From here on a library that prints does not get into the report, as in service.
        let output = OutputExamination()
        var findings = [program]
        if let simulation {
            findings += Self.simulated(simulation)
        } else {
            let keys = options.keys
            Self.wait { _ = try? await keys.awaitedKey() }
            let key = KeyExamination(options, keys)
            let gateway = GatewayExamination(
                address: address, keys: keys, hasKey: key.hasKey, options: options.http(isBrief: true))
            let found = Self.waiting { await gateway.findings() }
            findings += key.findings + (found.isEmpty ? [Self.nothingFound] : found)
        }
        findings +=
            JournalFindings.of(
                options.journalPath, simulated: simulation != nil) + output.findings
        let report = DoctorReport(
            findings: findings, locale: options.settings.locale, version: Serve.version)
        let text = options.checkFormat == .json ? report.json : Array(report.text(isColored: isColored).utf8)
        guard SmallFile.write(text, to: output.descriptor) else {
            throw Options.Misuse("the report cannot be written: \(SmallFile.lastError)")
        }
        return report.status == .problem ? 1 : 0
    }

    /// The look at the gateway has come to no end, as when the system has no descriptor left for it.
    private static let nothingFound = Finding.problem(
        .gateway, en: "The gateway could not be looked at: the system has no descriptor or thread left.",
        zh: "无法检查网关：系统没有可用的文件描述符或线程。",
        advice: LocalizedText(en: "Raise the limit of open files (ulimit -n).", zh: "请提高打开文件数限制（ulimit -n）。"))

    private var program: Finding {
        let sqlite = JournalFindings.sqliteVersion
        return .ok(
            .program, en: "kling-server \(Serve.version), SQLite \(sqlite).",
            zh: "kling-server \(Serve.version)，SQLite \(sqlite)。",
            facts: ["version": .string(Serve.version), "sqlite": .string(sqlite)])
    }

    private static func simulated(_ spec: SimulatorSpec) -> [Finding] {
        let faults = spec.faults.count
        return [
            .ok(
                .key, en: "The simulator needs no key.", zh: "模拟器不需要 API Key。",
                facts: ["source": .null]),
            .ok(
                .gateway,
                en: "The gateway is simulated: nothing goes over the network and nothing is paid"
                    + (faults > 0
                        ? "; \(faults) \(faults == 1 ? "fault is" : "faults are") asked for." : "."),
                zh: "网关为模拟：不联网、不计费" + (faults > 0 ? "；已设定 \(faults) 个故障。" : "。"),
                facts: ["url": "simulator", "simulated": true])
        ]
    }

    /// The result of asynchronous work, waited for on this thread, which has nothing else to do.
    private static func waiting(_ work: @escaping @Sendable () async -> [Finding]) -> [Finding] {
        let result = Box()
        wait {
            let found = await work()
            result.findings.withLock { $0 = found }
        }
        return result.findings.withLock { $0 }
    }

    private static func wait(_ work: @escaping @Sendable () async -> Void) {
        let done = Wakeup()
        Task {
            await work()
            done.signal()
        }
        done.wait()
    }

    private final class Box: Sendable {
        let findings = Mutex<[Finding]>([])
    }
}
