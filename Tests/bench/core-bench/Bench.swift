import JSON

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Clock, file and report of the measures.
enum Bench {
    static func fail(_ words: String) -> Never {
        print("core-bench: \(words)")
        exit(2)
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return ferror(file) == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }

    static func medianMilliseconds(_ rounds: Int, _ body: () -> Void) -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = milliseconds()
            body()
            times.append(milliseconds() - start)
        }
        return max(times.sorted()[rounds / 2], 0.000_001)
    }

    static func say(_ what: String, _ figures: JSONObject) {
        var line: JSONObject = ["what": .string(what)]
        for (name, value) in figures { line[name] = value }
        print(JSONValue.object(line))
    }

    static func rounded(_ value: Double) -> JSONValue { JSONValue((value * 1000).rounded() / 1000) }

    private static func milliseconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) * 1000 + Double(now.tv_nsec) / 1_000_000
    }
}
