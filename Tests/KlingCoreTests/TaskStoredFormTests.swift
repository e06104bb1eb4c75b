import JSON
import Testing

@testable import KlingCore

struct TaskStoredFormTests {
    /// No more than what every task has.
    private static let least =
        #""id":"kt_01ARZ3NDEKTSV4RRFFQ69G5FAV","state":"processing","createdAt":1,"updatedAt":2,"#
        + #""billed":"pending","attempts":3"#

    private func read(_ members: String) -> VideoTask? {
        VideoTask(storedForm: JSONTree("{\(members)}"), request: ["model": "m"], place: 4, seq: 5)
    }

    @Test func `a stored task needs no more than what every task has`() throws {
        let task = try #require(read(Self.least))
        var expected = VideoTask(
            id: task.id, request: VideoRequest(body: ["model": "m"]), createdAt: Timestamp(milliseconds: 1))
        expected.state = .processing
        expected.updatedAt = Timestamp(milliseconds: 2)
        expected.billed = .pending
        (expected.attempts, expected.place, expected.seq) = (3, 4, 5)
        #expect(task == expected)
        // What a later version adds, and what is not what it should be.
        let more = #","later":{"a":[1]},"taskId":7,"videos":{},"labels":null,"place":9"#
        #expect(read(Self.least + more) == expected)
    }

    @Test(arguments: ["id", "state", "createdAt", "updatedAt", "billed", "attempts"])
    func `a stored task without what every task has is none`(name: String) {
        #expect(read(Self.least.replacing("\"\(name)\"", with: "\"other\"")) == nil)
        #expect(read(Self.least + ",\"\(name)\":[]") == nil)
    }

    @Test func `what a stored task may have is read, the last of one name`() throws {
        let more =
            #","labels":{"a":"1","b":2,"c":"3","a":"4"},"videos":[{"url":"u","expiresAt":6,"path":"p"},{},"#
            + #"{"url":"v"}],"delivery":{"directory":"d"},"delivery":{"directory":"d","path":"f"},"#
            + #""taskId":"é\n","progress":40.0,"refusedAt":1795000000000,"gatewayEstimate":1.5,"degraded":true,"simulated":true"#
        let task = try #require(read(Self.least + more))
        #expect(task.labels == ["a": "4", "c": "3"])
        let dated = VideoTask.Video(url: "u", expiresAt: Timestamp(milliseconds: 6), path: "p")
        #expect(task.videos == [dated, VideoTask.Video(url: "v")])
        #expect(task.delivery == .path("f"))
        #expect(task.taskId == "é\n")
        #expect(task.progress == 40)
        #expect(task.gatewayEstimate == 1.5)
        #expect(task.degraded)
        #expect(task.simulated)
        #expect(task.refusedAt == Timestamp(milliseconds: 1_795_000_000_000))
    }
}
