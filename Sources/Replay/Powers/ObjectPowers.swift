// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The powers in the request that makes a network.
struct NetworkPowers {
    private(set) var powers: [Power] = []
    /// The body of `POST /networks/create`, without what is unknown and says nothing.
    let body: JSONValue

    private static let ordinaryOptions: Set = [
        "com.docker.network.bridge.enable_icc", "com.docker.network.bridge.enable_ip_masquerade",
        "com.docker.network.driver.mtu", "com.docker.network.enable_ipv4", "com.docker.network.enable_ipv6",
    ]

    init(_ body: JSONValue, scope: PowerScope) {
        var screen = FieldScreen()
        self.body = screen.screen(body, as: KnownFields.network)
        powers = screen.unknown.map {
            Power("unknown", $0, "a setting of a network that this envsnap does not know")
        }
        let driver = body["Driver"].string ?? ""
        if !["", "bridge", "null"].contains(driver) {
            powers.append(Power("network-driver", driver, "this driver reaches networks of \(scope.ground) itself"))
        }
        let ipam = body["IPAM"]["Driver"].string ?? ""
        if !["", "default", "null"].contains(ipam) {
            powers.append(Power("ipam-driver", ipam, "this program gives out its addresses"))
        }
        let source = body["ConfigFrom"]["Network"].string ?? ""
        if !source.isEmpty, !scope.knows(network: source) {
            powers.append(Power("network", source, "the settings of a network that is not the snapshot's"))
        }
        guard scope.place == .machine else { return }
        for option in body["Options"].object?.keys ?? [] where !Self.ordinaryOptions.contains(option) {
            powers.append(Power("network-option", option, "an instruction to the network driver of the machine"))
        }
        for config in body["IPAM"]["Config"].array ?? [] {
            guard let subnet = config["Subnet"].string, !Self.isPrivate(subnet) else { continue }
            powers.append(
                Power("subnet", subnet, "what the machine sends to these addresses, which are not private, goes to it"))
        }
        powers += LabelPowers(body["Labels"], project: scope.project).powers
    }

    /// Whether addresses are for private use (RFC 1918, RFC 6598, RFC 4193).
    private static func isPrivate(_ subnet: String) -> Bool {
        guard let block = AddressBlock(subnet) else { return subnet.isEmpty }
        return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]
            .compactMap { AddressBlock($0) }
            .contains { $0.prefixLength <= block.prefixLength && $0.overlaps(block) }
    }
}

/// The powers in the request that makes a volume.
struct VolumePowers {
    private(set) var powers: [Power] = []
    /// The folder of the engine's machine that the volume stands for.
    private(set) var device: BindSource?
    /// The body of `POST /volumes/create`, without what is unknown and says nothing.
    let body: JSONValue

    init(_ body: JSONValue, scope: PowerScope) {
        var screen = FieldScreen()
        self.body = screen.screen(body, as: KnownFields.volume)
        powers = screen.unknown.map { Power("unknown", $0, "a setting of a volume that this envsnap does not know") }
        let driver = body["Driver"].string ?? ""
        if !["", "local"].contains(driver) {
            powers.append(
                Power("volume-driver", driver, "a volume of this driver, which acts on \(scope.ground) with all rights")
            )
        }
        addOptions(body["DriverOpts"], scope)
        if scope.place == .machine { powers += LabelPowers(body["Labels"], project: scope.project).powers }
    }

    /// Options of the `local` driver are those of mount(8): a bind in disguise, memory, or any file system.
    private mutating func addOptions(_ options: JSONValue, _ scope: PowerScope) {
        let flags = (options["o"].string ?? "").split(separator: ",")
        let type = options["type"].string ?? ""
        let isBind = flags.contains { ["bind", "rbind"].contains($0) }
        let isOrdinaryBind =
            flags.allSatisfy { ["bind", "rbind", "rw", "ro"].contains($0) } && ["", "none", "bind"].contains(type)
        if isBind, isOrdinaryBind, let path = options["device"].string, path.hasPrefix("/") {
            let device = BindSource(device: path, isWritable: false)
            self.device = device
            powers += BindPowers(device, scope: scope).powers
            return
        }
        let isMemory = type == "tmpfs" && !isBind && flags.allSatisfy { $0.contains("=") }
        for option in options.object?.members ?? [] where !isMemory && option.key != "size" {
            let detail = "\(option.key)=\(option.value.string ?? "")"
            powers.append(
                Power("volume-option", detail, "a volume that may be any folder or device of \(scope.ground)"))
        }
    }
}
