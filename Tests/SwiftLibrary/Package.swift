// swift-tools-version: 6.2
import PackageDescription

// A program as a user of the library has it: another package, which sees what is public and nothing else.
let package = Package(
    name: "make-a-video",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kling-server", path: "../..")],
    targets: [
        .executableTarget(
            name: "make-a-video",
            dependencies: [
                .product(name: "KlingCore", package: "kling-server"),
                .product(name: "KlingHTTP", package: "kling-server"),
                .product(name: "KlingJournal", package: "kling-server")
            ],
            path: "video"),
        .executableTarget(
            name: "simulate-a-video",
            dependencies: [
                .product(name: "KlingCore", package: "kling-server"),
                .product(name: "KlingJournal", package: "kling-server"),
                .product(name: "KlingSimulator", package: "kling-server")
            ],
            path: "simulated")
    ]
)
