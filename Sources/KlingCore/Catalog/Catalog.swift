/// Every model this program knows.
public struct Catalog: Sendable {
    public let models: [Model]

    public init(models: [Model]) { self.models = models }

    public static let standard = Catalog(models: [.klingV3, .klingVideoO1])

    public func model(named name: String) -> Model? { models.first { $0.name == name } }
}
