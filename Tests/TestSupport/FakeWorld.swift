// SPDX-License-Identifier: Apache-2.0

public import JSONTree

/// What a fake engine holds, answered as an engine answers `GET` requests.
public struct FakeWorld: Sendable {
    /// The answer to `GET /info`.
    public var info: JSONValue
    /// The answers to `GET /containers/ID/json`.
    public var containers: [JSONValue] = []
    /// The networks.
    public var networks: [JSONValue] = []
    /// The volumes.
    public var volumes: [JSONValue] = []
    /// The answers to `GET /images/ID/json`; a tag finds one too.
    public var images: [JSONValue] = []
    /// Ids that are listed but are gone when they are asked for.
    public var vanished: Set<String> = []

    /// An engine that holds nothing.
    public init(info: JSONValue = ["ID": "outer"]) { self.info = info }

    /// Answers what is read; to what changes something it has no answer.
    public var handler: FakeEngine.Handler {
        { request in
            let parts = request.path.split(separator: "/").map(String.init)
            guard request.method == "GET", let kind = parts.first else { return nil }
            switch (kind, parts.count) {
            case ("info", 1): return .json(info)
            case ("containers", 2): return .json(.array(listed(request)))
            case ("containers", 3): return find(containers, "Id", parts[1])
            case ("networks", 1): return .json(.array(networks))
            case ("networks", 2): return find(networks, "Id", parts[1])
            case ("volumes", 1): return .json(["Volumes": .array(volumes)])
            case ("volumes", 2): return find(volumes, "Name", parts[1])
            case ("images", 2): return .json(.array(images))
            case ("images", 3...): return image(parts[1..<(parts.count - 1)].joined(separator: "/"))
            default: return nil
            }
        }
    }

    /// `GET /containers/json` with its `label` filter; labels stand at the top there.
    private func listed(_ request: FakeRequest) -> [JSONValue] {
        let filters = request.query["filters"]?.first.flatMap { try? JSONValue(parsing: $0) } ?? .null
        let wanted = filters["label"].strings
        return containers.filter { container in
            wanted.allSatisfy { label in
                let parts = label.split(separator: "=", maxSplits: 1).map(String.init)
                let value = container["Config"]["Labels"][parts[0]]
                return parts.count == 1 ? !value.isNull : value.string == parts[1]
            }
        }.map { container in
            [
                "Id": container["Id"], "Names": [container["Name"]], "Labels": container["Config"]["Labels"],
                "Ports": container["Ports"], "Image": container["Config"]["Image"],
                "State": container["State"]["Status"],
            ]
        }
    }

    private func image(_ name: String) -> FakeAnswer? {
        images.first { $0["Id"].string == name || $0["RepoTags"].strings.contains(name) }.map { .json($0) }
    }

    private func find(_ objects: [JSONValue], _ key: String, _ id: String) -> FakeAnswer? {
        guard !vanished.contains(id) else { return nil }
        return objects.first { $0[key].string == id }.map { .json($0) }
    }

    /// The image that the containers are made from.
    public static let imageID = "sha256:" + String(repeating: "3", count: 64)

    /// A container of a compose project.
    public static func container(
        _ id: String, project: String? = "foo", created: String = "1", privileged: Bool = false, network: String = "n",
        status: String = "running", path: String = "sleep", folder: String = "/srv/foo"
    ) -> JSONValue {
        var labels = JSONObject()
        if let project {
            labels["com.docker.compose.project"] = .string(project)
            labels["com.docker.compose.service"] = .string("service-" + id)
            labels["com.docker.compose.project.working_dir"] = .string(folder)
            labels["com.docker.compose.project.config_files"] = "a.yml,b.yml"
            labels["com.docker.compose.version"] = "1.29.2"
        }
        return [
            "Id": .string(id), "Name": .string("/name-" + id), "Created": .string(created), "Image": .string(imageID),
            "Path": .string(path), "State": ["Status": .string(status)], "Config": ["Labels": .object(labels)],
            "HostConfig": ["Privileged": .bool(privileged)],
            "NetworkSettings": ["Networks": .object(JSONObject([network: [:]]))],
        ]
    }

    /// An image of one layer.
    public static func image(_ id: String = imageID) -> JSONValue {
        let layer = "sha256:" + String(repeating: "1", count: 64)
        return ["Id": .string(id), "RepoTags": ["foo:dev", "<none>:<none>"], "RootFS": ["Layers": [.string(layer)]]]
    }
}
