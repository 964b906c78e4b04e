// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel

@testable import Capture
@testable import Sharing
@testable import Snapshots

extension FuzzTarget {
    /// Compose files.
    static let compose = FuzzTarget(name: "compose") { bytes in
        let references = ComposeFiles.references(inText: String(decoding: bytes, as: UTF8.self))
        try hold(references.count <= bytes.count, "more references than bytes")
    }

    /// Files in which secrets are looked for, and replaced.
    static let secrets = FuzzTarget(name: "secrets") { bytes in
        var input = Input(bytes)
        let name = Self.names[input.choice(below: Self.names.count)]
        let content = Array(input.rest)
        let hits = FileScanner.scan(content, path: Array(name.utf8), isSecret: name == "secret")
        var end = 0
        for hit in hits.resolved {
            try hold(hit.range.lowerBound >= end && hit.range.upperBound <= content.count, "hits that overlap")
            end = hit.range.upperBound
        }
        let standIns = StandIns(for: Set(hits.map(\.value)), key: [UInt8](repeating: 7, count: 32))
        let editor = SecretEditor(hits.map(\.value), standIns: standIns)
        var edited = content
        if try attempt({ try editor.edit(&edited, at: hits.resolved) }) != nil {
            try hold(edited.count == content.count, "a stand-in of another length")
        }
        _ = JSONScanner.scan(content)
    }

    private static let names = ["settings.env", "run.sh", "main.c", ".pgpass", ".netrc", "secret", "config.json"]

    /// Files of postgres.
    static let postgres = FuzzTarget(name: "postgres") { bytes in
        let values = [Array("correct horse battery".utf8)]
        let standIns = StandIns(for: Set(values), key: [UInt8](repeating: 7, count: 32))
        let editor = SecretEditor(values, standIns: standIns, verifiers: PostgresVerifiers(of: values))
        var log = bytes
        _ = try attempt { try PostgresLog.edit(&log, with: editor) }
        let (all, sound) = PostgresLog.soundRecords(of: log)
        try hold(log.count == bytes.count && sound <= all, "a log of another length")
        var pages = bytes
        _ = try attempt { try PostgresPages.edit(&pages, firstBlock: 0, with: editor) }
        try hold(pages.count == bytes.count, "pages of another length")
    }

    /// Lists of packages, and the lines in which two texts differ.
    static let packages = FuzzTarget(name: "packages") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = PackageLists.dpkg(text)
        _ = PackageLists.apk(text)
        let half = bytes.count / 2
        guard let difference = LineDifference(from: Array(bytes[..<half]), to: Array(bytes[half...])) else { return }
        let lines = difference.unified()
        let changed = difference.counts.added + difference.counts.removed
        try hold((changed == 0) == lines.isEmpty, "\(changed) changed lines are shown as \(lines.count)")
    }
}
