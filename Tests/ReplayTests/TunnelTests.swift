// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct TunnelTests {
    private let runtime: TemporaryFolder
    private let folder: TunnelFolder

    init() throws {
        runtime = try TemporaryFolder()
        // Its path is short enough for a runtime directory's, which `runtime.path` is not.
        folder = try TunnelFolder(environment: ["XDG_RUNTIME_DIR": "/nowhere"])
    }

    private func tunnel(_ path: String = ".", replay: String = UUID().uuidString) throws -> Tunnel {
        try folder.tunnel(to: path, of: replay, store: runtime.path)
    }

    @Test func `each engine of each replay of each store has a socket of its own, with a path that fits`() throws {
        let replay = String(repeating: "x", count: 128)
        let sockets = try [
            folder.tunnel(to: ".", of: replay, store: "/a"), folder.tunnel(to: ".", of: replay, store: "/b"),
            folder.tunnel(to: "corge", of: replay, store: "/a"), folder.tunnel(to: ".", of: replay + "y", store: "/a"),
        ].map(\.socket)
        #expect(Set(sockets).count == 4)
        #expect(sockets.allSatisfy { $0.utf8.count <= 107 })
        #expect(try folder.tunnel(to: ".", of: replay, store: "/a").socket == sockets[0])
        var status = stat()
        #expect(lstat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }

    @Test func `one process keeps a tunnel, and it is known which`() throws {
        let tunnel = try tunnel()
        #expect(!tunnel.isRunning && tunnel.process == nil)
        let claim = try #require(try tunnel.claim())
        #expect(tunnel.isRunning && tunnel.process == getpid() && !tunnel.isReady)
        #expect(try tunnel.claim() == nil)
        let found = try #require(folder.tunnels().first { $0.socket == tunnel.socket })
        #expect(found.replay == tunnel.replay && found.path == "." && found.store == runtime.path)
        folder.removeLeftovers()
        #expect(tunnel.isRunning)
        tunnel.release(claim)
        #expect(!tunnel.isRunning)
        #expect(!folder.tunnels().contains { $0.socket == tunnel.socket })
    }

    @Test func `what a killed process leaves is found and removed`() throws {
        let tunnel = try tunnel("corge", replay: "killed-\(UUID().uuidString)")
        let claim = try #require(try tunnel.claim())
        #expect(FileManager.default.createFile(atPath: tunnel.socket, contents: nil))
        try claim.close()
        #expect(!tunnel.isRunning)
        #expect(folder.removeLeftovers().contains(tunnel.replay))
        #expect(!FileManager.default.fileExists(atPath: tunnel.socket))
    }

    @Test func `a folder that others can have prepared is refused`() throws {
        let name = "/tmp/envsnap-t\(UInt32.random(in: 0..<1_000_000))"
        try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: name) }
        symlink("/tmp", name + "/envsnap")
        #expect(throws: ReplayError.self) { try TunnelFolder(environment: ["XDG_RUNTIME_DIR": name]) }
    }

    @Test func `a launcher tells when its process is ready, and what it said when it ended`() async throws {
        let script = try runtime.write("#!/bin/sh\necho \"$@\"; exec sleep 0.2\n", to: "program")
        chmod(script, 0o755)
        let launcher = TunnelLauncher(program: script)
        #expect(try await launcher.start(["ready"]) == .ready)
        #expect(try await launcher.start(["no", "engine"]) == .failed("no engine\n"))
    }
}
