/// One model: its table of parameters and what else its page says.
///
/// A rule never asks for a model by name, only for what the model takes; so a new model is one more table.
public struct Model: Sendable {
    /// The value of `model` on the wire.
    public let name: String
    public let title: LocalizedText
    public let documentation: LocalizedText
    /// What people write and mean this model; suggested, never accepted.
    public let aliases: [String]
    public let parameters: [Parameter]
    /// How a prompt refers to pictures.
    public let references: ReferenceStyle
    /// Greatest length of a prompt in Unicode scalars; from Kling, not from the page.
    public let promptAdvice: Int
    /// How long the work takes, by mode; for a first estimate only.
    package let timings: [Timing]

    /// How prompts of the model refer to pictures and elements.
    public enum ReferenceStyle: Sendable, Hashable {
        /// `@name` of an element.
        case elementNames
        /// `<<<image_1>>>`, the number being the place in `image_urls`.
        case imageTags
    }

    /// Seconds of work for the shortest and for the longest video.
    package struct Timing: Sendable {
        let mode: String
        let atFiveSeconds: Int
        let atTenSeconds: Int

        func seconds(duration: Int) -> Int {
            atFiveSeconds + (atTenSeconds - atFiveSeconds) * (min(max(duration, 5), 10) - 5) / 5
        }
    }

    package init(
        _ name: String, title: LocalizedText, documentation: LocalizedText, aliases: [String],
        references: ReferenceStyle, promptAdvice: Int = 2500, timings: [Timing] = [], parameters: [Parameter]
    ) {
        self.name = name
        self.title = title
        self.documentation = documentation
        self.aliases = aliases
        self.references = references
        self.promptAdvice = promptAdvice
        self.timings = timings
        self.parameters = parameters
    }

    public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    package func parameter(_ field: Field) -> Parameter? { parameter(field.name) }

    /// A first guess of the seconds until a video is made, from what is known of the gateway (one source,
    /// vague); nil where nothing is known.
    public func estimateSeconds(mode: String, duration: Int) -> Int? {
        timings.first { $0.mode == mode }?.seconds(duration: duration)
    }
}
