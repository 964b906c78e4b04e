// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI

/// Environments to report on.
enum Sample {
    static let id = String(repeating: "ab", count: 32)

    static func digest(_ digit: Character) throws -> Digest { try Digest(hex: String(repeating: digit, count: 64)) }

    static func container(
        _ name: String, state: JSONValue = ["Status": "running"], networks: JSONValue = [:], mounts: JSONValue = [],
        ports: JSONValue = [:], image: String = "foo-app:1"
    ) -> ContainerRecord {
        ContainerRecord(inspect: [
            "Id": .string(name), "Name": .string("/" + name), "State": state, "Mounts": mounts,
            "Config": ["Image": .string(image), "Env": ["PASSWORD=hunter2"]],
            "NetworkSettings": ["Networks": networks, "Ports": ports],
        ])
    }

    static func network(_ name: String, _ subnet: String) -> NetworkRecord {
        NetworkRecord(inspect: [
            "Name": .string(name), "Id": .string(name), "Driver": "bridge",
            "IPAM": ["Config": [["Subnet": .string(subnet), "Gateway": "10.81.82.1"]]],
        ])
    }

    /// Two hosts with three containers, and a bind source that lies on a mount of its host.
    static func document() throws -> EnvironmentDocument {
        var engine = EngineRecord(
            version: ["Version": "20.10.24"], info: ["Driver": "overlay2", "Architecture": "x86_64"], apiVersion: "1.41"
        )
        engine.networks = [network("foo_net", "10.81.82.0/24")]
        var corge = container(
            "foo-host-corge", networks: ["foo_net": ["IPAddress": "10.81.82.100"]],
            mounts: [["Type": "bind", "Source": "/srv/foo/corge", "Destination": "/data", "RW": true]],
            image: "foo-host:dev")
        var inner = engine
        inner.networks = [network("app", "172.18.0.0/16")]
        inner.containers = [
            container(
                "foo-app", state: ["Status": "running", "Health": ["Status": "healthy"]],
                networks: ["app": ["IPAddress": "172.18.0.2"]],
                mounts: [["Type": "bind", "Source": "/data/bar.txt", "Destination": "/bar.txt", "RW": false]],
                ports: ["80/tcp": [["HostPort": "8080"]]]),
            container("job", state: ["Status": "exited", "ExitCode": 3]),
        ]
        corge.engine = inner
        var grault = container("foo-host-grault", networks: ["foo_net": ["IPAddress": "10.81.82.101"]])
        grault.engine = EngineRecord(version: ["Version": "26.1.5"], info: [:], apiVersion: "1.45")
        engine.containers = [corge, grault]
        engine.images = [
            ImageRecord(
                id: "sha256:1", config: try digest("c"), layers: [try digest("a")], tags: ["foo-host:dev"],
                inspect: ["Size": 711_000_000, "Created": "2026-11-01T09:00:00Z"])
        ]
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.name = "before"
        document.trees = [
            TreeRecord(
                path: "/srv/foo", isFile: false, excluded: [],
                data: DataArchive(digest: try digest("d"), size: 10, entries: 12, contentBytes: 1_234_567))
        ]
        document.notCaptured = [Remark(object: "/run/x.sock", text: "a socket file", weight: .note)]
        return document
    }

    /// Many hosts with many containers each, with long names.
    static func large(hosts: Int, containers: Int) throws -> EnvironmentDocument {
        var document = try document()
        let names = (0..<hosts).map { "host-\($0)-of-a-deployment-with-a-name-that-is-rather-long" }
        document.engine.containers = names.enumerated().map { number, name in
            var host = container(name, networks: ["foo_net": ["IPAddress": .string("10.81.82.\(number + 10)")]])
            var engine = EngineRecord(version: ["Version": "26.1.5"], info: [:], apiVersion: "1.45")
            engine.networks = (0..<4).map { network("net-\($0)", "172.\($0 + 18).0.0/16") }
            engine.containers = (0..<containers).map { index in
                container(
                    "\(name)-service-\(index)", networks: ["net-\(index % 4)": ["IPAddress": "172.18.0.2"]],
                    mounts: [["Type": "volume", "Name": "data", "Destination": "/var/lib/data", "RW": true]])
            }
            host.engine = engine
            return host
        }
        return document
    }
}
