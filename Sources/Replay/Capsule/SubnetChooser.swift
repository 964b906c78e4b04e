// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Finds subnets that nothing uses: neither the environment that is replayed nor the machine it is replayed on.
struct SubnetChooser {
    private var taken: [AddressBlock]

    init(environment: EngineRecord, machine networks: [JSONValue], routes: [AddressBlock]) {
        let captured = environment.enginesWithPaths().flatMap { $0.engine.networks.map(\.inspect) }
        taken = (captured + networks).flatMap(Self.blocks) + routes.filter { $0.prefixLength > 0 }
    }

    /// A free subnet with 16 addresses out of the shared address space (RFC 6598), which no network of a user has.
    mutating func next() throws -> AddressBlock {
        for third in stride(from: UInt8(255), through: 0, by: -1) {
            for fourth in stride(from: UInt8(0), through: 240, by: 16) {
                let block = AddressBlock(bytes: [100, 127, third, fourth], prefixLength: 28)
                if !taken.contains(where: block.overlaps) {
                    taken.append(block)
                    return block
                }
            }
            if third == 0 { break }
        }
        throw ReplayError(.conflict, "no subnet is free below 100.127.0.0/16", hint: "take down replays: envsnap ps")
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
