// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree

@testable import Replay

/// A setting of a container, and the powers that it is to be refused for.
struct PowerCase: Sendable, CustomStringConvertible {
    let description: String
    /// Members of `HostConfig`.
    var host: JSONValue = [:]
    /// Members of `Config`.
    var config: JSONValue = [:]
    /// Members of `NetworkSettings.Networks`.
    var networks: JSONValue = [:]
    var image = "sha256:with"
    var engine: EngineRecord?
    /// The powers in a capsule.
    var capsule: [String]
    /// The powers on the machine's engine, where they are others.
    var direct: [String]?

    static func host(_ host: JSONValue, _ capsule: String..., direct: [String]? = nil) -> PowerCase {
        PowerCase(description: host.canonicalText, host: host, capsule: capsule, direct: direct)
    }

    static func config(_ config: JSONValue, _ capsule: String..., direct: [String]? = nil) -> PowerCase {
        PowerCase(description: config.canonicalText, config: config, capsule: capsule, direct: direct)
    }

    /// The environment of one container with the setting, and of another one that it may join.
    func document() throws -> EnvironmentDocument {
        var engine = try Sample.engine()
        engine.info = ["Name": "machine", "DefaultRuntime": "runc", "CgroupVersion": "2"]
        engine.volumes = [VolumeRecord(inspect: ["Name": "data", "Driver": "local", "Options": nil])]
        var config = config.object ?? JSONObject()
        if config["Image"] == nil { config["Image"] = "with:1" }
        let networks = networks
        engine.containers = [
            ContainerRecord(
                inspect: [
                    "Id": "c0", "Name": "/app", "Image": .string(image), "State": ["Status": "running"],
                    "Config": .object(config), "HostConfig": host, "NetworkSettings": ["Networks": networks],
                ], engine: self.engine),
            ContainerRecord(inspect: [
                "Id": "d0", "Name": "/donor", "Image": "sha256:with", "State": ["Status": "running"],
                "Config": ["Image": "with:1"], "HostConfig": ["Binds": ["/srv/shared:/x"]],
            ]),
        ]
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.trees = [
            TreeRecord(path: "/srv/foo", isFile: false, excluded: [], data: try Self.data),
            TreeRecord(path: "/srv/shared", isFile: false, excluded: [], data: try Self.data),
        ]
        return document
    }

    static var data: DataArchive {
        get throws { DataArchive(digest: try Sample.digest("data"), size: 1, entries: 1, contentBytes: 1) }
    }

    /// The powers that the container asks for.
    func asked(directly: Bool = false) throws -> [String] {
        let plan = PowerPlan(
            try document(), directFolder: directly ? "/store/replays/again" : nil, capsuleImage: "mine:1")
        return plan.requests.filter { $0.path == "app" }.map(\.power.name).sorted()
    }
}

extension PowerCase {
    /// What every container may: none of it is a power in a capsule.
    static let ordinary: [PowerCase] = [
        .host([:]), .host(["Privileged": false]), .host(["Privileged": nil]),
        .host(["CapAdd": nil, "CapDrop": ["ALL"]]),
        .host(["CapAdd": ["CHOWN", "CAP_KILL", "net_raw"]]), .host(["NetworkMode": "bridge"]),
        .host(["NetworkMode": "none"]), .host(["NetworkMode": "default"]), .host(["NetworkMode": "foo_net"]),
        .host(["NetworkMode": "container:d0"]), .host(["NetworkMode": "container:donor"]),
        .host(["PidMode": "container:d0", "IpcMode": "container:d0"]), .host(["IpcMode": "private"]),
        .host(["IpcMode": "shareable"]), .host(["IpcMode": "none"]), .host(["CgroupnsMode": "private"]),
        .host(["VolumesFrom": ["d0:ro"]]), .host(["VolumesFrom": ["donor"]]), .host(["Links": ["/donor:/app/db"]]),
        .host(["SecurityOpt": ["no-new-privileges"]]), .host(["SecurityOpt": ["no-new-privileges:true"]]),
        .host(["SecurityOpt": ["seccomp=builtin"]]), .host(["MaskedPaths": nil]), .host(["Runtime": "runc"]),
        .host(["Binds": ["data:/data:rw", "/srv/foo:/foo:ro,z", "/srv/foo/conf:/c:ro"]]),
        .host(["Binds": ["/anonymous"]]), .host(["Mounts": [["Type": "volume", "Source": "data", "Target": "/x"]]]),
        .host(["Mounts": [["Type": "bind", "Source": "/srv/foo", "Target": "/x", "ReadOnly": true]]]),
        .host(["Mounts": [["Type": "tmpfs", "Target": "/x", "TmpfsOptions": ["SizeBytes": 1]]]]),
        .host(["Tmpfs": ["/run": "size=1m"]]),
        .host(["LogConfig": ["Type": "json-file", "Config": ["max-size": "1m"]]]),
        .host(["LogConfig": ["Type": "local"]]), .host(["LogConfig": ["Type": "none"]]),
        .host(["Memory": 1, "NanoCpus": 1, "PidsLimit": 1, "ShmSize": 1, "OomScoreAdj": 500, "Init": true]),
        .host(["Ulimits": [["Name": "nofile", "Hard": 1, "Soft": 1]]]), .host(["ReadonlyRootfs": true]),
        .host(["Dns": ["1.1.1.1"], "ExtraHosts": ["a:1.2.3.4"], "GroupAdd": ["100"]]),
        .host(["ANewField": false, "Other": 0, "Third": "", "Fourth": [], "Fifth": nil, "Sixth": [:]]),
        .config(["User": "0", "Env": ["A=b"], "Cmd": ["sh"], "Healthcheck": ["Test": ["CMD", "true"]]]),
        .config(["Labels": ["com.docker.compose.project": "foo", "com.docker.compose.service": "app"]]),
        .config(["Volumes": ["/data": [:]], "ExposedPorts": ["80/tcp": [:]], "Hostname": "app"]),
    ]
}
