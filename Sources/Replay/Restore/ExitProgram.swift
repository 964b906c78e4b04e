// SPDX-License-Identifier: Apache-2.0

/// A static program that does nothing but end with a status: an ELF header, one segment and three instructions.
///
/// Layout after the System V ABI, chapters 4 and 5; the instructions call `exit` of the architecture's system call table.
struct ExitProgram: Sendable {
    /// The program's file.
    let bytes: [UInt8]

    /// The program for an architecture as engines name it (`x86_64`, `aarch64`); nil for others.
    init?(status: UInt8, architecture: String) {
        let machine: UInt16
        let code: [UInt8]
        switch architecture {
        case "x86_64", "amd64":
            machine = 62
            // mov edi, status; mov eax, 60; syscall
            code = [0xBF, status, 0, 0, 0, 0xB8, 60, 0, 0, 0, 0x0F, 0x05]
        case "aarch64", "arm64":
            machine = 183
            // mov x0, #status; mov x8, #93; svc #0
            code =
                Self.littleEndian(0xD280_0000 | UInt32(status) << 5) + Self.littleEndian(UInt32(0xD280_0BA8))
                + Self.littleEndian(UInt32(0xD400_0001))
        default: return nil
        }
        let base: UInt64 = 0x400000
        let headerSize: UInt64 = 64 + 56
        let size = headerSize + UInt64(code.count)
        var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        file += Self.littleEndian(UInt16(2)) + Self.littleEndian(machine) + Self.littleEndian(UInt32(1))
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
