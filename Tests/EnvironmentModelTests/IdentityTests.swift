// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

/// What each engine names in its own way is compared by what it stands for.
@Suite struct IdentityTests {
    private static let donor = String(repeating: "a1", count: 32)
    private static let otherDonor = String(repeating: "b2", count: 32)
    private static let otherID = String(repeating: "f9", count: 32)

    @Test(arguments: ["HostConfig.NetworkMode", "HostConfig.IpcMode", "HostConfig.PidMode"])
    func `a reference to a container is compared by the container's name`(_ field: String) throws {
        let captured = try pair(donor: Self.donor, field, .string("container:" + Self.donor))
        let found = try pair(donor: Self.otherDonor, field, .string("container:" + Self.otherDonor))
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(verdict.different == [])
        var wrong = found
        wrong.containers[1].inspect = wrong.containers[1].inspect.setting("Name", to: "/impostor")
        #expect(
            EnvironmentComparison(captured: captured, found: wrong).verdict().different.contains { $0.field == field })
    }

    @Test func `volumes_from is compared by the container's name and its mode`() throws {
        let captured = try pair(donor: Self.donor, "HostConfig.VolumesFrom", [.string(Self.donor + ":rw")])
        let found = try pair(donor: Self.otherDonor, "HostConfig.VolumesFrom", [.string(Self.otherDonor + ":rw")])
        let readOnly = try pair(donor: Self.otherDonor, "HostConfig.VolumesFrom", [.string(Self.otherDonor + ":ro")])
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
        #expect(!EnvironmentComparison(captured: captured, found: readOnly).verdict().isExact)
    }

    @Test func `a network that is named by its id is compared by its name`() throws {
        var captured = try Sample.engine()
        var found = try Sample.engine()
        captured.containers[0].inspect = captured.containers[0].inspect
            .setting("HostConfig.NetworkMode", to: .string(Sample.networkID))
        found.networks[0].inspect = found.networks[0].inspect.setting("Id", to: .string(Self.otherID))
        found.containers[0].inspect = found.containers[0].inspect
            .setting("HostConfig.NetworkMode", to: .string(Self.otherID))
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
    }

    @Test func `each container's own short id is no alias`() throws {
        let captured = try Sample.engine()
        let found = try Sample.engine(container: Sample.container(id: Self.otherID))
        let aliases = "NetworkSettings.Networks.foo_net.Aliases"
        var patched = found
        patched.networks[0].inspect = patched.networks[0].inspect.setting(
            "Containers",
            to: [Self.otherID: ["Name": "foo_app_1", "EndpointID": "e2", "IPv4Address": "10.81.82.100/24"]])
        #expect(EnvironmentComparison(captured: captured, found: patched).verdict().different == [])
        // Engines from API 1.45 on do not add it.
        patched.containers[0].inspect = patched.containers[0].inspect.setting(aliases, to: ["app"])
        #expect(EnvironmentComparison(captured: captured, found: patched).verdict().different == [])
        patched.containers[0].inspect = patched.containers[0].inspect
            .setting(aliases, to: ["app", .string(String(Self.donor.prefix(12)))])
        #expect(
            EnvironmentComparison(captured: captured, found: patched).verdict().different.contains {
                $0.field.hasPrefix(aliases)
            })
    }

    @Test func `an anonymous volume is compared by where it is mounted`() throws {
        let captured = try anonymous(Sample.volumeName, label: nil)
        let found = try anonymous(Self.otherID, label: nil)
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().different == [])
        let elsewhere = try anonymous(Self.otherID, label: nil, destination: "/cache")
        #expect(!EnvironmentComparison(captured: captured, found: elsewhere).verdict().isExact)
    }

    @Test func `the mark of an anonymous volume may come and go with the engine's version`() throws {
        let old = try anonymous(Sample.volumeName, label: nil)
        let new = try anonymous(Self.otherID, label: "")
        for (captured, found) in [(old, new), (new, old)] {
            let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
            #expect(verdict.different == [])
        }
        var labelled = new
        labelled.volumes[0].inspect = labelled.volumes[0].inspect.setting("Labels.b", to: "x")
        #expect(!EnvironmentComparison(captured: old, found: labelled).verdict().isExact)
    }

    private func pair(donor: String, _ field: String, _ value: JSONValue) throws -> EngineRecord {
        var engine = try Sample.engine(container: Sample.container().setting(field, to: value))
        let donor = Sample.container(id: donor, name: "donor")
            .setting("NetworkSettings.Networks", to: [:])
        engine.containers.append(ContainerRecord(inspect: donor))
        return engine
    }

    private func anonymous(_ name: String, label: JSONValue?, destination: String = "/data") throws -> EngineRecord {
        var engine = try Sample.engine()
        engine.containers[0].inspect = engine.containers[0].inspect
            .setting("Mounts.[0].Name", to: .string(name)).setting("Mounts.[0].Destination", to: .string(destination))
        var volume = Sample.volume(name: name).setting("Labels", to: nil)
        if let label { volume = volume.setting(["Labels", "com.docker.volume.anonymous"], to: label) }
        engine.volumes[0].inspect = volume
        return engine
    }
}
