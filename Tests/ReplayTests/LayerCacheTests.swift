// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.enabled(if: geteuid() == 0)) struct LayerCacheTests {
    private let fixture: StoreFixture
    private let image: ImageRecord
    private let reports = Reports()

    init() throws {
        fixture = try StoreFixture()
        try fixture.makeLayers()
        image = try fixture.image("config2", layers: ["base.tar", "other.tar", "upper.tar"])
        try fixture.store(["base.tar", "upper.tar", "other.tar", "config2"], as: [image])
    }

    private var cache: LayerCache {
        LayerCache(of: fixture.library, access: LocalDataAccess(), detail: { [reports] in reports.add($0) })
    }

    /// Seeds a data-root of a replay.
    private func seed(_ root: String, of replay: String) async throws {
        try await DataRootSeeder(
            library: fixture.library, access: LocalDataAccess(), replay: replay,
            report: StepReport(tell: { [reports] in reports.add($0) }, watch: { _ in })
        ).seed([image], of: "a host", into: fixture.folder.path(root))
    }

    /// All files below a data-root, by their inodes or by what a container sees of them; it sees no whiteout.
    private func listing(_ root: String, inodes: Bool) throws -> [String] {
        let format = inodes ? "%P %i" : "%P %y %m %U:%G %s %n %T@ %l"
        let files = "find overlay2/*/diff -mindepth 1 ! -type c"
        return try fixture.shell("cd \(root); \(files) -printf '\(format)\\n' | sort")
    }

    private func kept() throws -> Int {
        try fixture.shell("ls store/unpacked | grep -c '^[0-9a-f]*[.]' || true").compactMap(Int.init)[0]
    }

    /// The folder of the topmost layer's files.
    private func top(_ root: String) throws -> String {
        let chain = try #require(try ImageBlobs.chains(of: image.layers).last)
        return "\(root)/overlay2/\(chain.hex)/diff"
    }

    @Test func `layers of a replay that is gone stand in the next one, the very same files`() async throws {
        try await seed("first", of: "a")
        let (files, inodes) = (try listing("first", inodes: false), try listing("first", inodes: true))
        await cache.keep(layersOf: "a")
        #expect(try kept() == 3)
        #expect(try listing("first", inodes: true) == [])
        try await seed("second", of: "b")
        #expect(try listing("second", inodes: true) == inodes)
        #expect(try listing("second", inodes: false) == files)
        #expect(try kept() == 0)
        #expect(reports.all == [])
        let info: JSONValue = ["Driver": "overlay2", "DockerRootDir": .string(fixture.folder.path("second"))]
        let access = LocalDataAccess()
        let places = try await ImageBlobs(info: info, paths: .outermost, access: access).places(of: image)
        #expect(places.count == 4)
        try await fixture.expectTheSame(places)
        // And on to a third.
        await cache.keep(layersOf: "b")
        #expect(try kept() == 3)
    }

    @Test func `while a replay stands another one gets layers of its own`() async throws {
        try await seed("first", of: "a")
        let inodes = try listing("first", inodes: true)
        try await seed("second", of: "b")
        #expect(try listing("first", inodes: true) == inodes)
        #expect(Set(try listing("second", inodes: true)).isDisjoint(with: inodes))
        #expect(try listing("second", inodes: false) == listing("first", inodes: false))
    }

    @Test(arguments: [
        "printf NEW > opt/new; touch -r ../diff opt/new", "chmod 700 opt/new", "touch -r opt/new etc/added",
        "rm opt/new", "setfattr -n user.x -v 1 etc",
    ]) func `a layer in which anything was changed is not kept`(_ change: String) async throws {
        try await seed("first", of: "a")
        try await Task.sleep(for: .milliseconds(20))
        try fixture.shell("cd \(try top("first")); \(change)")
        await cache.keep(layersOf: "a")
        #expect(try kept() == 2)
        #expect(reports.all.count == 1)
        #expect(reports.all.first?.contains("is not kept: something in it was changed") == true)
        try await seed("second", of: "b")
        #expect(try fixture.shell("cat \(try top("second"))/opt/new") == ["new"])
    }

    @Test func `a layer that became a link is not kept`() async throws {
        try await seed("first", of: "a")
        let top = try top("first")
        try fixture.shell("mkdir elsewhere; mv \(top) moved; ln -s $PWD/elsewhere \(top)")
        await cache.keep(layersOf: "a")
        #expect(try kept() == 2)
        #expect(try fixture.shell("ls -d elsewhere; readlink \(top)").count == 2)
    }

    @Test func `layers of another boot are neither taken nor kept`() async throws {
        try await seed("first", of: "a")
        await cache.keep(layersOf: "a")
        try fixture.shell(#"sed -i 's/"boot":"[^"]*"/"boot":"earlier"/' store/unpacked/*/note.json"#)
        try await seed("second", of: "b")
        #expect(try kept() == 3)
        #expect(try fixture.shell("cat \(try top("second"))/opt/new") == ["new"])
        try fixture.shell(#"sed -i 's/"boot":"[^"]*"/"boot":"earlier"/' store/unpacked/layers-of-b"#)
        await cache.keep(layersOf: "b")
        #expect(try kept() == 0)
        #expect(try fixture.shell("ls store/unpacked") == [])
    }

    @Test func `after the clock was set nothing is kept`() async throws {
        try await seed("first", of: "a")
        try fixture.shell(#"sed -i 's/"clock":[0-9]*/"clock":5/' store/unpacked/layers-of-a"#)
        await cache.keep(layersOf: "a")
        #expect(try kept() == 0)
        #expect(reports.all.count == 3)
    }

    @Test func `half of a kept layer is not used, and the layer is unpacked`() async throws {
        try await seed("first", of: "a")
        let files = try listing("first", inodes: false)
        await cache.keep(layersOf: "a")
        try fixture.shell("rm store/unpacked/*/tar-split.json.gz")
        try await seed("second", of: "b")
        #expect(try listing("second", inodes: false) == files)
        #expect(reports.all.count == 3)
    }

    @Test func `a data-root that is mounted onto itself is on the same file system all the same`() async throws {
        try fixture.shell("mkdir bound; mount --bind bound bound")
        defer { _ = try? fixture.shell("umount bound") }
        try await seed("bound/root", of: "a")
        let inodes = try listing("bound/root", inodes: true)
        await cache.keep(layersOf: "a")
        #expect(reports.all == [])
        #expect(try kept() == 3)
        try await seed("bound/again", of: "b")
        #expect(try listing("bound/again", inodes: true) == inodes)
    }

    @Test func `from another file system nothing is kept`() async throws {
        let other = "/dev/shm/envsnap-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try await DataRootSeeder(
            library: fixture.library, access: LocalDataAccess(), replay: "a", report: .silent
        ).seed([image], of: "a host", into: other)
        await cache.keep(layersOf: "a")
        #expect(try kept() == 0)
        #expect(reports.all.count == 3)
        #expect(try fixture.shell("ls store/unpacked") == [])
    }

    @Test func `a garbage collection removes all that is kept, and what stands in a replay stays`() async throws {
        try await seed("first", of: "a")
        await cache.keep(layersOf: "a")
        try await seed("second", of: "b")
        await cache.keep(layersOf: "b")
        try await seed("third", of: "c")
        try await seed("fourth", of: "d")
        await cache.keep(layersOf: "d")
        let planned = try await cache.removeAll(isDryRun: true)
        #expect(planned.layers == 3)
        #expect(planned.bytes >= 100_000)
        #expect(try kept() == 3)
        let removed = try await cache.removeAll(isDryRun: false)
        #expect(removed.layers == 3)
        #expect(try kept() == 0)
        #expect(try fixture.shell("cat \(try top("third"))/opt/new") == ["new"])
        await cache.keep(layersOf: "c")
        #expect(try kept() == 3)
    }

    @Test func `without a store's folder there is nothing to remove`() async throws {
        #expect(try await cache.removeAll(isDryRun: false).layers == 0)
    }
}
