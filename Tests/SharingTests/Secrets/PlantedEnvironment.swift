// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots

@testable import Sharing

/// A snapshot with a secret in each of the places where secrets are in environments, and with every secret also written
/// in other encodings beside it.
struct PlantedEnvironment {
    /// How many secrets each place has.
    static let rounds = 10
    /// How each secret is written beside its place.
    static let encodings = 5

    private(set) var secrets: [String] = []
    let store = try? SharedStore()

    /// The places, each with the file or the member in which a secret stands there.
    static let places = [
        "env", "argument", "healthcheck", "label", "dsn", "proxy", "network option", "volume option", "nested env",
        "image env",
        "image history", "compose file", ".env", "env file", "secret file", "tmpfs", "docker config", ".pgpass",
        "history",
        "git config",
    ]

    /// A new secret.
    private mutating func secret(_ place: String) -> String {
        let value = "Cn4ry&\(place.prefix(1))\(1000 + secrets.count)/x+Q~zT\(Self.places.firstIndex(of: place) ?? 0)"
        secrets.append(value)
        return value
    }

    /// A text that has a secret in all encodings.
    private static func written(_ secret: String) throws -> String {
        let json = String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self)
        let percent = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let hex = secret.utf8.map { String(format: "%02x", $0) }.joined()
        return "r \(secret) b \(Data("id \(secret).".utf8).base64EncodedString()) p \(percent) j \(json) h \(hex)"
    }

    private mutating func lines(_ place: String, _ write: (String) -> String) throws -> String {
        var text = ""
        for _ in 0..<Self.rounds {
            let secret = secret(place)
            text += write(secret) + "\n# " + (try Self.written(secret)) + "\n"
        }
        return text
    }

    /// Secrets in a list of a JSON value, each followed by its other encodings.
    private mutating func list(_ place: String, _ write: (String) -> [String]) throws -> [JSONValue] {
        var values: [JSONValue] = []
        for _ in 0..<Self.rounds {
            let secret = secret(place)
            values += (write(secret) + ["NOTE=" + (try Self.written(secret))]).map(JSONValue.string)
        }
        return values
    }

    private mutating func members(_ place: String, _ name: String) throws -> JSONValue {
        var object = JSONObject()
        for round in 0..<Self.rounds {
            let secret = secret(place)
            object["app.\(round).\(name)"] = .string(secret)
            object["note.\(round)"] = .string(try Self.written(secret))
        }
        return .object(object)
    }

    private static func percent(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// Stores the snapshot.
    mutating func snapshot() throws -> SnapshotRecord {
        guard let store else { throw CocoaError(.fileWriteUnknown) }
        let transaction = try store.library.begin()
        let environment =
            try list("env") { ["DB_PASSWORD=\($0)"] } + list("dsn") { ["URL=postgres://app:\(Self.percent($0))@db/x"] }
            + list("proxy") { ["HTTP_PROXY=http://me:\(Self.percent($0))@proxy:3128"] }
        let config: JSONValue = [
            "Env": .array(environment), "Cmd": .array(try list("argument") { ["--api-token", $0] }),
            "Healthcheck": ["Test": .array(try list("healthcheck") { ["PGPASSWORD='\($0)' psql"] })],
            "Labels": try members("label", "secret"), "Image": "app:1",
        ]
        var engine = EngineRecord(version: ["Version": "26"], info: ["ID": "x"], apiVersion: "1.41")
        let image = try image(transaction)
        engine.images = [image]
        engine.networks = [
            NetworkRecord(inspect: ["Name": "net", "Id": "n1", "Options": try members("network option", "token")])
        ]
        var volume = VolumeRecord(inspect: [
            "Name": "data", "Driver": "local", "Options": try members("volume option", "password"),
        ])
        volume.data = try archive(
            transaction,
            [
                "home/.pgpass": lines(".pgpass") { "db:5432:*:app:\($0)" },
                "root/.bash_history": lines("history") { "mysql -p'\($0)' x" },
                "repo/.git/config": lines("git config") { "url = https://me:\(Self.percent($0))@git/x" },
                "root/.docker/config.json": lines("docker config") {
                    #""auth": "\#(Data("me:\($0)".utf8).base64EncodedString())","#
                },
            ])
        engine.volumes = [volume]
        var host = ContainerRecord(inspect: [
            "Id": "c1", "Name": "/host", "Image": .string(image.id), "State": ["Status": "running"], "Config": config,
        ])
        var inner = EngineRecord(version: ["Version": "26"], info: ["ID": "y"], apiVersion: "1.41")
        inner.containers = [
            ContainerRecord(inspect: [
                "Id": "c2", "Name": "/app", "Config": ["Env": .array(try list("nested env") { ["JWT_SECRET=\($0)"] })],
            ])
        ]
        host.engine = inner
        host.memory = ["/run/secrets": try archive(transaction, wholeFiles("tmpfs"))]
        engine.containers = [host]
        let answers: JSONValue = ["Config": config, "Image": .string(image.id)]
        engine.rawAnswers = try self.answers(
            transaction, ["containers/c1.json": answers, "images/\(image.id).json": ["Id": .string(image.id)]])
        var document = EnvironmentDocument(
            project: ProjectRecord(
                name: "planted", workingDirectory: "/srv/planted", configFiles: ["docker-compose.yml"],
                composeVersion: nil),
            engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        var files = try wholeFiles("secret file")
        files = Dictionary(uniqueKeysWithValues: files.map { ("secrets/\($0.key)", $0.value) })
        files["docker-compose.yml"] = try lines("compose file") { "      POSTGRES_PASSWORD: \($0)" }
        files[".env"] = try lines(".env") { "REDIS_PASSWORD=\($0)" }
        files["conf/app.env"] = try lines("env file") { "export SESSION_SECRET=\"\($0)\"" }
        document.trees = [
            TreeRecord(path: "/srv/planted", isFile: false, excluded: [], data: try archive(transaction, files))
        ]
        return try store.library.find(transaction.commit(document).hex)
    }

    /// Files that are a secret each, and one with their other encodings.
    private mutating func wholeFiles(_ place: String) throws -> [String: String] {
        var files: [String: String] = [:]
        var notes = ""
        for round in 0..<Self.rounds {
            let secret = secret(place)
            files["file\(round)"] = secret + "\n"
            notes += try Self.written(secret) + "\n"
        }
        files["notes.md"] = notes
        return files
    }

    private mutating func image(_ transaction: SnapshotTransaction) throws -> ImageRecord {
        let history = try list("image history") { ["|1 BUILD_TOKEN=\($0) /bin/sh -c make"] }.map {
            JSONValue.object(["created_by": $0])
        }
        let layer = try put(transaction, "image", Array("a layer".utf8))
        let config: JSONValue = [
            "architecture": "amd64", "os": "linux",
            "rootfs": ["type": "layers", "diff_ids": [.string(layer.description)]],
            "config": ["Env": .array(try list("image env") { ["APP_SECRET_KEY=\($0)"] })], "history": .array(history),
        ]
        let digest = try put(transaction, "image", config.canonicalBytes)
        return ImageRecord(
            id: digest.description, config: digest, layers: [layer], tags: ["app:1"],
            inspect: ["Id": .string(digest.description), "Config": config["config"]])
    }

    private func put(_ transaction: SnapshotTransaction, _ kind: String, _ bytes: [UInt8]) throws -> Digest {
        try transaction.putBlob(kind: kind) { sink in try bytes.withUnsafeBytes { try sink($0) } }.blob.rawDigest
    }

    private func answers(_ transaction: SnapshotTransaction, _ members: [String: JSONValue]) throws -> Digest {
        try transaction.putBlob(kind: "answers") { sink in
            let writer = PaxWriter(sink: sink)
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                let bytes = value.canonicalBytes
                try writer.append(BundleLayout.entry(name, size: Int64(bytes.count)), bytes: bytes)
            }
            try writer.finish()
        }.blob.rawDigest
    }

    /// An archive of files.
    func archive(_ transaction: SnapshotTransaction, _ files: [String: String]) throws -> DataArchive {
        try transaction.putArchive { sink in
            let writer = PaxWriter(into: sink)
            try writer.append(ArchiveEntry(path: Array(".".utf8), kind: .directory, mode: 0o755))
            var summary = PackSummary()
            for (name, text) in files.sorted(by: { $0.key < $1.key }) {
                let bytes = Array(text.utf8)
                try writer.append(
                    ArchiveEntry(
                        path: Array(name.utf8), kind: .file(size: Int64(bytes.count)), mode: 0o640, user: 7,
                        modified: Timestamp(seconds: 99, nanoseconds: 5)), bytes: bytes)
                summary.entries += 1
                summary.dataBytes += Int64(bytes.count)
            }
            try writer.finish()
            return summary
        }.archive
    }
}

extension JSONValue {
    fileprivate static func object(_ members: [String: JSONValue]) -> JSONValue { .object(JSONObject(members)) }
}
