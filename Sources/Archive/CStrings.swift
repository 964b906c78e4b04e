// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The bytes of a C string.
func bytes(of string: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: string, count: strlen(string)))
}

/// Runs `body` with the bytes as a C string.
func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { memory in
        UnsafeMutableRawBufferPointer(memory).copyBytes(from: bytes)
        memory[bytes.count] = 0
        guard let start = memory.baseAddress else { preconditionFailure("an allocation of at least one byte") }
        return body(UnsafePointer(start))
    }
}
