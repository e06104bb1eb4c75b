import JSON
import Testing

@Suite struct LineIndexTests {
    /// The marked offset, and its line and character in UTF-8, UTF-16 and UTF-32.
    @Test(arguments: [
        ("│", 0, 0, 0, 0), ("a│b", 0, 1, 1, 1), ("a\n│b", 1, 0, 0, 0), ("a│\nb", 0, 1, 1, 1),
        ("a\n│", 1, 0, 0, 0),
        ("a\r\n│b", 1, 0, 0, 0), ("a│\r\nb", 0, 1, 1, 1), ("a\r│b", 1, 0, 0, 0), ("\r\r\n\n│", 3, 0, 0, 0),
        ("é│", 0, 2, 1, 1), ("你好│!", 0, 6, 2, 2), ("😀│x", 0, 4, 2, 1), ("a\n你😀│", 1, 7, 3, 2),
        ("\u{2028}│x", 0, 3, 1, 1), ("\u{FEFF}│{", 0, 3, 1, 1), ("e\u{301}│", 0, 3, 2, 2)
    ])
    func `an offset has a position in each encoding, and leads back`(
        fixture: String, line: Int, utf8: Int, utf16: Int, utf32: Int
    ) {
        let marked = Marked(fixture)
        let index = LineIndex(marked.bytes)
        for (encoding, character) in [(PositionEncoding.utf8, utf8), (.utf16, utf16), (.utf32, utf32)] {
            let position = TextPosition(line: line, character: character)
            #expect(index.position(of: marked.offsets[0], encoding: encoding) == position)
            #expect(index.offset(of: position, encoding: encoding) == marked.offsets[0])
        }
    }

    @Test(arguments: [
        ("ab│\ncd", 0, 99), ("ab│\r\ncd", 0, 3), ("ab\ncd│", 1, 99), ("ab\ncd│", 7, 0), ("│ab", -1, 5),
        ("│ab", 0, -5),
        ("a│😀b", 0, 2), ("a\n│", 1, 3), ("你│\n", 0, 9), ("ab\ncd│", Int.max, Int.max),
        ("│ab", Int.min, Int.min)
    ])
    func `a position outside goes to the nearest place, one inside a character to its beginning`(
        fixture: String, line: Int, character: Int
    ) {
        let marked = Marked(fixture)
        let place = TextPosition(line: line, character: character)
        #expect(LineIndex(marked.bytes).offset(of: place, encoding: .utf16) == marked.offsets[0])
    }

    @Test(arguments: [("a😀", 3, 1), ("你", 2, 0), ("ab", -1, 0), ("ab", 9, 2), ("a\r\n", 2, 1)])
    func `an offset inside a character or outside the text has a position too`(
        source: String, offset: Int, character: Int
    ) {
        let index = LineIndex(Array(source.utf8))
        #expect(index.position(of: offset, encoding: .utf16) == TextPosition(line: 0, character: character))
    }

    @Test(
        arguments: [
            ([0xFF, 0x41], 1, 1), ([0xE4, 0xBD, 0x41], 2, 1), ([0xF0, 0x9F, 0x98, 0x41], 3, 1),
            ([0xC0, 0x80, 0x41], 2, 2),
            ([0xED, 0xA0, 0x80, 0x41], 3, 3), ([0x80, 0xE4], 2, 2)
        ] as [([UInt8], Int, Int)])
    func `bytes that are not UTF-8 count as their replacement does`(
        bytes: [UInt8], offset: Int, character: Int
    ) {
        let position = LineIndex(bytes).position(of: offset, encoding: .utf16)
        #expect(position.character == character)
        let replaced = String(decoding: bytes[..<offset], as: UTF8.self)
        #expect(replaced.utf16.count == character)
    }

    /// What a long line counts must be the same as character by character.
    @Test(arguments: PositionEncoding.allCases)
    func `a line of any length and script is counted right`(encoding: PositionEncoding) {
        let pieces = ["abcdefgh ", "一只金毛犬", "，", "e\u{301}", "😀", "x", "\u{FFFD}", "ÿ", "한글"]
        var random = Seeded(5)
        for length in [10, 900, 4000, 9000] {
            var text = "first\r\n"
            for _ in 0..<length { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            text += "\nlast"
            let lines = LineIndex(Array(text.utf8))
            var offset = 7
            var units = 0
            var number = 0
            for scalar in text.unicodeScalars.dropFirst(7) {
                if scalar == "\n" { break }
                if number % 97 == 0 || number < 40 {
                    let place = TextPosition(line: 1, character: units)
                    #expect(lines.position(of: offset, encoding: encoding) == place)
                    #expect(lines.offset(of: place, encoding: encoding) == offset)
                }
                number += 1
                offset += String(scalar).utf8.count
                switch encoding {
                case .utf8: units += String(scalar).utf8.count
                case .utf16: units += String(scalar).utf16.count
                case .utf32: units += 1
                }
            }
        }
    }

    @Test func `lines are told without their ends`() {
        let source = Array("a\r\nbc\r\n\nd".utf8)
        let index = LineIndex(source)
        #expect(index.lineCount == 4)
        #expect((0..<5).map { text(source[index.content(ofLine: $0)]) } == ["a", "bc", "", "d", ""])
        #expect(index.positions(of: 3..<5, encoding: .utf8).end == TextPosition(line: 1, character: 2))
    }

    @Test func `a line begins behind each LF, CRLF and CR, wherever in the text it stands`() {
        let pieces: [[UInt8]] = [
            [0x0A], [0x0D], [0x0D, 0x0A], [0x0B], [0x0C], [0x0E], [0x00], [0x8A], [0x8D], [0xE4, 0xBD, 0xA0],
            Array("plain text".utf8)
        ]
        var random = Seeded(11)
        for _ in 0..<2000 {
            var source: [UInt8] = []
            for _ in 0..<random.below(30) { source += pieces[random.below(random.below(3) == 0 ? 11 : 3)] }
            var starts = [0]
            for (offset, byte) in source.enumerated() {
                let isBeforeLF = offset + 1 < source.count && source[offset + 1] == 0x0A
                if byte == 0x0A || byte == 0x0D && !isBeforeLF { starts.append(offset + 1) }
            }
            let index = LineIndex(source)
            #expect(starts == (0..<index.lineCount).map { index.content(ofLine: $0).lowerBound }, "\(source)")
        }
    }
}
