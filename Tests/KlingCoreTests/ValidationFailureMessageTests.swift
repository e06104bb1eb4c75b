import KlingCore
import Testing

@Suite struct ValidationFailureMessageTests {
    @Test(
        "each failure says what happened, what it cost and what to do, in both languages",
        arguments: Failure.Kind.allCases)
    func sentences(_ kind: Failure.Kind) {
        for billed in VideoTask.Billed.allCases {
            for locale in Locale.allCases {
                let sentence = FailureMessages.sentence(for: Failure(kind, billed: billed), locale: locale)
                #expect(sentence.count > 10)
                #expect(!sentence.lowercased().contains("try again") && !sentence.contains("重试"))
                if billed == .unknown { #expect(sentence.contains("adopt")) }
            }
        }
    }

    @Test("a missing key says where to get one and where to put it", arguments: Locale.allCases)
    func key(_ locale: Locale) {
        let sentence = FailureMessages.sentence(for: Failure(.authentication), locale: locale)
        for word in ["https://xcompute.us/keys", "KLING_API_KEY", "--api-key-file"] {
            #expect(sentence.contains(word))
        }
    }

    @Test("a redirect says where to, and which option to set", arguments: Locale.allCases)
    func redirect(_ locale: Locale) {
        var failure = Failure(.badGateway, httpStatus: 301)
        failure.redirect = "https://elsewhere.test/v1/videos/generations"
        let sentence = FailureMessages.sentence(for: failure, locale: locale)
        #expect(sentence.contains("https://elsewhere.test/") && sentence.contains("--gateway"))
        failure.billed = .unknown
        let unsure = FailureMessages.sentence(for: failure, locale: locale)
        #expect(unsure.contains("https://elsewhere.test/") && unsure.contains("adopt"))
    }

    @Test("the gateway's words are quoted in a sentence that can be read with them")
    func words() {
        func sentence(_ words: String, _ locale: Locale) -> String {
            FailureMessages.sentence(for: Failure(.permission, message: words), locale: locale)
        }
        #expect(sentence("no rights", .en).contains("no rights"))
        #expect(sentence("没有权限", .zh).contains("没有权限"))
        #expect(!sentence("没有权限", .en).contains("权限"))
    }

    @Test("a locked journal names the file and the way out")
    func journal() {
        let sentence = FailureMessages.sentence(for: JournalFailure.locked(path: "/a/j.db"), locale: .en)
        #expect(
            sentence.contains("/a/j.db") && sentence.contains("--journal")
                && sentence.contains("Nothing was sent"))
    }
}
