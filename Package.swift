// swift-tools-version: 6.2
import PackageDescription

// No package dependencies: the toolchain, the system's SQLite, and libcurl opened at run time.
// Each target names exactly the arrows it may use; Tests/HouseTests holds the source imports to them.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "kling-server",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "kling-server", targets: ["kling-server"]),
        .library(name: "KlingCore", targets: ["KlingCore", "KlingHTTP", "KlingJournal", "KlingSimulator"]),
    ],
    targets: [
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "JSONRPC", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "KlingCore", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "KlingSimulator", dependencies: ["KlingCore", "JSON"], swiftSettings: strict),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CCurl"),
        .target(name: "KlingJournal", dependencies: ["KlingCore", "JSON", "CSQLite"], swiftSettings: strict),
        .target(name: "KlingHTTP", dependencies: ["KlingCore", "JSON", "CCurl"], swiftSettings: strict),
        .target(name: "KlingService", dependencies: ["JSONRPC", "KlingCore", "JSON"], swiftSettings: strict),
        .executableTarget(
            name: "kling-server",
            dependencies: [
                "JSON", "JSONRPC", "KlingCore", "KlingSimulator", "KlingJournal", "KlingHTTP", "KlingService",
            ],
            swiftSettings: strict),
    ]
)
