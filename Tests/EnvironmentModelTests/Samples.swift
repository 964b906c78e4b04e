// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Hashing
import JSONTree
import OCI

/// Objects as engines show them, small but with every kind of field.
enum Sample {
    static let capturedID = String(repeating: "c0", count: 32)
    static let networkID = String(repeating: "d1", count: 32)
    static let volumeName = String(repeating: "e2", count: 32)

    static func digest(_ text: String) throws -> Digest { try SHA256Hasher.digest(of: Array(text.utf8)) }

    static func container(id: String = capturedID, name: String = "foo_app_1") -> JSONValue {
        [
            "Id": .string(id), "Created": "2026-11-01T10:00:00Z", "Name": .string("/" + name), "Path": "sleep",
            "Args": ["60"], "Image": "sha256:1", "RestartCount": 0,
            "State": [
                "Status": "running", "ExitCode": 0, "Pid": 41, "StartedAt": "2026-11-01T10:00:01Z",
                "Health": ["Status": "healthy", "FailingStreak": 0, "Log": []],
            ],
            "GraphDriver": ["Name": "overlay2", "Data": ["UpperDir": "/var/lib/docker/overlay2/a/diff"]],
            "Mounts": [
                [
                    "Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
                    "Destination": "/data", "RW": true,
                ],
                ["Type": "bind", "Source": "/srv/foo", "Destination": "/foo", "RW": false],
            ],
            "Config": [
                "Hostname": "app", "Env": ["A=1", "B=2"], "Cmd": ["sleep", "60"], "Entrypoint": nil,
                "Labels": ["com.docker.compose.service": "app", "com.docker.compose.project": "foo"],
                "Image": "foo:dev",
            ],
            "HostConfig": [
                "NetworkMode": "foo_net", "Memory": 0, "RestartPolicy": ["Name": "always", "MaximumRetryCount": 0],
                "Binds": ["/srv/foo:/foo:ro"], "Runtime": "runc", "MaskedPaths": ["/proc/kcore", "/proc/keys"],
                "PortBindings": ["80/tcp": [["HostIp": "", "HostPort": "8080"]]],
            ],
            "NetworkSettings": [
                "SandboxID": "s1",
                "Networks": [
                    "foo_net": [
                        "IPAddress": "10.81.82.100", "MacAddress": "02:42:0a:51:52:64", "EndpointID": "e1",
                        "NetworkID": .string(networkID), "Aliases": ["app", .string(String(id.prefix(12)))],
                        "IPAMConfig": nil, "GwPriority": 0,
                    ]
                ],
            ],
        ]
    }

    static func network(id: String = networkID) -> JSONValue {
        [
            "Id": .string(id), "Name": "foo_net", "Driver": "bridge", "Created": "2026-11-01T09:00:00Z",
            "IPAM": ["Driver": "default", "Config": [["Subnet": "10.81.82.0/24", "Gateway": "10.81.82.1"]]],
            "Options": ["com.docker.network.bridge.name": "br-foo"], "Labels": ["a": "1"],
            "Containers": [capturedID: ["Name": "foo_app_1", "EndpointID": "e1", "IPv4Address": "10.81.82.100/24"]],
        ]
    }

    static func volume(name: String = "data") -> JSONValue {
        [
            "Name": .string(name), "Driver": "local", "Options": nil, "Labels": ["a": "1"], "Scope": "local",
            "CreatedAt": "2026-11-01T09:00:00Z",
            "Mountpoint": .string("/var/lib/docker/volumes/\(name)/_data"),
        ]
    }

    static func engine(container: JSONValue = container()) throws -> EngineRecord {
        var engine = EngineRecord(
            version: ["Version": "20.10.24"], info: ["ID": "one", "DefaultRuntime": "runc"], apiVersion: "1.41")
        engine.networks = [NetworkRecord(inspect: network())]
        engine.volumes = [VolumeRecord(inspect: volume())]
        engine.images = [
            ImageRecord(
                id: "sha256:1", config: try digest("config"), layers: [try digest("layer")], tags: ["foo:dev"],
                inspect: ["Size": 1])
        ]
        engine.containers = [ContainerRecord(inspect: container)]
        return engine
    }

    static func archive(_ text: String) throws -> DataArchive {
        DataArchive(digest: try digest(text), size: 10, entries: 2, contentBytes: 3)
    }
}

extension JSONValue {
    /// The value with one place replaced: names joined by points, `[0]` for an element; a missing member is added.
    func setting(_ path: String, to value: JSONValue) -> JSONValue {
        setting(path.split(separator: ".").map(String.init)[...], to: value)
    }

    func setting(_ steps: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        if step.hasPrefix("["), let index = Int(step.dropFirst().dropLast()), case .array(var elements) = self {
            elements[index] = elements[index].setting(rest, to: value)
            return .array(elements)
        }
        var object = self.object ?? JSONObject()
        object[step] = (object[step] ?? .null).setting(rest, to: value)
        return .object(object)
    }

    /// The value without one member.
    func removing(_ path: String) -> JSONValue {
        let steps = path.split(separator: ".").map(String.init)
        guard steps.count > 1 else {
            var object = self.object ?? JSONObject()
            object[path] = nil
            return .object(object)
        }
        let inner = self[steps[0]].removing(steps.dropFirst().joined(separator: "."))
        return setting(steps[0], to: inner)
    }
}
