// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Replay

/// Trap C-14.
@Suite struct StaticProgramTests {
    #if arch(x86_64)
        static let architecture = "x86_64"
    #else
        static let architecture = "aarch64"
    #endif

    @Test(arguments: [0, 1, 3, 127, 137, 255] as [UInt8]) func `it ends with its status and does nothing`(
        _ status: UInt8
    ) throws {
        let folder = try TemporaryFolder()
        let program = try #require(StaticProgram.exiting(status, architecture: Self.architecture))
        let path = try folder.write(program.bytes, to: "stub")
        try Tool.run("chmod", "755", path)
        let outcome = try Tool.outcome([path, "any", "arguments"])
        #expect(outcome.status == Int32(status))
        #expect(outcome.output.isEmpty)
    }

    @Test(
        .enabled(if: Tool.exists("readelf")),
        arguments: [
            ("x86_64", "X86-64"), ("amd64", "X86-64"), ("aarch64", "AArch64"), ("arm64", "AArch64"),
        ])
    func `readelf takes it for a static program`(_ architecture: String, _ machine: String) throws {
        let folder = try TemporaryFolder()
        let program = try #require(StaticProgram.exiting(3, architecture: architecture))
        let path = try folder.write(program.bytes, to: "stub")
        let header = try Tool.run("readelf", "-hl", path)
        #expect(header.contains("EXEC (Executable file)"))
        #expect(header.contains(machine))
        #expect(header.contains("Entry point address:               0x400078") || header.contains("0x400078"))
        #expect(header.contains("LOAD"))
        #expect(!header.contains("INTERP"))
        #expect(program.bytes.count < 150)
    }

    @Test(.enabled(if: Tool.exists("file"))) func `file takes it for an executable`() throws {
        let folder = try TemporaryFolder()
        let program = try #require(StaticProgram.exiting(3, architecture: "x86_64"))
        let text = try Tool.run("file", "-b", folder.write(program.bytes, to: "stub"))
        #expect(text.hasPrefix("ELF 64-bit LSB executable, x86-64"))
        #expect(text.contains("statically linked"))
    }

    @Test func `the one that sleeps goes on until it is killed`() throws {
        let folder = try TemporaryFolder()
        let program = try #require(StaticProgram.sleeping(architecture: Self.architecture))
        let path = try folder.write(program.bytes, to: "sleeper")
        try Tool.run("chmod", "755", path)
        let outcome = try Tool.outcome(["timeout", "-s", "KILL", "0.3", path])
        // timeout(1) says 137 where it had to kill: it neither ended by itself nor crashed.
        #expect(outcome.status == 137 || outcome.status == -9)
        let ticks = try Tool.run("sh", "-c", "\(path) & sleep 0.3; cut -d' ' -f14,15 /proc/$!/stat; kill -KILL $!")
        #expect(ticks.contains("0 0"), "it is to sleep, not to spin")
    }

    /// There is no such machine here to run it on.
    @Test(.enabled(if: Tool.exists("llvm-objdump")), arguments: [0, 3, 137, 255] as [UInt8])
    func `a disassembler reads the three instructions for ARM`(_ status: UInt8) throws {
        let folder = try TemporaryFolder()
        let program = try #require(StaticProgram.exiting(status, architecture: "aarch64"))
        let bytes = Array(program.bytes.suffix(12))
        #expect(program.bytes.count == 120 + 12)
        let words = stride(from: 0, to: 12, by: 4).map { at in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        #expect(words == [0xD280_0000 + UInt32(status) * 32, 0xD280_0BA8, 0xD400_0001])
        let path = try folder.write(program.bytes, to: "stub")
        #expect(try Tool.run("llvm-objdump", "-f", path).contains("elf64-littleaarch64"))
    }

    @Test(arguments: ["armv7l", "riscv64", "", "i686"]) func `other machines have none`(_ architecture: String) {
        #expect(StaticProgram.exiting(0, architecture: architecture)?.bytes == nil)
        #expect(StaticProgram.sleeping(architecture: architecture)?.bytes == nil)
    }
}
