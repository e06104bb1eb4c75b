import JSON
import JSONRPC

/// What comes out of a framer, in a form that can be compared and read.
enum Cut: Equatable, CustomStringConvertible {
    case message(String)
    case oversized
    case broken(String)

    init(_ event: Framer.Event, in buffer: [UInt8]) {
        switch event {
        case .message(let range): self = .message(String(decoding: buffer[range], as: UTF8.self))
        case .oversized: self = .oversized
        case .broken(let reason): self = .broken(reason)
        }
    }

    var isBroken: Bool { if case .broken = self { true } else { false } }

    var description: String {
        switch self {
        case .message(let text): "message(\(text.debugDescription))"
        case .oversized: "oversized"
        case .broken(let reason): "broken(\(reason))"
        }
    }
}

/// Feeds the pieces one after the other, taking every event as soon as it is there; then ends the input.
func cuts(
    _ pieces: some Sequence<some Collection<UInt8>>, framing: Framer.Framing? = nil,
    limits: Framer.Limits = .init()
) -> [Cut] {
    var framer = Framer(framing: framing, limits: limits)
    var found: [Cut] = []
    for piece in pieces {
        framer.append(piece)
        while let event = framer.next() { found.append(Cut(event, in: framer.buffer)) }
    }
    if let last = framer.finish() { found.append(Cut(last, in: framer.buffer)) }
    return found
}

/// `bytes` in pieces of one length, the last one shorter.
func pieces(_ bytes: [UInt8], of length: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: bytes.count, by: length).map { bytes[$0..<min($0 + length, bytes.count)] }
}

/// A message with its LSP header.
func framed(_ message: String) -> String { "Content-Length: \(message.utf8.count)\r\n\r\n\(message)" }
