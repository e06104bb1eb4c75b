import KlingCore
import KlingHTTP
import KlingService
import KlingSimulator

/// What the options say of the parts, for those who make them and for those who look at them.
extension Options {
    func readSimulation() throws(Misuse) -> SimulatorSpec? {
        guard let text = simulation else { return nil }
        do throws(SimulatorSpecError) {
            return try SimulatorSpec(parsing: text)
        } catch {
            throw Misuse("--simulate: \(error)")
        }
    }

    /// The address given, or nil for the default one.
    func readAddress() throws(Misuse) -> GatewayAddress? {
        guard let gateway else { return nil }
        do throws(GatewayAddressProblem) {
            return try GatewayAddress(gateway)
        } catch {
            throw Misuse("--gateway: \(error.sentence(settings.locale))")
        }
    }

    /// Where the key comes from, not opened yet; the file goes before the variable.
    var keys: KeySource {
        if let apiKeyFile { return KeySource(file: apiKeyFile, reserved: 0) }
        return apiKey.map { KeySource($0, variable: "KLING_API_KEY") } ?? KeySource(nil)
    }

    /// - Parameter isBrief: somebody sits before it and waits.
    func http(isBrief: Bool = false) -> HTTPGateway.Options {
        var http = HTTPGateway.Options()
        http.version = Serve.version
        http.language = settings.locale.rawValue
        http.environment = proxyVariables
        http.certificateFile = certificateFile
        http.isIdempotent = gatewayIsIdempotent
        if isBrief {
            http.connectTimeout = .seconds(5)
            http.readTimeout = .seconds(10)
        }
        return http
    }

    /// The journal in force. Simulated tasks never share one with real ones.
    var journalPath: String {
        journal ?? stateDirectory + (simulation == nil ? "/journal.db" : "/simulated.db")
    }
}
