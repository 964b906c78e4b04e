// SPDX-License-Identifier: Apache-2.0

/// Which aspect of an object a field belongs to, in the words that people use.
enum FieldAspect {
    private static let container: [(prefix: String, aspect: String)] = [
        ("exists", ""), ("State", "state"), ("Image", "image"), ("Config.Image", "image name"), ("Config.Env.", "env"),
        ("Config.Labels.", "label"), ("Config.Cmd", "command"), ("Config.Entrypoint", "entry point"),
        ("Config.Healthcheck.", "health check"), ("NetworkSettings.Networks.", "network"),
        ("NetworkSettings.Ports.", "port"), ("HostConfig.PortBindings.", "port asked"), ("Mounts.", "mount"),
        ("Interfaces.", "interface"), ("KernelSettings.", "kernel"), ("HostConfig.", "setting"), ("Config.", "setting"),
    ]
    private static let network: [(prefix: String, aspect: String)] = [
        ("exists", ""), ("IPAM.Config", "subnet"), ("Options.", "option"), ("Labels.", "label"),
    ]
    private static let other: [(prefix: String, aspect: String)] = [
        ("exists", ""), ("ServerVersion", "version"), ("RepoTags.", "tag"), ("Labels.", "label"),
        ("Options.", "option"),
        ("configFiles", "file"), ("composeVersion", "compose"), ("result", "result"),
    ]
    private static let endpointAspects = [
        "IPAddress": "address", "GlobalIPv6Address": "address", "MacAddress": "MAC", "Aliases": "alias",
    ]

    /// The aspect of a finding, and which one of its kind it is.
    static func of(_ finding: FieldFinding) -> (aspect: String, name: String) {
        let field = finding.field
        let table =
            switch finding.subject.kind {
            case .container: container
            case .network: network
            default: other
            }
        guard let entry = table.first(where: { field.hasPrefix($0.prefix) }) else { return ("setting", field) }
        let name = String(field.dropFirst(entry.prefix.count))
        switch entry.aspect {
        case "network": return endpoint(name)
        case "mount": return ("mount", mount(name))
        case "subnet": return ("subnet", name.split(separator: ".").last.map(String.init) ?? "")
        default: return (entry.aspect, name.hasPrefix(".") ? String(name.dropFirst()) : name)
        }
    }

    /// `foo_net.IPAddress` is the address on `foo_net`.
    private static func endpoint(_ name: String) -> (aspect: String, name: String) {
        guard let point = name.lastIndex(of: ".") else { return ("network", name) }
        let field = name[name.index(after: point)...].prefix { $0 != "[" }
        guard let aspect = endpointAspects[String(field)] else { return ("network", name) }
        return (aspect, String(name[..<point]))
    }

    /// `/data.RW` is whether `/data` may be written to.
    private static func mount(_ name: String) -> String {
        for field in ["Type", "Name", "Source", "Driver", "Mode", "RW", "Propagation"] where name.hasSuffix(".\(field)")
        {
            return "\(name.dropLast(field.count + 1)) \(field)"
        }
        return name
    }
}
