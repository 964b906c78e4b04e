// SPDX-License-Identifier: Apache-2.0

/// A static program of a few instructions: an ELF header, one segment and system calls.
///
/// Layout after the System V ABI, chapters 4 and 5; the numbers of calls are those of the architecture's system call
/// table. Architectures are called as engines call them (`x86_64`, `aarch64`).
struct StaticProgram: Sendable {
    private enum Machine: UInt16 {
        case x86 = 62
        case arm = 183

        init?(_ architecture: String) {
            switch architecture {
            case "x86_64", "amd64": self = .x86
            case "aarch64", "arm64": self = .arm
            default: return nil
            }
        }
    }

    /// The program's file.
    let bytes: [UInt8]

    /// A program that does nothing but end with a status; nil where there is none for the architecture.
    static func exiting(_ status: UInt8, architecture: String) -> StaticProgram? {
        switch Machine(architecture) {
        // mov edi, status; mov eax, 60; syscall
        case .x86: StaticProgram(.x86, [0xBF, status, 0, 0, 0, 0xB8, 60, 0, 0, 0, 0x0F, 0x05])
        // mov x0, #status; mov x8, #93; svc #0
        case .arm: StaticProgram(.arm, words: [0xD280_0000 | UInt32(status) << 5, 0xD280_0BA8, 0xD400_0001])
        case nil: nil
        }
    }

    /// A program that does nothing and does not end; nil where there is none for the architecture.
    static func sleeping(architecture: String) -> StaticProgram? {
        switch Machine(architecture) {
        // mov eax, 34 (pause); syscall; jmp to the begin
        case .x86: StaticProgram(.x86, [0xB8, 34, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7])
        // ppoll(0, 0, 0, 0): mov x0..x3, #0; mov x8, #73; svc #0; b to the begin
        case .arm:
            StaticProgram(
                .arm,
                words: [
                    0xD280_0000, 0xD280_0001, 0xD280_0002, 0xD280_0003, 0xD280_0928, 0xD400_0001, 0x17FF_FFFA,
                ])
        case nil: nil
        }
    }

    private init(_ machine: Machine, words: [UInt32]) { self.init(machine, words.flatMap(Self.littleEndian)) }

    private init(_ machine: Machine, _ code: [UInt8]) {
        let base: UInt64 = 0x400000
        let headerSize: UInt64 = 64 + 56
        let size = headerSize + UInt64(code.count)
        var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        file += Self.littleEndian(UInt16(2)) + Self.littleEndian(machine.rawValue) + Self.littleEndian(UInt32(1))
        file += Self.littleEndian(base + headerSize) + Self.littleEndian(UInt64(64)) + Self.littleEndian(UInt64(0))
        file += Self.littleEndian(UInt32(0))
        for half: UInt16 in [64, 56, 1, 0, 0, 0] { file += Self.littleEndian(half) }
        file += Self.littleEndian(UInt32(1)) + Self.littleEndian(UInt32(5))
        for word: UInt64 in [0, base, base, size, size, 0x1000] { file += Self.littleEndian(word) }
        bytes = file + code
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
