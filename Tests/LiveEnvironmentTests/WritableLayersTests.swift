// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite struct WritableLayersTests {
    @Test func `the classic store names the upper folder, which is resolved through the levels`() async throws {
        let outer = WritableLayers(info: [:], paths: .outermost, access: LocalDataAccess())
        #expect(try await outer.path(of: Sample.container()) == "/var/lib/docker/overlay2/h/diff")
        #expect(try await outer.path(of: Sample.container(driver: "vfs")) == nil)
        let host = Sample.container(mounts: [("bind", "/srv/data", "/var/lib/docker")])
        let inside = WritableLayers(info: [:], paths: PathMap.outermost.inside(host), access: LocalDataAccess())
        #expect(try await inside.path(of: Sample.container()) == "/srv/data/overlay2/h/diff")
    }

    /// The database is one that engine 26.1.5 wrote: of 70 containers three were removed again.
    @Test(arguments: [
        ("536e2b9303bba4fc76de41ac60afb07f571a0b6816ac88b21108d01181de16d6", 3),
        ("57d33f4c4915101c031b64592ad9138a39f2e85f0da450d35efc43ba76c3e93b", 141),
        ("efcc2d37619aac42faecb673e82afaac9df143a05c246e81711bcc88eedb5233", nil),
    ])
    func `containerd's store is asked by the container's id`(_ id: String, _ snapshot: Int?) async throws {
        let folder = try TemporaryFolder()
        let database = try Data(contentsOf: Self.fixture)
        let snapshotter = "containerd/daemon/io.containerd.snapshotter.v1.overlayfs"
        try folder.write(database, to: snapshotter + "/metadata.db")
        let layers = WritableLayers(info: Self.info(folder), paths: .outermost, access: LocalDataAccess())
        let path = try await layers.path(of: ContainerRecord(inspect: ["Id": .string(id), "Name": "/c"]))
        #expect(path == snapshot.map { "\(folder.path)/\(snapshotter)/snapshots/\($0)/fs" })
    }

    @Test(arguments: ["", "garbage", String(repeating: "\0", count: 8192)])
    func `what is no database is said to be none`(_ content: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(content, to: "containerd/daemon/io.containerd.snapshotter.v1.overlayfs/metadata.db")
        let layers = WritableLayers(info: Self.info(folder), paths: .outermost, access: LocalDataAccess())
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await layers.path(of: ContainerRecord(inspect: ["Id": "1", "Name": "/c"]))
        }
        #expect(error?.code == .dataOutOfReach)
    }

    /// Whatever bytes are wrong, reading ends.
    @Test func `a damaged database is never read beyond its end`() throws {
        let sound = Array(try Data(contentsOf: Self.fixture))
        var damaged = 0
        for step in 0..<2000 {
            var bytes = sound
            bytes[(step * 7919) % bytes.count] ^= UInt8(truncatingIfNeeded: 1 + step)
            if step % 3 == 0 { bytes.removeLast((step * 101) % bytes.count) }
            do { _ = try BoltFile(bytes).entries(of: ["v1", "snapshots"]) } catch { damaged += 1 }
        }
        #expect(damaged > 100)
    }

    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/snapshotter.db")

    private static func info(_ folder: TemporaryFolder) -> JSONValue {
        [
            "DockerRootDir": .string(folder.path),
            "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        ]
    }
}
