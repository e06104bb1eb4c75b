import Testing

@testable import KlingCore

/// FIPS 180-4, by NIST's examples.
@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 100_000),
            "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
        )
    ])
    func theDigestIsThatOfTheStandard(text: String, expected: String) {
        for size in [1, 3, 63, 64, 65, 1000, 200_000] {
            var digest = SHA256()
            let bytes = Array(text.utf8)
            guard size > 10 || bytes.count < 100 else { continue }
            for start in stride(from: 0, to: bytes.count, by: size) {
                digest.update(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            #expect(SHA256.hexadecimal(digest.finish()) == expected)
        }
    }
}
