// The floor in Swift: one canned reply per line read. What is left is the language's own start and memory.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

let reply = Array(#"{"jsonrpc":"2.0","id":1000000,"result":{"valid":true,"diagnostics":[]}}"#.utf8) + [10]
var buffer = [UInt8](repeating: 0, count: 1 << 16)

while true {
    let got = read(0, &buffer, buffer.count)
    if got <= 0 { break }
    for byte in buffer[..<got] where byte == 10 {
        _ = write(1, reply, reply.count)
    }
}
