// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import Replay
import Reporting

@testable import Sharing

extension FuzzTarget {
    /// JSON text: what was read and written is read again as the same.
    static let json = FuzzTarget(name: "json") { input in
        guard let value = try attempt({ try JSONValue(parsing: input) }) else { return }
        let canonical = value.canonicalBytes
        let again = try attempt { try JSONValue(parsing: canonical) }
        try hold(again?.canonicalBytes == canonical, "the canonical text is not read as the same value")
        let pretty = try attempt { try JSONValue(parsing: value.prettyText) }
        try hold(pretty?.canonicalBytes == canonical, "the indented text is not read as the same value")
    }

    /// Environment documents: read, written, compared with themselves, reported, and what a replay would ask for.
    static let document = FuzzTarget(name: "document") { input in
        guard let json = try attempt({ try JSONValue(parsing: input) }),
            let document = try attempt({ try EnvironmentDocument(json: json) })
        else { return }
        let written = document.json
        let again = try attempt { try EnvironmentDocument(json: written) }
        try hold(again != nil, "a document that was read cannot be read again once written")
        try hold(again?.json.canonicalBytes == written.canonicalBytes, "a document becomes another one by writing it")
        _ = document.referencedBlobs
        _ = document.chunkLists
        for folder in [nil, "/store/replays/again"] {
            let plan = PowerPlan(document, directFolder: folder)
            try hold(plan.missing(Set(plan.requests.map(\.flag))).isEmpty, "a power that no option can allow")
        }
        let difference = EnvironmentDifference(
            captured: document, found: document.engine, project: document.project, for: .difference)
        _ = difference.json
        let report = Report(on: document, id: String(repeating: "0", count: 64))
        try hold(!report.html.contains("\u{1B}"), "a report with an escape")
        try hold(report.markdown.utf8.count < 16 << 20, "a report without an end")
    }

    /// Manifests of snapshots and the index of a bundle.
    static let manifest = FuzzTarget(name: "manifest") { input in
        _ = try attempt { try BundleReader.manifest(in: input) }
        guard let manifest = try attempt({ try SnapshotManifest(parsing: input) }) else { return }
        let again = try attempt { try SnapshotManifest(parsing: manifest.bytes) }
        try hold(again?.bytes == manifest.bytes, "a manifest becomes another one by writing it")
        try hold(manifest.storedSize >= 0, "a negative size")
    }

    /// Texts of registries and users: references, digests, challenges.
    static let references = FuzzTarget(name: "references") { input in
        let text = String(decoding: input, as: UTF8.self)
        if let reference = try attempt({ try Reference(parsing: text) }) {
            let again = try attempt { try Reference(parsing: reference.description) }
            try hold(again == reference, "\(reference) is read as another reference")
        }
        if let reference = try attempt({ try RegistryReference(parsing: RegistryReference.scheme + text) }) {
            let again = try attempt { try RegistryReference(parsing: reference.description) }
            try hold(again == reference, "\(reference) is read as another reference")
        }
        if let digest = Digest(text) { try hold(digest.description == text, "\(digest) has two texts") }
        _ = AuthChallenge(parsing: text)
        _ = WebAddress.resolve(text, from: "http://127.0.0.1:5000/v2/")
        _ = WebAddress.origin(text)
    }
}
