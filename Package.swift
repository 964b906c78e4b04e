// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// A library target under `Sources/` with the project's settings.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The test target of a module, under `Tests/`.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: fixtures, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The modules with parsers of foreign bytes.
let fuzzed: [Target.Dependency] = [
    "Archive", "Capture", "DockerEngine", "EnvironmentModel", "JSONTree", "LiveEnvironment", "OCI", "Replay",
    "Reporting", "Sharing", "Snapshots", nioCore, systemPackage,
]

let package = Package(
    name: "envsnap",
    products: [
        .executable(name: "envsnap", targets: ["envsnap"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .executableTarget(name: "envsnap", dependencies: ["Commands"], swiftSettings: strict),

        module(
            "Commands",
            [
                "Capture", "Provisioning", "Replay", "Reporting", "Sharing", "Terminal", "LiveEnvironment", "Snapshots",
                "EnvironmentModel",
                "Archive", "Catalogue", "CLinux", "ContentStore", "DockerEngine", "JSONTree", "OCI", "Steps",
                argumentParser,
                systemPackage,
            ]),
        module("Reporting", ["Terminal", "EnvironmentModel", "JSONTree", "OCI"]),
        module("Terminal", ["JSONTree", "Steps"]),

        module(
            "Capture",
            [
                "LiveEnvironment", "Snapshots", "Catalogue", "EnvironmentModel", "DockerEngine", "Archive", "Hashing",
                "JSONTree", "OCI", "Steps", systemPackage, yams,
            ]),
        module(
            "Provisioning",
            [
                "LiveEnvironment", "EnvironmentModel", "DockerEngine", "Archive", "JSONTree", "OCI", "Steps",
                systemPackage,
                yams,
            ]),
        module(
            "Replay",
            [
                "LiveEnvironment", "Snapshots", "Catalogue", "ContentStore", "EnvironmentModel", "DockerEngine",
                "Archive",
                "Hashing", "CLinux", "JSONTree", "OCI", "Steps", systemPackage,
            ]),

        module(
            "Sharing",
            [
                "Snapshots", "Catalogue", "ContentStore", "EnvironmentModel", "Archive", "HTTPTransfer", "Hashing",
                "JSONTree", "OCI", "Steps", systemPackage,
            ]),

        module(
            "LiveEnvironment",
            [
                "EnvironmentModel", "DockerEngine", "Archive", "CLinux", "Hashing", "JSONTree", "OCI", "Steps",
                systemPackage,
            ]),
        module(
            "Snapshots",
            [
                "Catalogue", "ContentStore", "Archive", "EnvironmentModel", "Hashing", "JSONTree", "OCI", "Steps",
                systemPackage,
            ]),

        module("EnvironmentModel", ["JSONTree", "OCI"]),
        module("Catalogue", ["CatalogueSchema", "CSQLite", "OCI", "Hashing", grdb, systemPackage]),
        module("ContentStore", ["Hashing", "OCI", "CLinux", systemPackage]),
        module("DockerEngine", ["JSONTree", "CTLS", nioCore, nioPosix, nioHTTP]),
        module("Archive", ["CArchive", "CLinux", "Hashing", "OCI", "Steps", systemPackage]),

        module("HTTPTransfer", ["CCurl"]),
        module("Hashing", ["CCrypto", "OCI"]),
        module("OCI"),
        module("JSONTree"),
        module("Steps"),

        .target(
            name: "CatalogueSchema", path: "schema",
            exclude: ["README.md", "catalogue.golden.sql", "environment.schema.json", "envelope.schema.json"],
            resources: [
                .embedInCode("v0001_catalogue.sql"), .embedInCode("v0002_chunks.sql"), .embedInCode("v0003_known.sql"),
                .embedInCode("v0004_snapshot_origin.sql"), .embedInCode("v0005_rebuilt_origin.sql"),
                .embedInCode("v0006_origin_copy.sql"),
            ],
            swiftSettings: strict),

        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CTLS", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),

        tests("JSONTree", ["JSONTree"]),
        tests("OCI", ["OCI", "JSONTree"]),
        tests("Archive", ["Archive", systemPackage]),
        tests("ContentStore", ["ContentStore", "Hashing", "OCI", "TestSupport", systemPackage]),
        tests("Catalogue", ["Catalogue", "CatalogueSchema", "OCI", "Hashing", "TestSupport", systemPackage, grdb]),
        tests("DockerEngine", ["DockerEngine", "CTLS", "JSONTree", "TestSupport", nioCore, nioPosix, nioHTTP]),
        .target(
            name: "TestSupport", dependencies: ["DockerEngine", "JSONTree"], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("EnvironmentModel", ["EnvironmentModel", "Hashing", "JSONTree", "OCI", "TestSupport"]),
        tests(
            "Snapshots",
            [
                "Snapshots", "Archive", "Catalogue", "ContentStore", "EnvironmentModel", "Hashing", "JSONTree",
                "LiveEnvironment", "OCI", "TestSupport", systemPackage,
            ]),
        tests(
            "LiveEnvironment",
            [
                "LiveEnvironment", "Archive", "DockerEngine", "EnvironmentModel", "JSONTree", "OCI", "TestSupport",
                systemPackage,
            ], fixtures: ["Fixtures"]),
        tests(
            "Capture",
            [
                "Capture", "Archive", "DockerEngine", "EnvironmentModel", "Hashing", "JSONTree", "LiveEnvironment",
                "OCI", "Snapshots", "Steps", "TestSupport", systemPackage,
            ]),
        tests(
            "Replay",
            [
                "Replay", "Archive", "Catalogue", "DockerEngine", "EnvironmentModel", "Hashing", "JSONTree",
                "LiveEnvironment",
                "OCI", "Snapshots", "Steps", "TestSupport", systemPackage,
            ]),
        tests(
            "Provisioning",
            [
                "Provisioning", "Archive", "DockerEngine", "EnvironmentModel", "JSONTree", "LiveEnvironment", "OCI",
                "TestSupport",
            ]),
        tests("Reporting", ["Reporting", "EnvironmentModel", "JSONTree", "OCI", "TestSupport"], fixtures: ["Golden"]),
        tests(
            "Sharing",
            [
                "Sharing", "Archive", "Catalogue", "ContentStore", "EnvironmentModel", "HTTPTransfer", "Hashing",
                "JSONTree", "OCI", "Snapshots", "Steps", "TestSupport", systemPackage,
            ]),
        tests(
            "Hostile",
            [
                "Sharing", "Archive", "Catalogue", "ContentStore", "EnvironmentModel", "Hashing", "JSONTree",
                "LiveEnvironment", "OCI", "Snapshots", "Steps", "TestSupport", systemPackage,
            ]),
        tests("Terminal", ["Terminal", "JSONTree", "Steps", "TestSupport"]),
        tests(
            "Commands",
            [
                "Commands", "Archive", "Capture", "Catalogue", "ContentStore", "DockerEngine", "EnvironmentModel",
                "JSONTree", "LiveEnvironment", "OCI", "Provisioning", "Replay", "Sharing", "Snapshots", "Terminal",
                "TestSupport",
                argumentParser,
            ]),
        tests("Integration", ["JSONTree"]),
        tests("Fuzzing", fuzzed, fixtures: ["Driver", "Corpus", "Regressions"]),
    ],
    swiftLanguageModes: [.v6]
)

// What tools/fuzz builds: the entry points of the tests in one library, which is linked with libFuzzer's own main.
if Context.environment["ENVSNAP_FUZZING"] != nil {
    package.targets.removeAll { $0.type == .test }
    package.targets.append(
        .target(
            name: "Fuzzing", dependencies: fuzzed, path: "Tests/FuzzingTests",
            exclude: ["Corpus", "Regressions", "CorpusTests.swift"], sources: ["Targets", "Driver"],
            swiftSettings: strict))
    package.products.append(.library(name: "Fuzzing", type: .static, targets: ["Fuzzing"]))
}
