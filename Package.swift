// swift-tools-version: 6.2
import PackageDescription

// No package dependencies: the toolchain, the system's SQLite, and libcurl opened at run time.
// Each target names exactly the arrows it may use; Tests/HouseTests holds the source imports to them.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility")
]

#if os(Linux)
    // A release binary links SQLite and the C++ runtime of the Swift library statically where the system has
    // the archives, and at a fixed address: it then starts in half the time and with a quarter less memory, and
    // runs where they are not installed. (30,000 relocations are most of a Swift program's start; heap, stack
    // and libraries stay randomised.) Otherwise the shared libraries serve as well.
    import Foundation

    let archives = ["libsqlite3.a", "libstdc++.a"]
    let hasArchives = archives.allSatisfy { archive in
        let search = Process()
        let output = Pipe()
        search.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        search.arguments = ["clang", "-print-file-name=\(archive)"]
        search.standardOutput = output
        search.standardError = FileHandle.nullDevice
        guard (try? search.run()) != nil else { return false }
        let path = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        // A compiler that knows no such file answers with the bare name.
        return path.hasPrefix("/")
    }
    let linkingFolder = "\(Context.packageDirectory)/Sources/CSQLite/linking"
    let linking: [LinkerSetting] =
        !hasArchives
        ? []
        : [
            .unsafeFlags(
                [
                    "-use-ld=lld", "-L", linkingFolder,
                    "-Xlinker", "--symbol-ordering-file=\(linkingFolder)/startup.order",
                    "-Xlinker", "--no-warn-symbol-ordering",
                    "-Xlinker", "--gc-sections", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--strip-all",
                    "-Xclang-linker", "-static-libgcc", "-Xclang-linker", "-no-pie"
                ], .when(configuration: .release))
        ]
#else
    let linking: [LinkerSetting] = []
#endif

let package = Package(
    name: "kling-server",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "kling-server", targets: ["kling-server"]),
        // What a program of one's own is built with; `JSON` is in the signatures of KlingCore.
        .library(name: "KlingCore", targets: ["KlingCore", "JSON"]),
        .library(name: "KlingHTTP", targets: ["KlingHTTP"]),
        .library(name: "KlingJournal", targets: ["KlingJournal"]),
        .library(name: "KlingSimulator", targets: ["KlingSimulator"])
    ],
    targets: [
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "JSONRPC", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "KlingCore", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "KlingSimulator", dependencies: ["KlingCore", "JSON"], swiftSettings: strict),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CCurl"),
        .target(name: "KlingJournal", dependencies: ["KlingCore", "JSON", "CSQLite"], swiftSettings: strict),
        .target(name: "KlingHTTP", dependencies: ["KlingCore", "JSON", "CCurl"], swiftSettings: strict),
        .target(name: "KlingService", dependencies: ["JSONRPC", "KlingCore", "JSON"], swiftSettings: strict),
        .executableTarget(
            name: "kling-server",
            dependencies: [
                "JSON", "JSONRPC", "KlingCore", "KlingSimulator", "KlingJournal", "KlingHTTP", "KlingService"
            ],
            swiftSettings: strict,
            linkerSettings: linking),
        .executableTarget(
            name: "core-bench", dependencies: ["JSON", "KlingCore"], path: "Tests/bench/core-bench",
            swiftSettings: strict),
        .target(
            name: "RandomRequests", dependencies: ["JSON", "KlingCore"], path: "Tests/RandomRequests",
            swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["JSON", "KlingCore", "RandomRequests"], path: "Tests/fuzz",
            exclude: ["RESULTS.md", "drive.py", "run.sh"], swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "JSONRPCTests", dependencies: ["JSONRPC", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "KlingCoreTests", dependencies: ["KlingCore", "KlingSimulator", "JSON", "RandomRequests"],
            swiftSettings: strict),
        .testTarget(
            name: "KlingSimulatorTests", dependencies: ["KlingSimulator", "KlingCore", "JSON"],
            exclude: ["decode.py"], swiftSettings: strict),
        .testTarget(
            name: "KlingJournalTests", dependencies: ["KlingJournal", "KlingCore", "JSON", "CSQLite"],
            swiftSettings: strict),
        .testTarget(
            name: "KlingHTTPTests", dependencies: ["KlingHTTP", "KlingCore", "JSON", "CCurl"],
            swiftSettings: strict)
    ]
)
