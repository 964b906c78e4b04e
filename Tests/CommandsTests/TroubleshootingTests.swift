// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The page that explains messages is about messages that there are.
@Suite struct TroubleshootingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `every message that the manual explains is in the sources`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/troubleshooting.md"), encoding: .utf8)
        let messages = page.split(separator: "\n").filter { $0.hasPrefix("### `") }
            .map { $0.dropFirst(5).dropLast() }
        #expect(messages.count > 25)
        let sources = try Self.sources()
        for message in messages {
            // What stands for a name of the user's is not in the sources.
            for part in message.split(separator: "…").map({ $0.trimmingCharacters(in: .whitespaces) })
            where part.count > 3 {
                #expect(sources.contains(part.replacing("\"", with: "\\\"")), "\(part)")
            }
        }
    }

    private static func sources() throws -> String {
        let folder = root.appending(path: "Sources")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }.joined(separator: "\n")
    }
}
