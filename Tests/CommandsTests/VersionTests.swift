// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Commands

/// The changelog and the program tell the same version.
@Suite struct VersionTests {
    private static func changelog() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    @Test func `the newest release is this version, or an older one with something new since`() throws {
        let lines = try Self.changelog()
        let isNewer = lines.drop { $0 != "## [Unreleased]" }.dropFirst().prefix { !$0.hasPrefix("## ") }
            .contains { $0.hasPrefix("- ") }
        let released = lines.compactMap { line in
            line.wholeMatch(of: /## \[([0-9]+\.[0-9]+\.[0-9]+)\].*/).map { String($0.1) }
        }.first
        let order = released?.compare(EnvSnapCommand.version, options: .numeric) ?? .orderedAscending
        #expect(
            order == (isNewer ? .orderedAscending : .orderedSame), "\(released ?? "none") \(EnvSnapCommand.version)")
    }
}
