/// A small film that every player plays: a coloured ground over which a bar moves from one side to the other.
///
/// It is made from nothing but the coding tools that need no transform: macroblocks of plain samples, and
/// skipped ones.
struct SimulatedVideo: Sendable {
    /// The aspect ratios of both model pages.
    enum Shape: UInt8, Sendable, CaseIterable {
        case wide, tall, square

        init(aspectRatio: String?) {
            switch aspectRatio {
            case "9:16": self = .tall
            case "1:1": self = .square
            default: self = .wide
            }
        }

        /// In samples, exact to the ratio; coded in whole macroblocks, and cropped.
        var size: (width: Int, height: Int) {
            switch self {
            case .wide: (160, 90)
            case .tall: (90, 160)
            case .square: (96, 96)
            }
        }
    }

    static let framesPerSecond = 24
    /// The bar moves so many times a second; between that, frames repeat the one before.
    private static let movesPerSecond = 2
    private static let secondsBetweenKeys = 5

    var shape: Shape
    var seconds: Int
    /// Chooses the colours.
    var seed: UInt32

    /// The whole file.
    func file() -> [UInt8] {
        let stream = AVCStream(width: shape.size.width, height: shape.size.height)
        var samples: [MovieFile.Sample] = []
        var last = bar(at: 0, stream)
        for frame in 0..<(max(1, seconds) * Self.framesPerSecond) {
            let sinceKey = frame % (Self.secondsBetweenKeys * Self.framesPerSecond)
            let column = bar(at: frame, stream)
            if sinceKey == 0 {
                let all = (0..<stream.columns * stream.rows).map {
                    block($0 % stream.columns, column, stream)
                }
                samples.append(MovieFile.Sample(bytes: stream.keyFrame(all, number: frame), isKey: true))
            } else {
                var changed: [Int: AVCStream.Block] = [:]
                for row in 0..<stream.rows where column != last {
                    for moved in [last, column] {
                        changed[row * stream.columns + moved] = block(moved, column, stream)
                    }
                }
                samples.append(
                    MovieFile.Sample(bytes: stream.frame(changed, sinceKey: sinceKey), isKey: false))
            }
            last = column
        }
        return MovieFile(
            width: shape.size.width, height: shape.size.height, framesPerSecond: Self.framesPerSecond,
            sequence: stream.sequenceParameters, picture: stream.pictureParameters, samples: samples
        ).bytes()
    }

    private func bar(at frame: Int, _ stream: AVCStream) -> Int {
        let moves = max(1, max(1, seconds) * Self.movesPerSecond - 1)
        let move = frame * Self.movesPerSecond / Self.framesPerSecond
        return min(stream.columns - 1, move * stream.columns / (moves + 1))
    }

    /// Within the range of studio video (16…235), which plain samples must not leave.
    private func block(_ column: Int, _ bar: Int, _ stream: AVCStream) -> AVCStream.Block {
        let hue = UInt8(seed % 96)
        if column == bar { return AVCStream.Block(luma: 225, blue: 128, red: 128) }
        let shade = UInt8(48 + 96 * column / max(1, stream.columns))
        return AVCStream.Block(luma: shade, blue: 80 + hue, red: 176 - hue)
    }
}
