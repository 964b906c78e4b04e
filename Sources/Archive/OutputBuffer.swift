// SPDX-License-Identifier: Apache-2.0

/// Gathers small writes so that the sink gets large chunks; large writes pass through uncopied.
final class OutputBuffer {
    private let sink: any ArchiveSink
    private let memory: UnsafeMutableRawBufferPointer
    private var used = 0

    init(capacity: Int = 256 * 1024, sink: any ArchiveSink) {
        self.sink = sink
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if used + bytes.count > memory.count {
            try flush()
        }
        guard bytes.count < memory.count else { return try sink.write(bytes) }
        UnsafeMutableRawBufferPointer(rebasing: memory[used...]).copyMemory(from: bytes)
        used += bytes.count
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    func writeZeros(_ count: Int64) throws {
        var left = count
        while left > 0 {
            if used == memory.count { try flush() }
            let step = Int(min(left, Int64(memory.count - used)))
            memory[used..<used + step].initializeMemory(as: UInt8.self, repeating: 0)
            used += step
            left -= Int64(step)
        }
    }

    func flush() throws {
        guard used > 0 else { return }
        let full = UnsafeRawBufferPointer(rebasing: memory[..<used])
        used = 0
        try sink.write(full)
    }
}
