import JSONRPC
import Testing

@Suite("Framer: bytes into messages")
struct FramerTests {
    /// A stream and what it is cut into, whatever pieces it comes in.
    struct Stream: CustomTestStringConvertible, Sendable {
        let name: String
        let text: [UInt8]
        let expected: [Cut]
        var limits = Framer.Limits(messageBytes: 24, headerBytes: 64)
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ expected: [Cut]) {
            self.init(name, Array(text.utf8), expected)
        }

        init(_ name: String, _ text: [UInt8], _ expected: [Cut]) {
            self.name = name
            self.text = text
            self.expected = expected
        }
    }

    static let noLength = Cut.broken("a header block without a Content-Length of 1 to 10 digits")
    static let longBlock = Cut.broken("a header block of over 64 bytes")
    static let halfMessage = Cut.broken("the input ended inside a message")
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static let streams: [Stream] = [
        // Lines
        Stream("nothing", "", []),
        Stream("only blanks", " \n\r\n\t\n", []),
        Stream("one line", "{\"a\":1}\n", [.message("{\"a\":1}")]),
        Stream("LF and CRLF", "[1]\r\n[2]\n[3]\r\n", [.message("[1]"), .message("[2]"), .message("[3]")]),
        Stream("blank lines between", "\n\n[1]\n \t \n\r\n[2]\n\n", [.message("[1]"), .message("[2]")]),
        Stream("no line end at the end", "[1]\n[2]", [.message("[1]"), .message("[2]")]),
        Stream("a carriage return at the end", "[1]\r", [.message("[1]")]),
        Stream("not JSON is a message too", "hello\n[1]\n", [.message("hello"), .message("[1]")]),
        Stream("any other first byte means lines", "Xontent-Length: 3\n", [.message("Xontent-Length: 3")]),
        Stream(
            "a line at the limit", String(repeating: "1", count: 24) + "\n",
            [.message(String(repeating: "1", count: 24))]),
        Stream(
            "a line over the limit", String(repeating: "1", count: 25) + "\n[1]\n",
            [.oversized, .message("[1]")]),
        Stream(
            "two lines over the limit",
            String(repeating: "1234567890", count: 5) + "\n[1]\n"
                + String(repeating: "7", count: 99) + "\n[2]\n",
            [.oversized, .message("[1]"), .oversized, .message("[2]")]),
        Stream(
            "the last line is over the limit", "[1]\n" + String(repeating: "1", count: 60),
            [.message("[1]"), .oversized]),
        Stream("a byte order mark before a line", mark + "[1]\n".utf8, [.message("[1]")]),
        Stream("a byte order mark before headers", mark + framed("[1]").utf8, [.message("[1]")]),
        Stream("bytes of a mark that is none", [0xEF, 0xBB, 0x5B, 0x0A], [.message("\u{FFFD}[")]),

        // Headers
        Stream("one body", framed("[1]"), [.message("[1]")]),
        Stream(
            "bodies", framed("[1]") + framed("{}") + framed("\"é\""),
            [.message("[1]"), .message("{}"), .message("\"é\"")]),
        Stream("blanks before the first header", "\r\n \t\n" + framed("[1]"), [.message("[1]")]),
        Stream(
            "line ends between messages", framed("[1]") + "\r\n\n" + framed("[2]"),
            [.message("[1]"), .message("[2]")]),
        Stream("line ends at the end", framed("[1]") + "\r\n", [.message("[1]")]),
        Stream("a body of line ends is a body", framed("\n\r\n"), [.message("\n\r\n")]),
        Stream("an odd case of the name", "cOnTeNt-LENGTH: 3\r\n\r\n[1]", [.message("[1]")]),
        Stream(
            "no space, much space", "Content-Length:3\r\n\r\n[1]Content-Length: \t 3  \r\n\r\n[2]",
            [.message("[1]"), .message("[2]")]),
        Stream(
            "LF-only headers", "Content-Length: 3\n\n[1]Content-Length: 3\n\n[2]",
            [.message("[1]"), .message("[2]")]),
        Stream(
            "other headers", "Content-Type: x; charset=utf-8\r\nContent-Length: 3\r\nX: y\r\n\r\n[1]",
            [.message("[1]")]),
        Stream("an empty body is no message", framed("") + framed("[1]"), [.message("[1]")]),
        Stream(
            "a header block at the limit",
            "Content-Length: 3\r\nX: " + String(repeating: "x", count: 41) + "\r\n\r\n[1]", [.message("[1]")]),
        Stream(
            "a header block over the limit",
            "Content-Length: 3\r\nX: " + String(repeating: "x", count: 90) + "\r\n\r\n[1]", [longBlock]),
        Stream("a header that never ends", "C" + String(repeating: "x", count: 300), [longBlock]),
        Stream("no length", "Content-Type: x\r\n\r\n[1]", [noLength]),
        Stream("a line without a colon", "Content-Length: 3\r\nnonsense\r\n\r\n[1]", [noLength]),
        Stream("a length that is no number", "Content-Length: three\r\n\r\n[1]", [noLength]),
        Stream("a negative length", "Content-Length: -3\r\n\r\n[1]", [noLength]),
        Stream("a signed length", "Content-Length: +3\r\n\r\n[1]", [noLength]),
        Stream("a hexadecimal length", "Content-Length: 0x3\r\n\r\n[1]", [noLength]),
        Stream("an empty length", "Content-Length:\r\n\r\n[1]", [noLength]),
        Stream("a length of 11 digits", "Content-Length: 00000000003\r\n\r\n[1]", [noLength]),
        Stream(
            "a length of 25 digits",
            "Content-Length: " + String(repeating: "9", count: 25) + "\r\n\r\n[1]", [noLength]),
        Stream("a length of 10 digits", "Content-Length: 0000000003\r\n\r\n[1]", [.message("[1]")]),
        Stream("nothing comes after a broken block", "Content-Length: x\r\n\r\n" + framed("[1]"), [noLength]),
        Stream(
            "a body over the limit",
            framed(String(repeating: "x", count: 25)) + framed("[1]"), [.oversized, .message("[1]")]),
        Stream(
            "a body at the limit",
            framed(String(repeating: "x", count: 24)), [.message(String(repeating: "x", count: 24))]),
        Stream("the end inside a header", framed("[1]") + "Content-Le", [.message("[1]"), halfMessage]),
        Stream(
            "the end inside a body", framed("[1]") + "Content-Length: 9\r\n\r\n[2",
            [.message("[1]"), halfMessage]),
        Stream("the end inside a body over the limit", "Content-Length: 99\r\n\r\n[2", [halfMessage])
    ]

    @Test("is the same however the stream is cut into pieces", arguments: streams)
    func chunking(_ stream: Stream) {
        #expect(cuts([stream.text], limits: stream.limits) == stream.expected, "whole")
        let wrongSplits = (0...stream.text.count).filter { split in
            cuts([stream.text[..<split], stream.text[split...]], limits: stream.limits) != stream.expected
        }
        #expect(wrongSplits.isEmpty, "split in two")
        let wrongLengths = [1, 2, 3, 7].filter { length in
            cuts(pieces(stream.text, of: length), limits: stream.limits) != stream.expected
        }
        #expect(wrongLengths.isEmpty, "in pieces of one length")
    }

    @Test("takes a framing that is given, whatever the first byte says")
    func givenFraming() {
        #expect(cuts([Array("Cat\n[1]\n".utf8)], framing: .lines) == [.message("Cat"), .message("[1]")])
        #expect(
            cuts([Array("X: 1\r\nContent-Length: 3\r\n\r\n[1]".utf8)], framing: .headers) == [.message("[1]")]
        )
    }

    @Test("knows the framing with the first byte that is not blank, and not before")
    func detection() {
        var framer = Framer()
        framer.append(Array(" \r\n".utf8))
        #expect(framer.next() == nil)
        #expect(framer.framing == nil)
        framer.append(Array("c".utf8))
        #expect(framer.next() == nil)
        #expect(framer.framing == .headers)
    }

    @Test("passes a line over the limit without holding it")
    func longLine() {
        var framer = Framer(limits: .init(messageBytes: 1 << 20))
        let piece = [UInt8](repeating: 0x31, count: 1 << 16)
        for _ in 0..<1024 {
            framer.append(piece)
            #expect(framer.next() == nil)
            #expect(framer.buffer.capacity < 4 << 20)
        }
        framer.append(Array("\n[1]\n".utf8))
        #expect(framer.next() == .oversized)
        #expect(framer.next().map { Cut($0, in: framer.buffer) } == .message("[1]"))
    }

    @Test("passes a body over the limit without holding it")
    func longBody() {
        var framer = Framer(limits: .init(messageBytes: 1 << 20))
        let piece = [UInt8](repeating: 0x31, count: 1 << 16)
        framer.append(Array("Content-Length: \(piece.count * 1024)\r\n\r\n".utf8))
        for _ in 0..<1023 {
            framer.append(piece)
            #expect(framer.next() == nil)
            #expect(framer.buffer.capacity < 4 << 20)
        }
        framer.append(piece + framed("[1]").utf8)
        #expect(framer.next() == .oversized)
        #expect(framer.next().map { Cut($0, in: framer.buffer) } == .message("[1]"))
    }

    @Test("allocates nothing for a length that is only declared", arguments: [60 << 20, 9_999_999_999])
    func declaredLength(_ length: Int) {
        var framer = Framer()
        framer.append(Array("Content-Length: \(length)\r\n\r\n[1,2,3".utf8))
        #expect(framer.next() == nil)
        framer.append(Array(",4".utf8))
        #expect(framer.next() == nil)
        #expect(framer.buffer.capacity < 1 << 16)
    }

    @Test("holds no blanks that come before the first message")
    func endlessBlanks() {
        var framer = Framer()
        let piece = [UInt8](repeating: 0x0A, count: 1 << 16)
        for _ in 0..<64 {
            framer.append(piece)
            #expect(framer.next() == nil)
        }
        #expect(framer.buffer.capacity < 1 << 20)
        #expect(framer.finish() == nil)
    }

    @Test("gives the memory of a large message back")
    func givesBack() {
        var framer = Framer()
        framer.append([UInt8](repeating: 0x31, count: 16 << 20) + [0x0A])
        #expect(framer.next() != nil)
        #expect(framer.next() == nil)
        framer.append(Array("[1]\n".utf8))
        #expect(framer.next().map { Cut($0, in: framer.buffer) } == .message("[1]"))
        #expect(framer.buffer.capacity < 2 << 20)
    }

    @Test("fills from a reader that gives less than there is room for, an error or an end")
    func filling() {
        var framer = Framer()
        var rest = Array("[1]\n[2]\n".utf8)[...]
        var found: [Cut] = []
        while true {
            let count = framer.fill { room in
                guard let byte = rest.popFirst() else { return 0 }
                room[0] = byte
                return 1
            }
            if count == 0 { break }
            while let event = framer.next() { found.append(Cut(event, in: framer.buffer)) }
            #expect(framer.fill { _ in -1 } == -1)
        }
        #expect(found == [.message("[1]"), .message("[2]")])
        #expect(framer.isEmpty)
    }

    @Test("is empty between messages only")
    func emptiness() {
        var framer = Framer()
        #expect(framer.isEmpty)
        framer.append(Array("Content-Length: 3\r\n\r\n[1".utf8))
        #expect(framer.next() == nil)
        #expect(!framer.isEmpty)
        framer.append(Array("]".utf8))
        #expect(framer.next() != nil)
        #expect(framer.isEmpty)
    }
}
