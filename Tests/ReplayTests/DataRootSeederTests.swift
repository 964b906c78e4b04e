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

/// Against what overlay2 and the classic image store have on disk.
@Suite(.enabled(if: geteuid() == 0)) struct DataRootSeederTests {
    private let fixture: StoreFixture
    private let images: [ImageRecord]
    private let root: String

    /// Two images on one layer; the second has one layer more.
    init() throws {
        fixture = try StoreFixture()
        try fixture.makeLayers()
        images = [
            try fixture.image("config1", layers: ["base.tar", "upper.tar"]),
            try fixture.image("config2", layers: ["base.tar", "other.tar", "upper.tar"]),
        ]
        try fixture.store(["base.tar", "upper.tar", "other.tar", "config1", "config2"], as: images)
        root = fixture.folder.path("root")
    }

    private func seed(_ images: [ImageRecord]) async throws -> [String] {
        let reports = Reports()
        try await DataRootSeeder(
            library: fixture.library, access: LocalDataAccess(), replay: nil,
            report: StepReport(tell: { reports.add($0) }, watch: { _ in })
        ).seed(images, of: "a host", into: root)
        return reports.all
    }

    private func read(_ name: String) throws -> String {
        String(decoding: try fixture.folder.read("root/" + name), as: UTF8.self)
    }

    /// The chain id of layers, by `sha256sum`.
    private func chain(_ layers: [Digest]) throws -> String {
        var chain = layers[0].description
        for layer in layers.dropFirst() {
            chain = "sha256:" + (try fixture.shell("printf '%s %s' '\(chain)' '\(layer)' | sha256sum | head -c 64"))[0]
        }
        return String(chain.dropFirst("sha256:".count))
    }

    @Test func `each layer stands once, as overlay2 wants it`() async throws {
        #expect(try await seed(images) == [])
        let (first, second) = (images[0].layers, images[1].layers)
        let base = try chain([first[0]])
        let chains = [base, try chain(first), try chain(Array(second.prefix(2))), try chain(second)]
        #expect(try fixture.shell("ls root/overlay2").sorted() == (chains + ["l"]).sorted())
        var links: [String] = []
        for chain in chains {
            let link = try read("overlay2/\(chain)/link")
            #expect(link.count == 26)
            #expect(try fixture.shell("readlink root/overlay2/l/\(link)") == ["../\(chain)/diff"])
            #expect(try read("overlay2/\(chain)/committed") == "")
            links.append("l/" + link)
        }
        #expect(Set(links).count == 4)
        #expect(try fixture.shell("ls root/overlay2/\(base)") == ["committed", "diff", "link"])
        #expect(try read("overlay2/\(chains[1])/lower") == links[0])
        #expect(try read("overlay2/\(chains[3])/lower") == "\(links[2]):\(links[0])")
        #expect(try fixture.shell("ls root/overlay2/\(chains[3])") == ["committed", "diff", "link", "lower", "work"])
    }

    @Test func `the store's records lead from images to layers`() async throws {
        _ = try await seed(images)
        let layers = images[1].layers
        let chains = [try chain([layers[0]]), try chain(Array(layers.prefix(2))), try chain(layers)]
        for (index, chain) in chains.enumerated() {
            let record = "image/overlay2/layerdb/sha256/\(chain)"
            #expect(try read("\(record)/cache-id") == chain)
            #expect(try read("\(record)/diff") == layers[index].description)
            let parent = index == 0 ? nil : "sha256:" + chains[index - 1]
            #expect((try? read("\(record)/parent")) == parent)
        }
        #expect(try read("image/overlay2/layerdb/sha256/\(chains[0])/size") == "7")
        #expect(try read("image/overlay2/layerdb/sha256/\(chains[1])/size") == "100000")
        #expect(try fixture.shell("ls root/image/overlay2/layerdb/sha256 | wc -l") == ["4"])
        let configs = "root/image/overlay2/imagedb/content/sha256"
        #expect(try fixture.shell("ls \(configs)") == images.map(\.config.hex).sorted())
        #expect(try fixture.digest("\(configs)/\(images[1].config.hex)") == images[1].config)
    }

    @Test func `deletions are marked as overlayfs marks them`() async throws {
        _ = try await seed(images)
        let diff = "root/overlay2/\(try chain(images[0].layers))/diff"
        #expect(
            try fixture.shell("cd \(diff); find . -mindepth 1 -printf '%P %y\\n' | sort")
                == ["etc d", "etc/conf c", "opt d", "opt/new f"])
        #expect(try fixture.shell("stat -c '%t:%T' \(diff)/etc/conf") == ["0:0"])
        #expect(try fixture.shell("getfattr --only-values -n trusted.overlay.opaque \(diff)/opt") == ["y"])
        #expect(try fixture.shell("getfattr -d -m trusted.overlay \(diff)/etc") == [])
    }

    @Test func `every layer comes back from the store as the very same tar`() async throws {
        _ = try await seed(images)
        let info: JSONValue = ["Driver": "overlay2", "DockerRootDir": .string(root)]
        let access = LocalDataAccess()
        for image in images {
            let places = try await ImageBlobs(info: info, paths: .outermost, access: access).places(of: image)
            #expect(Set(places.keys) == Set(image.blobs))
            try await fixture.expectTheSame(places)
        }
    }

    @Test func `a layer that is not in the store leaves nothing behind`() async throws {
        var broken = images[1]
        broken.layers.append(try Sample.digest("never stored"))
        let reports = try await seed([images[0], broken])
        #expect(reports.count == 1)
        #expect(reports.first?.hasPrefix("images are loaded by the engine: ") == true)
        #expect(try fixture.shell("ls -A root") == [])
    }

    @Test func `a layer that only an engine can unpack leaves nothing behind`() async throws {
        try fixture.shell("truncate -s 1M hole; tar --format=gnu --sparse -cf sparse.tar hole")
        let image = try fixture.image("config1", layers: ["base.tar", "sparse.tar"])
        try fixture.store(["base.tar", "sparse.tar", "config1"], as: [image])
        #expect(try await seed([image]).count == 1)
        #expect(try fixture.shell("ls -A root") == [])
    }

    @Test func `a data-root that holds images is left alone`() async throws {
        try fixture.shell("mkdir -p root/image root/overlay2; printf mine > root/overlay2/file")
        #expect(try await seed(images) == [])
        #expect(
            try fixture.shell("find root -mindepth 1 | sort") == ["root/image", "root/overlay2", "root/overlay2/file"])
    }

    @Test func `images whose layers are stored compressed are left to the engine`() async throws {
        var compressed = images[0]
        compressed.layerBlobs = compressed.layers
        #expect(try await seed([compressed]) == [])
        #expect(!FileManager.default.fileExists(atPath: root))
        _ = try await seed([compressed, images[1]])
        #expect(try fixture.shell("ls root/image/overlay2/imagedb/content/sha256") == [images[1].config.hex])
    }
}
