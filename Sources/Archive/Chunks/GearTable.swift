// SPDX-License-Identifier: Apache-2.0
import Hashing
import OCI

/// The numbers of the gear hash: for each byte the first eight bytes, the highest first, of its own SHA-256.
final class GearTable {
    let values: UnsafePointer<UInt64>
    private let memory: UnsafeMutablePointer<UInt64>

    init() throws {
        memory = .allocate(capacity: 256)
        memory.initialize(repeating: 0, count: 256)
        values = UnsafePointer(memory)
        for byte in UInt8.min...UInt8.max {
            let digest = try SHA256Hasher.digest(of: [byte])
            memory[Int(byte)] = UInt64(digest.hex.prefix(16), radix: 16) ?? 0
        }
    }

    deinit { memory.deallocate() }
}
