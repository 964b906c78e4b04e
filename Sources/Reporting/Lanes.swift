// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The networks of an engine that are drawn as lanes: its own, and of those that every engine has the ones in use.
struct Lanes {
    private static let room = 96.0

    let networks: [NetworkRecord]

    init(_ engine: EngineRecord) {
        let used = Set(engine.containers.flatMap { $0.attachments.map(\.network) })
        networks = engine.networks.filter { network in
            network.isPredefined ? network.name == "bridge" && used.contains("bridge") : true
        }
    }

    /// How wide the lanes are together.
    var width: Double { networks.isEmpty ? 0 : Double(networks.count) * step + 6 }

    /// How far apart they are: closer where there are many.
    private var step: Double { min(14, Self.room / Double(max(networks.count, 1))) }

    /// Where a lane is, from the left.
    func offset(_ lane: Int) -> Double { Double(lane) * step + 4 }

    /// The lane of a network; nil where it has none.
    func index(of network: String) -> Int? { networks.firstIndex { $0.name == network } }

    /// A network with its subnets.
    static func describe(_ network: NetworkRecord) -> String {
        let subnets = (network.inspect["IPAM"]["Config"].array ?? []).compactMap { $0["Subnet"].string }
        let kind = network.inspect["Internal"].bool == true ? ["internal"] : []
        return (["network \(network.name)"] + subnets + kind).joined(separator: "  ")
    }
}
