// SPDX-License-Identifier: Apache-2.0

/// Memory that is filled by and by.
public final class FillBuffer {
    private let memory: UnsafeMutableRawBufferPointer
    /// How many bytes are in it.
    public var used = 0

    /// Empty memory for that many bytes.
    public init(capacity: Int) { memory = .allocate(byteCount: capacity, alignment: 64) }

    deinit { memory.deallocate() }

    /// What is in it.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<used]) }
    /// Whether nothing more goes in.
    public var isFull: Bool { used == memory.count }

    /// Takes in as many of the bytes as there is room for, and says how many.
    public func fill(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = min(bytes.count, memory.count - used)
        UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        used += count
        return count
    }
}
