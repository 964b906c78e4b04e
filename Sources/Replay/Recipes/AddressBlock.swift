// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address with a prefix length, as `10.81.82.0/24` (RFC 4632, RFC 4291).
struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    /// The address, four or sixteen bytes.
    let bytes: [UInt8]
    /// How many leading bits name the network.
    let prefixLength: Int

    /// Reads `ADDRESS/LENGTH`; an address alone is a block of one.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let bytes = Self.parse(String(first)) else { return nil }
        guard let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8, (0...bytes.count * 8).contains(length)
        else { return nil }
        self.init(bytes: bytes, prefixLength: length)
    }

    init(bytes: [UInt8], prefixLength: Int) {
        self.bytes = bytes
        self.prefixLength = prefixLength
    }

    /// The block without the bits that name a host.
    var masked: AddressBlock {
        var masked = bytes
        for index in masked.indices {
            let bits = min(8, max(0, prefixLength - index * 8))
            masked[index] &= UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        }
        return AddressBlock(bytes: masked, prefixLength: prefixLength)
    }

    /// Whether the two blocks share an address.
    func overlaps(_ other: AddressBlock) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        let length = min(prefixLength, other.prefixLength)
        return AddressBlock(bytes: bytes, prefixLength: length).masked.bytes
            == AddressBlock(bytes: other.bytes, prefixLength: length).masked.bytes
    }

    var description: String { "\(Self.text(of: bytes))/\(prefixLength)" }
}
