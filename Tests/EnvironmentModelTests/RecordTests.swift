// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@Suite struct RecordTests {
    @Test(arguments: [
        (#"{"Name":"data"}"#, false),
        (#"{"Name":"e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2"}"#, true),
        (#"{"Name":"E2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2"}"#, false),
        (#"{"Name":"e2e2","Labels":{"com.docker.volume.anonymous":""}}"#, true),
    ])
    func `an anonymous volume is known by its name or its label`(_ text: String, _ isAnonymous: Bool) throws {
        #expect(VolumeRecord(inspect: try JSONValue(parsing: text)).isAnonymous == isAnonymous)
    }

    @Test func `a container's name has no slash and its mounts are in order`() {
        let record = ContainerRecord(inspect: Sample.container())
        #expect(record.name == "foo_app_1")
        #expect(record.service == "app")
        #expect(record.project == "foo")
        #expect(record.mounts.map(\.destination) == ["/data", "/foo"])
        #expect(record.mounts.map(\.name) == ["data", nil])
        #expect(record.mounts.map(\.isWritable) == [true, false])
    }

    @Test(arguments: [
        ("created", false), ("running", true), ("paused", true), ("restarting", true), ("exited", false),
        ("dead", false),
    ])
    func `a container is up while its processes exist`(_ status: String, _ isUp: Bool) {
        let inspect = Sample.container().setting("State.Status", to: .string(status))
        #expect(ContainerRecord(inspect: inspect).isUp == isUp)
    }

    @Test func `a container is called by its service only where one has it`() throws {
        var engine = try Sample.engine()
        #expect(engine.callName(of: engine.containers[0]) == "app")
        engine.containers.append(ContainerRecord(inspect: Sample.container(id: "2", name: "foo_app_2")))
        #expect(engine.callName(of: engine.containers[0]) == "foo_app_1")
        let plain = Sample.container().removing("Config.Labels")
        engine.containers = [ContainerRecord(inspect: plain)]
        #expect(engine.callName(of: engine.containers[0]) == "foo_app_1")
    }

    @Test func `names of nested objects carry the hosts`() {
        let path = EnginePath.outermost.appending("corge").appending("inner")
        #expect(path.objectName("app") == "corge/inner/app")
        #expect(EnginePath.outermost.objectName("app") == "app")
        #expect(EnginePath.outermost.description == ".")
    }

    @Test(arguments: [("bridge", true), ("host", true), ("none", true), ("foo_bridge", false)])
    func `predefined networks are those that every engine has`(_ name: String, _ isPredefined: Bool) {
        #expect(NetworkRecord(inspect: ["Name": .string(name)]).isPredefined == isPredefined)
    }

    @Test(arguments: [
        ("foo", "/srv/foo", ["docker-compose.yml"], []), ("foo", "/srv/Foo", ["/srv/Foo/compose.yaml"], []),
        ("bar", "/srv/foo", ["docker-compose.yml"], ["COMPOSE_PROJECT_NAME=bar"]),
        ("foo", "/srv/foo", ["a.yml", "b.yml"], ["COMPOSE_FILE=a.yml:b.yml"]),
        ("foo", "/srv/foo", ["/srv/foo/other.yml"], ["COMPOSE_FILE=/srv/foo/other.yml"]),
    ])
    func `compose is told what it would not find by itself`(
        _ name: String, _ folder: String, _ files: [String], _ expected: [String]
    ) {
        let project = ProjectRecord(name: name, workingDirectory: folder, configFiles: files, composeVersion: nil)
        #expect(project.composeVariables == expected)
    }
}

@Suite struct PublishedAddressTests {
    private static func engine(asked: JSONValue, all: Bool = false, observed: [String]) -> EngineRecord {
        var engine = EngineRecord(version: [:], info: [:], apiVersion: "1.45")
        let ports: JSONValue = .array(observed.map { ["HostIp": .string($0), "HostPort": "80"] })
        engine.containers = [
            ContainerRecord(inspect: [
                "Id": "1", "Name": "/c", "HostConfig": ["PortBindings": asked, "PublishAllPorts": .bool(all)],
                "NetworkSettings": ["Ports": ["80/tcp": ports]],
            ])
        ]
        return engine
    }

    @Test func `a machine without IPv6 shows in what was published for all addresses`() {
        let open: JSONValue = ["80/tcp": [["HostIp": "", "HostPort": "80"]]]
        let bound: JSONValue = ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "80"]]]
        #expect(Self.engine(asked: open, observed: ["0.0.0.0"]).publishesOnIPv4Alone)
        #expect(Self.engine(asked: [:], all: true, observed: ["0.0.0.0"]).publishesOnIPv4Alone)
        #expect(!Self.engine(asked: open, observed: ["0.0.0.0", "::"]).publishesOnIPv4Alone)
        #expect(!Self.engine(asked: open, observed: []).publishesOnIPv4Alone)
        #expect(!Self.engine(asked: bound, observed: ["0.0.0.0"]).publishesOnIPv4Alone)
        #expect(!Self.engine(asked: [:], observed: ["0.0.0.0"]).publishesOnIPv4Alone)
    }
}
