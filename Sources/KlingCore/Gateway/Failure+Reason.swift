extension Failure {
    /// Why something did not work, as this program or the system knows it. What the other side said is
    /// ``Failure/message``: nobody is quoted with words that are not theirs.
    public struct Reason: Sendable, Hashable {
        /// Raw values are those of the journal.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// `detail` is the system's own words, or libcurl's.
            case system
            /// The same, where it is known what to mend.
            case unknownHost, unknownProxy, certificate, proxyCredentials
            case cancelled, endedEarly
            /// The program that waited for the answer is no more.
            case interrupted
            /// Those before it have had no answer yet, or never will.
            case unanswered, answersLost
            /// The file that came; `detail` is a number of bytes, or a media type.
            case cutShort, noVideo, empty, noLink
            case changing, wrongPart, moreThanAnnounced
            /// `detail` is the most bytes a file may have.
            case tooLarge
            case answerTooLarge, tooManyRedirects, redirectNowhere
            /// `detail` is the link's scheme and host.
            case forbiddenLink
            case localNetwork
            /// `detail` is the number of the video.
            case noSuchVideo
            /// `detail` is the path of a file.
            case file, directory, restless
        }

        public var kind: Kind
        public var detail: String

        public init(_ kind: Kind, _ detail: String = "") {
            self.kind = kind
            self.detail = detail
        }

        static func system(_ words: String) -> Reason { Reason(.system, words) }
    }
}

extension Failure.Reason {
    var storedForm: [String] { [kind.rawValue, detail] }

    init?(storedForm form: [String]) {
        guard form.count == 2, let kind = Kind(rawValue: form[0]) else { return nil }
        self.init(kind, form[1])
    }
}
