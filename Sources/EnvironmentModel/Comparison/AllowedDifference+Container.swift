// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension AllowedDifference {
    static let container: [AllowedDifference] = [
        replayLabels(in: "Config"), composeNotes(in: "Config"), generatedMAC,
        AllowedDifference(
            [
                "Id", "Created", "State.Pid", "State.StartedAt", "State.FinishedAt", "State.Error", "RestartCount",
                "ExecIDs",
            ],
            "made by the engine for each container"),
        AllowedDifference(
            ["State.Health.Log", "State.Health.FailingStreak"], "the history of health checks starts anew"),
        AllowedDifference(
            [
                "NetworkSettings.EndpointID", "NetworkSettings.SandboxID", "NetworkSettings.SandboxKey",
                "NetworkSettings.Networks.*.EndpointID", "NetworkSettings.Networks.*.NetworkID",
            ],
            "derived from new ids"),
        AllowedDifference(
            ["NetworkSettings.Networks.*.DNSNames"], oneVersionAlone,
            when: { captured, found, _ in captured.isEmpty || found.isEmpty }),
        AllowedDifference(
            ["LogPath", "HostsPath", "HostnamePath", "ResolvConfPath", "GraphDriver", "Storage", "Driver"],
            "a path or driver of the engine's own data-root"),
        AllowedDifference(
            ["MountLabel", "ProcessLabel", "AppArmorProfile"], "a security label of the engine's machine"),
        AllowedDifference(
            ["NetworkSettings.Networks.*.IPAMConfig"],
            "an address that was assigned is pinned, so that it stays the same",
            when: { captured, found, context in
                let assigned = [context.endpoint["IPAddress"], context.endpoint["GlobalIPv6Address"]]
                return captured.isEmpty && !found.isEmpty && assigned.contains(found)
            }),
        AllowedDifference(
            ["NetworkSettings.Networks.*.Aliases"], "engines before API 1.45 add the host name to the aliases",
            when: { captured, found, context in
                let name = context.object["Config"]["Hostname"].string
                return found.strings.contains { $0 == name }
                    && found.strings.filter { $0 != name } == captured.strings
            }),
        AllowedDifference(
            ["NetworkSettings.Networks.*.GwPriority", driverOption("ifname")],
            "interface order is pinned from engine 28 on", in: .replays,
            when: { captured, _, _ in captured.isEmptyOrZero }),
        AllowedDifference(
            [driverOption("sysctls")], interfaceSetting, in: .replays,
            when: { captured, found, context in
                let asked = context.object["HostConfig"]["Sysctls"].object?.members ?? []
                let settings = asked.compactMap { member in
                    InterfaceSysctl(member.key).map { "\($0.generalName)=\(member.value.string ?? "")" }
                }
                let moved = found.string?.split(separator: ",").map(String.init) ?? []
                return captured.isNull && !moved.isEmpty && Set(moved).isSubset(of: settings)
            }),
        AllowedDifference(
            ["ImageManifestDescriptor"], "shown by the containerd image store alone",
            when: { captured, found, _ in captured.isNull || found.isNull }),
        AllowedDifference(
            ["HostConfig.MaskedPaths"], "a newer engine masks more paths",
            when: { captured, found, _ in
                !captured.strings.isEmpty && Set(found.strings).isSuperset(of: captured.strings)
            }),
        AllowedDifference(
            [
                "HostConfig.KernelMemory", "HostConfig.KernelMemoryTCP", "HostConfig.OomKillDisable",
                "HostConfig.MemorySwappiness",
            ],
            "shown or not by API and cgroup version",
            when: { captured, found, _ in captured.isEmptyOrZero && found.isEmptyOrZero }),
        AllowedDifference(
            ["HostConfig.Runtime"], "each engine's own default runtime",
            when: { captured, found, context in
                captured == context.capturedInfo["DefaultRuntime"] && found == context.foundInfo["DefaultRuntime"]
            }),
        AllowedDifference(
            ["HostConfig.PortBindings.*.*.HostPort"],
            "a port that the engine had chosen is pinned, so that it stays the same", in: .replays,
            when: { captured, found, context in
                let asked = captured.string ?? ""
                return (asked.isEmpty || asked == "0" || asked.contains("-")) && context.chosenPorts.contains(found)
            }),
        AllowedDifference(
            ["HostConfig.PortBindings"],
            "a port that was published because all were is pinned to what the engine had chosen", in: .replays,
            when: { captured, found, context in
                let pinned = (found.array ?? []).map { $0["HostPort"] }
                return captured.isEmpty && context.object["HostConfig"]["PublishAllPorts"].bool == true
                    && !pinned.isEmpty && pinned.allSatisfy(context.chosenPorts.contains)
            }),
        AllowedDifference(
            ["NetworkSettings.Networks.*.Gateway", "NetworkSettings.Networks.*.IPv6Gateway"],
            "engine 26 gives no gateway on an internal network, older ones do",
            when: { captured, found, context in
                (captured.isEmpty || found.isEmpty) && context.path.steps.count > 2
                    && context.internalNetworks.contains(context.path.steps[2])
            }),
        AllowedDifference(
            ["HostConfig.Sysctls"], interfaceSetting, in: .replays,
            when: { captured, found, context in
                !captured.isNull && found.isNull && context.path.steps.last.flatMap(InterfaceSysctl.init) != nil
            }),
        AllowedDifference(
            ["Config.MacAddress"], "the MAC address that an interface had is pinned, whatever was asked for",
            in: .replays,
            when: { _, found, context in
                let endpoints = context.object["NetworkSettings"]["Networks"].object?.members ?? []
                return !found.isEmpty && endpoints.contains { $0.value["MacAddress"] == found }
            }),
        AllowedDifference(
            ["Config.Image"], "a name with a digest does not survive loading an image; its id takes its place",
            when: { captured, found, context in
                captured.string?.contains("@sha256:") == true && found == context.object["Image"]
            }),
        AllowedDifference(
            ["HostConfig.RestartPolicy.Name"], "newer engines write out the policy that an empty name means",
            when: { captured, found, _ in captured.isEmpty && found == "no" }),
        AllowedDifference(
            ["HostConfig.NetworkMode"], "two names of the same network",
            when: { captured, found, _ in
                Set([captured.string, found.string]).isSubset(of: ["default", "bridge"])
            }),
        AllowedDifference(
            ["NetworkSettings"], oneVersionAlone,
            when: { captured, found, _ in captured.isEmptyOrZero && found.isEmptyOrZero }),
    ]

    private static let oneVersionAlone = "a field that only one of the two engine versions shows"
    private static let interfaceSetting = "a setting of an interface belongs to its endpoint from engine 28 on"

    /// An option of an endpoint, whose name has points in it.
    private static func driverOption(_ name: String) -> FieldPattern {
        FieldPattern(steps: ["NetworkSettings", "Networks", "*", "DriverOpts", "com.docker.network.endpoint.\(name)"])
    }

    /// The labels of a replay without a capsule.
    private static func replayLabels(in parent: String...) -> AllowedDifference {
        AllowedDifference(
            ["io.envsnap.replay", "io.envsnap.snapshot"].map { FieldPattern(steps: parent + ["Labels", $0]) },
            "marks what a replay without a capsule has made", when: { captured, _, _ in captured.isNull })
    }

    static let network: [AllowedDifference] = [
        replayLabels(), composeNotes(),
        AllowedDifference(["Id", "Created"], "made by the engine for each network"),
        AllowedDifference(
            ["IPAM.Config.*.Gateway"],
            "an engine shows the default bridge's gateway only where it was told its address",
            when: { captured, _, context in captured.isEmpty && context.object["Name"] == "bridge" }),
        AllowedDifference(["Containers.*.EndpointID"], "derived from new ids"),
        AllowedDifference(
            ["EnableIPv4"], oneVersionAlone,
            when: { captured, found, _ in
                captured.isNull && found.bool == true || captured.bool == true && found.isNull
            }),
        AllowedDifference(
            ["Status", "Peers", "Services"], oneVersionAlone,
            when: { captured, found, _ in captured.isNull || found.isNull }),
    ]

    static let image: [AllowedDifference] = [
        AllowedDifference(
            ["Manifest"], "kept by the containerd image store alone",
            when: { captured, found, _ in captured.isNull || found.isNull })
    ]

    static let volume: [AllowedDifference] = [
        replayLabels(), composeNotes(),
        AllowedDifference(["CreatedAt", "Mountpoint", "Status"], "made by the engine for each volume"),
        AllowedDifference(
            [FieldPattern(steps: ["Labels", "com.docker.volume.anonymous"])],
            "the mark of an anonymous volume from engine 23 on",
            when: { captured, found, _ in captured.isNull || found.isNull }),
    ]
}

extension JSONValue {
    /// Whether nothing is set: null, empty, zero, false or -1, which engines use for "not set".
    var isEmptyOrZero: Bool {
        switch self {
        case .number(let literal): literal == "0" || literal == "-1"
        case .bool(let flag): !flag
        default: isEmpty
        }
    }
}
