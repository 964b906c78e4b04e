// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

extension ContainerPowers {
    /// What the engine and the kernel do for a container beyond its own walls.
    mutating func addSurroundings() {
        let runtime = host["Runtime"].string ?? ""
        if !["", "runc", "io.containerd.runc.v2", scope.defaultRuntime].contains(runtime) {
            add("runtime", runtime, "this program of \(scope.ground) runs it, with all rights")
        }
        for sysctl in host["Sysctls"].object?.keys ?? [] { add(sysctl: sysctl) }
        if let parent = host["CgroupParent"].string, !parent.isEmpty {
            add("cgroup-parent", "a place among the control groups of \(scope.ground)")
        }
        let driver = host["LogConfig"]["Type"].string ?? ""
        if !["", "json-file", "local", "none"].contains(driver) {
            add("log-driver", driver, "the engine sends its output on by this driver")
        }
        for key in host["Annotations"].object?.keys ?? [] {
            add("annotation", key, "an instruction to the runtime of \(scope.ground)")
        }
        for link in host["Links"].texts {
            let target = String(link.prefix { $0 != ":" })
            if !scope.knows(container: target.afterPrefix("/") ?? target) {
                add("link", target, "the addresses and settings of a container that is not the snapshot's")
            }
        }
        if !["", "default"].contains(host["Isolation"].string ?? "") {
            add("unknown", "HostConfig.Isolation", "a setting that this envsnap does not know")
        }
    }

    mutating func add(sysctl name: String) {
        let general = InterfaceSysctl(name)?.generalName ?? name
        add("sysctl", general, "a setting of the kernel")
    }

    /// The powers in an endpoint on a network.
    mutating func add(endpoint: JSONValue, on network: String) {
        if network == "host" {
            add("ns:net", "the network of \(scope.ground) itself")
        } else if !scope.knows(network: network) {
            addForeignNetwork(network)
        }
        for option in endpoint["DriverOpts"].object?.members ?? [] {
            switch option.key {
            case "com.docker.network.endpoint.ifname": continue
            case "com.docker.network.endpoint.sysctls":
                for setting in (option.value.string ?? "").split(separator: ",") {
                    add(sysctl: String(setting.prefix { $0 != "=" }))
                }
            default: add("endpoint-option", option.key, "an instruction to the network driver of \(scope.ground)")
            }
        }
        for link in endpoint["Links"].texts {
            let target = String(link.prefix { $0 != ":" })
            if !scope.knows(container: target.afterPrefix("/") ?? target) {
                add("link", target, "the address of a container that is not the snapshot's")
            }
        }
    }

    /// What matters only where the engine is the machine's own: in a capsule ports, policies and labels are the capsule's.
    mutating func addMachineMatters() {
        guard scope.place == .machine else { return }
        for port in host["PortBindings"].object?.members ?? [] {
            for binding in port.value.array ?? [] { add(publish: binding, port.key) }
        }
        if host["PublishAllPorts"].bool == true {
            add("publish-all", "all its ports on all addresses of the machine")
        }
        add(policy: container.inspect["HostConfig"]["RestartPolicy"])
        add(labels: body["Labels"])
    }

    private mutating func add(publish binding: JSONValue, _ port: String) {
        let address = binding["HostIp"].string ?? ""
        guard !["127.0.0.1", "::1"].contains(address) else { return }
        let shown = (address.isEmpty ? "*" : address) + ":" + (binding["HostPort"].string ?? "")
        add("publish", "\(shown)->\(port)", "a port of the machine that others can reach")
    }

    /// A restart policy; it is set by a request of its own when everything is up.
    mutating func add(policy: JSONValue) {
        let name = policy["Name"].string ?? ""
        guard !["", "no"].contains(name) else { return }
        add("restart", name, "it is started again by itself, also after the machine was")
    }

    mutating func add(labels: JSONValue) {
        for power in LabelPowers(labels, project: project).powers { add(power) }
    }

    private var project: String { scope.project }
}

/// The powers in the labels of an object on the machine's own engine, where programs act by them.
struct LabelPowers {
    private(set) var powers: [Power] = []
    private static let harmless = [
        "org.opencontainers.image.", "org.label-schema.", "io.envsnap.", "com.docker.volume.anonymous",
    ]
    private static let compose = "com.docker.compose."
    /// First parts of names that are names of domains the other way round.
    private static let domains: Set<Substring> = [
        "com", "org", "net", "io", "dev", "de", "eu", "uk", "app", "cloud", "sh", "co",
    ]

    init(_ labels: JSONValue, project: String) {
        for label in labels.object?.sorted ?? [] {
            if Self.harmless.contains(where: label.key.hasPrefix) || ["maintainer", "version"].contains(label.key) {
                continue
            }
            if label.key.hasPrefix(Self.compose) {
                if label.key != Self.compose + "project" || label.value.string == project { continue }
            }
            let power = Power(
                "label", Self.family(label.key), "labels by which programs that watch the machine's engine act")
            if !powers.contains(power) { powers.append(power) }
        }
    }

    /// The part of a label's name that says whose it is: `traefik`, `com.example`.
    private static func family(_ key: String) -> String {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        return parts.prefix(parts.count > 1 && domains.contains(parts[0]) ? 2 : 1).joined(separator: ".")
    }
}
