// Reads a file into the tree again and again, and prints the median as one line of JSON: `json-bench FILE
// [ROUNDS]`.
import JSON

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

func fail(_ words: String) -> Never {
    print("json-bench: \(words)")
    exit(2)
}

func read(_ path: String) -> [UInt8]? {
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

func milliseconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) * 1000 + Double(now.tv_nsec) / 1_000_000
}

let arguments = CommandLine.arguments
guard arguments.count > 1, let bytes = read(arguments[1]) else { fail("the file cannot be read") }
let rounds = arguments.count > 2 ? max(1, Int(arguments[2]) ?? 15) : 15

var tree = JSONTree()
var times: [Double] = []
for _ in 0..<rounds {
    let start = milliseconds()
    bytes.withUnsafeBytes { tree.parse($0, options: .json) }
    times.append(milliseconds() - start)
}
guard tree.isValid else { fail("the file is not JSON") }
times.sort()
let median = times[rounds / 2]
let megabytes = Double(bytes.count) / 1_000_000

func rounded(_ value: Double) -> JSONValue { JSONValue((value * 1000).rounded() / 1000) }
let result: JSONValue = [
    "what": "parse", "megabytes": rounded(megabytes), "median_ms": rounded(median),
    "mbPerSecond": rounded(megabytes / max(median, 0.001) * 1000)
]
print(result)
