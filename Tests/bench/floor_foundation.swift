// What a Swift program without a parser of its own would use: Foundation's JSONSerialization.

import Foundation

let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
var rates: [Double] = []
for _ in 0..<7 {
    let began = DispatchTime.now().uptimeNanoseconds
    _ = try JSONSerialization.jsonObject(with: data)
    rates.append(Double(data.count) * 1000 / Double(DispatchTime.now().uptimeNanoseconds - began))
}
print(#"{"what":"parse","mbPerSecond":\#(rates.sorted()[rates.count / 2])}"#)
