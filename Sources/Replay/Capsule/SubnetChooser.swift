// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Finds subnets that nothing uses: neither the environment that is replayed nor the machine it is replayed on.
struct SubnetChooser {
    private static let count = 4096
    private let taken: [AddressBlock]
    /// How many blocks were looked at: none is looked at twice.
    private var lookedAt = 0

    init(environment: EngineRecord, machine networks: [JSONValue], routes: [AddressBlock]) {
        taken =
            Self.captured(in: environment) + networks.flatMap(Self.blocks) + routes.filter { $0.prefixLength > 0 }
    }

    /// The subnets of an environment out of which a capsule might take its own.
    static func ownSubnets(of environment: EngineRecord) -> Set<AddressBlock> {
        Set(captured(in: environment).filter(AddressBlock(bytes: [100, 127, 0, 0], prefixLength: 16).overlaps))
    }

    private static func captured(in environment: EngineRecord) -> [AddressBlock] {
        environment.enginesWithPaths().flatMap { $0.engine.networks.map(\.inspect) }.flatMap(blocks)
    }

    /// A free subnet with 16 addresses out of the shared address space (RFC 6598), which no network of a user has.
    mutating func next() throws -> AddressBlock {
        while lookedAt < Self.count {
            let block = Self.block(lookedAt)
            lookedAt += 1
            if !taken.contains(where: block.overlaps) { return block }
        }
        throw ReplayError(.conflict, "no subnet is free below 100.127.0.0/16", hint: "take down replays: envsnap ps")
    }

    /// The blocks of 100.127.0.0/16, those of 100.127.255.0/24 first.
    private static func block(_ index: Int) -> AddressBlock {
        AddressBlock(bytes: [100, 127, UInt8(255 - index >> 4), UInt8(index << 4 & 0xF0)], prefixLength: 28)
    }

    private static func blocks(of network: JSONValue) -> [AddressBlock] {
        (network["IPAM"]["Config"].array ?? []).compactMap { $0["Subnet"].string.flatMap(AddressBlock.init) }
    }
}

extension AddressBlock {
    /// The block with its first address for a host, as a gateway is given: `100.127.255.1/28`.
    var firstHost: AddressBlock {
        var first = masked.bytes
        first[first.count - 1] |= 1
        return AddressBlock(bytes: first, prefixLength: prefixLength)
    }

    /// The machine's routes: its first process's, since a helper has a network namespace of its own.
    static let machineRoutes = "/proc/1/net/route"

    /// The destinations of `/proc/net/route`, see proc(5): hexadecimal numbers in the machine's byte order.
    static func routes(in table: String) -> [AddressBlock] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
                let mask = UInt32(fields[7], radix: 16)
            else { return nil }
            let bytes = withUnsafeBytes(of: destination) { Array($0) }
            return AddressBlock(bytes: bytes, prefixLength: mask.nonzeroBitCount)
        }
    }
}
