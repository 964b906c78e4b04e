// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI

enum Sample {
    static func digest(_ digit: Character) throws -> Digest { try Digest(hex: String(repeating: digit, count: 64)) }

    static func data(entries: Int64, bytes: Int64) throws -> DataArchive {
        DataArchive(digest: try digest("d"), size: bytes, entries: entries, contentBytes: bytes)
    }

    static func container(
        _ service: String, state: JSONValue, mounts: JSONValue = [], networks: JSONValue = [:], ports: JSONValue = [:],
        image: String
    ) -> ContainerRecord {
        ContainerRecord(inspect: [
            "Id": .string(service), "Name": .string("/foo_\(service)_1"), "State": state, "Mounts": mounts,
            "Config": ["Image": .string(image), "Labels": ["com.docker.compose.service": .string(service)]],
            "NetworkSettings": ["Networks": networks, "Ports": ports],
        ])
    }

    /// A host with a leaf in it, and a leaf that has ended.
    static func document() throws -> EnvironmentDocument {
        var inner = EngineRecord(version: ["Version": "26.1.5"], info: ["Driver": "overlay2"], apiVersion: "1.45")
        inner.containers = [
            container(
                "redis", state: ["Status": "running", "Health": ["Status": "healthy"]],
                networks: ["app": ["IPAddress": "172.18.0.2"]], ports: ["6379/tcp": [["HostPort": "6379"]]],
                image: "redis:7")
        ]
        var engine = EngineRecord(version: ["Version": "20.10.24"], info: ["Driver": "overlay2"], apiVersion: "1.41")
        engine.networks = [
            NetworkRecord(inspect: ["Name": "bridge", "Id": "b"]),
            NetworkRecord(inspect: [
                "Name": "foo_net", "Id": "n", "IPAM": ["Config": [["Subnet": "10.5.0.0/16"]]],
            ]),
        ]
        var host = container(
            "corge", state: ["Status": "running"],
            mounts: [["Type": "bind", "Source": "/srv/foo/conf", "Destination": "/conf", "RW": false]],
            networks: ["foo_net": ["IPAddress": "10.5.0.9"]], image: "docker:dind")
        host.engine = inner
        host.layer = try data(entries: 3, bytes: 2000)
        engine.containers = [
            host, container("job", state: ["Status": "exited", "ExitCode": 3], image: "job\u{1B}[2J:1"),
        ]
        engine.volumes = [
            VolumeRecord(inspect: ["Name": "kept"], data: try data(entries: 1, bytes: 0)),
            VolumeRecord(inspect: ["Name": "left-out"]),
        ]
        engine.images = [
            ImageRecord(
                id: "i", config: try digest("a"), layers: [try digest("b")], tags: ["docker:dind"], inspect: [:]),
            ImageRecord(id: "j", config: try digest("c"), layers: [], tags: [], inspect: [:]),
        ]
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.trees = [
            TreeRecord(path: "/srv/foo", isFile: false, excluded: [], data: try data(entries: 12, bytes: 1_234_567))
        ]
        return document
    }
}
