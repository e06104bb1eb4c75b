/// Why no API key could be had from the place it is to come from, as a fact. What stands there is never told,
/// for it may be a key.
public struct KeyProblem: Error, Sendable, Hashable {
    /// Where the key is to come from.
    public enum Place: Sendable, Hashable {
        /// Looked at anew whenever a key is needed and none was found yet.
        case file(String)
        /// A pipe or device by its path: it gives what it has once.
        case stream(String)
        /// A variable of the environment, by its name.
        case variable(String)
    }

    /// What is wrong there.
    public enum Fault: Error, Sendable, Hashable {
        /// In the words of the system.
        case unreadable(String)
        case isDirectory
        /// It is this program's standard input, over which requests come.
        case isInput
        /// Nobody has written into the stream and closed it.
        case notWritten
        /// Nothing, or white space only.
        case isEmpty
        case hasSecondLine
        /// The word that goes before a key when it is sent.
        case beginsWithBearer
        /// Not visible ASCII.
        case hasForeignCharacter
    }

    public var place: Place
    public var fault: Fault

    public init(_ place: Place, _ fault: Fault) {
        self.place = place
        self.fault = fault
    }
}
