// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots
import Steps
import SystemPackage
import TestSupport
import Testing

@testable import Sharing

@Suite struct CanaryTests {
    /// Takes a bundle apart with Python and `zstd`, and prints how many secrets in how many encodings are in it.
    static let search = #"""
        import base64, io, json, subprocess, sys, tarfile
        bundle, secrets = sys.argv[1], json.load(open(sys.argv[2]))
        content = []
        def strings(value):
            if isinstance(value, str): content.append(value.encode())
            elif isinstance(value, list): [strings(v) for v in value]
            elif isinstance(value, dict): [strings(v) for pair in value.items() for v in pair]
        def look(data):
            if data[:4] == b"\x28\xb5\x2f\xfd":
                data = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
            content.append(data)
            try: strings(json.loads(data))
            except ValueError: pass
            try:
                with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                    for member in archive:
                        content.append(member.name.encode())
                        if member.isfile(): look(archive.extractfile(member).read())
            except tarfile.TarError: pass
        look(open(bundle, "rb").read())
        content = b"\0".join(content)
        found = 0
        for secret in secrets:
            raw = secret.encode()
            found += raw in content
            found += "".join(c if c.isalnum() else "%%%02X" % ord(c) for c in secret).encode() in content
            found += raw.replace(b"/", b"\\/") in content
            found += raw.hex().encode() in content
            found += any(base64.b64encode(bytes(a) + raw)[4:-4] in content for a in range(3))
        print(found)
        """#

    /// How many are found in a snapshot's bundle, by a program that shares nothing with the redactor.
    static func found(_ secrets: [String], in bundle: [UInt8]) throws -> Int {
        let folder = try TemporaryFolder()
        let file = try folder.write(bundle, to: "bundle")
        let list = try folder.write(JSONEncoder().encode(secrets), to: "secrets.json")
        let script = try folder.write(search, to: "search.py")
        let output = try Tool.run("python3", script, file, list)
        return try #require(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    static func redacted(_ record: SnapshotRecord, in library: SnapshotLibrary) throws -> RedactedSnapshot {
        let cancellation = Cancellation()
        let report = try SnapshotScanner(record, library: library, cancellation: cancellation, report: .silent).scan()
        return try Redactor(record, in: library, report: report, cancellation: cancellation, progress: .silent)
            .redact()
    }

    static func bundle(_ redacted: RedactedSnapshot) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try BundleWriter(redacted.snapshot, since: [], library: redacted.library, report: .silent)
            .write(to: { bytes += $0 }, cancellation: Cancellation())
        return bytes
    }

    @Test func `of a thousand planted canaries none is in a redacted bundle`() throws {
        var planted = PlantedEnvironment()
        let record = try planted.snapshot()
        let store = try #require(planted.store)
        let all = planted.secrets.count * PlantedEnvironment.encodings
        #expect(all == 1000)
        #expect(
            try Self.found(planted.secrets, in: store.bundle(record)) == all, "the search does not see what is there")

        let redacted = try Self.redacted(record, in: store.library)
        let bundle = try Self.bundle(redacted)
        #expect(try Self.found(planted.secrets, in: bundle) == 0)
        let values = Set(redacted.report.values.map { String(decoding: $0, as: UTF8.self) })
        #expect(Set(planted.secrets).subtracting(values).sorted() == [], "not found")
        #expect(values.subtracting(planted.secrets).sorted() == [], "no secret")
        let lines = redacted.report.findings.map { "\($0)" } + redacted.report.notInspected.map { "\($0)" }
        #expect(!lines.contains { line in planted.secrets.contains { line.contains($0) } }, "a value is told")

        var rest = bundle[...]
        let gate = EgressGate(redacted, cancellation: Cancellation(), progress: .silent)
        #expect(
            try gate.checkBundle { buffer in
                let portion = rest.prefix(buffer.count)
                buffer.copyBytes(from: portion)
                rest = rest.dropFirst(portion.count)
                return portion.count
            }.isEmpty)
        #expect(try gate.checkLibrary().isEmpty)
        let to = try SharedStore()
        try to.take(bundle)
        #expect(try to.library.check(depth: .data).problems.isEmpty)
        #expect(try to.library.wholeDocument(redacted.snapshot.id).redaction?.secrets == Int64(planted.secrets.count))
        redacted.discard()
        #expect(try store.library.store.deadTransactions().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.path("store/tmp")).isEmpty)
    }

    @Test func `what was equal stays equal, ids of images follow, and files keep all but their content`() throws {
        var planted = PlantedEnvironment()
        let record = try planted.snapshot()
        let store = try #require(planted.store)
        let redacted = try Self.redacted(record, in: store.library)
        let (before, after) = (
            try store.library.document(record.id), try redacted.library.document(redacted.snapshot.id)
        )
        let image = try #require(after.engine.images.first)
        #expect(image.id != before.engine.images[0].id && image.id == image.config.description)
        #expect(after.engine.containers[0].imageID == image.id && image.inspect["Id"].string == image.id)
        #expect(
            try redacted.library.readBlob(image.config).count
                == store.library.readBlob(before.engine.images[0].config).count)
        #expect(image.layers == before.engine.images[0].layers)
        #expect(try redacted.library.readBlob(image.layers[0]) == store.library.readBlob(image.layers[0]))
        for (old, new) in zip(before.archives, after.archives) {
            #expect(
                old.data.size == new.data.size && old.data.entries == new.data.entries
                    && old.data.digest != new.data.digest)
        }
        let config = after.engine.containers[0].inspect["Config"]
        let password = try #require(config["Env"][0].string?.split(separator: "=").last.map(String.init))
        let note = try #require(config["Env"][1].string)
        #expect(note.contains(Data("id \(password).".utf8).base64EncodedString()))
        #expect(note.contains(password.utf8.map { String(format: "%02x", $0) }.joined()))
        #expect(
            config["Labels"]["note.0"].string
                != before.engine.containers[0].inspect["Config"]["Labels"]["note.0"].string)
    }

    @Test func `a secret in a file's name stops the export, and one in a layer is told`() throws {
        for isInName in [true, false] {
            let store = try SharedStore()
            let transaction = try store.library.begin()
            let secret = "l3ftBeh1nd-x"
            let files = ["conf/app.env": "API_TOKEN=\(secret)\n", isInName ? "backup-\(secret).txt" : "x": "y"]
            var engine = EngineRecord(version: ["Version": "1"], info: ["ID": "x"], apiVersion: "1.41")
            let layer = try transaction.putBlob(kind: "image") { sink in
                try Array("layer with \(isInName ? "nothing" : secret)".utf8).withUnsafeBytes { try sink($0) }
            }.blob.rawDigest
            let config = try transaction.putBlob(kind: "image") { sink in
                try Array("{}".utf8).withUnsafeBytes { try sink($0) }
            }
            .blob.rawDigest
            engine.images = [
                ImageRecord(id: config.description, config: config, layers: [layer], tags: [], inspect: [:])
            ]
            var document = EnvironmentDocument(
                project: ProjectRecord(name: "p", workingDirectory: "/p", configFiles: [], composeVersion: nil),
                engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
            document.trees = [
                TreeRecord(
                    path: "/p", isFile: false, excluded: [], data: try PlantedEnvironment().archive(transaction, files))
            ]
            let redacted = try Self.redacted(
                try store.library.find(transaction.commit(document).hex), in: store.library)
            let gate = EgressGate(redacted, cancellation: Cancellation(), progress: .silent)
            if isInName {
                let error = #expect(throws: SharingError.self) { try gate.checkLibrary() }
                #expect(error?.code == .secretLeft && error?.description.contains(secret) == false)
            } else {
                #expect(try gate.checkLibrary() == [layer])
            }
        }
    }
}
