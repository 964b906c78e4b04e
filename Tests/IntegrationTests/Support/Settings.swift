// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a test run may use, as the environment says it.
enum Settings {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether tests may use the engine; says on standard error why not.
    static let isWanted: Bool = {
        let wanted = environment["ENVSNAP_TEST_ENGINE"] == "1" && environment["ENVSNAP_BINARY"] != nil
        if !wanted { print("integration tests are skipped: \(skipped)") }
        return wanted
    }()
    /// Whether the tests of whole reproductions run too.
    static let isFull = isWanted && environment["ENVSNAP_TEST_FULL"] == "1"
    /// Why integration tests are skipped.
    static let skipped = "they need ENVSNAP_TEST_ENGINE=1 and ENVSNAP_BINARY, as tools/test sets them"
    /// Why the full ones are skipped.
    static let notFull = "the two-host reproduction is for ENVSNAP_TEST_FULL=1, as tools/test sets it"
    /// Whether others use the engine meanwhile, so that listings look at the tests' own objects alone.
    static let isShared = environment["ENVSNAP_TEST_SHARED"] == "1"
    /// Which planted differences `bisect` is tried with: "all", or a word of a name; nil for one or two of each kind.
    static let plantedDifferences = environment["ENVSNAP_TEST_BISECT"].flatMap { $0.isEmpty ? nil : $0 }
    /// The program under test.
    static let binary = environment["ENVSNAP_BINARY"] ?? "envsnap"
    /// A small image with a shell.
    static let image = "busybox:latest"
    /// An image whose entrypoint is an engine.
    static let hostImage = environment["ENVSNAP_CAPSULE_IMAGE"] ?? "bar-company/foo-host:dev"
    /// An image with an engine and compose v2, for what stands for another machine.
    static let remoteImage = environment["ENVSNAP_REMOTE_IMAGE"] ?? "bar-company/foo-host:dev"
    /// The folder with the project's own tools and reproductions.
    static let tools =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/tools"
}
