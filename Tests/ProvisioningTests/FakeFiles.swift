// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import JSONTree
import TestSupport

/// The files of a container, answered as an engine's archive routes do.
struct FakeFiles: Sendable {
    /// The texts by their absolute paths.
    let files: [String: String]

    func answer(_ request: FakeRequest) -> FakeAnswer? {
        guard request.path.hasSuffix("/archive"), let path = request.query["path"]?.first else { return nil }
        let isFolder = files.keys.contains { $0.hasPrefix(path.hasSuffix("/") ? path : path + "/") }
        guard files[path] != nil || isFolder else { return FakeAnswer(status: 404, body: []) }
        let name = path.split(separator: "/").last.map(String.init) ?? "/"
        // Go's ModeDir
        let stat: JSONValue = [
            "name": .string(name), "size": 0, "mode": .int(isFolder ? UInt32(1) << 31 : 0o644), "linkTarget": "",
        ]
        let header = Data(stat.canonicalBytes).base64EncodedString()
        return FakeAnswer(body: archive(name, files[path] ?? ""), headers: ["X-Docker-Container-Path-Stat": header])
    }

    private func archive(_ name: String, _ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = PaxWriter(sink: { bytes += $0 })
        let entry = ArchiveEntry(
            path: Array(name.utf8), kind: .file(size: Int64(text.utf8.count)), mode: 0o644, user: 0, group: 0,
            modified: Timestamp(seconds: 0, nanoseconds: 0), attributes: [], extents: nil)
        try? writer.append(entry, bytes: Array(text.utf8))
        try? writer.finish()
        return bytes
    }
}
