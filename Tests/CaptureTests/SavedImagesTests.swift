// SPDX-License-Identifier: Apache-2.0

import OCI
import Snapshots
import TestSupport
import Testing

@testable import Capture

@Suite struct SavedImagesTests {
    private let fixture: StoreFixture
    private let config: Digest
    private let layers: [Digest]

    /// A config and two layers, as files of these names.
    init() throws {
        fixture = try StoreFixture()
        try fixture.shell(
            """
            printf '{"os":"linux"}' > config; mkdir tree; printf one > tree/one; tar -C tree -cf first .
            head -c 300000 /dev/urandom > tree/two; tar -C tree -cf second .
            """)
        config = try fixture.digest("config")
        layers = [try fixture.digest("first"), try fixture.digest("second")]
    }

    /// Reads a tar in pieces of an odd size.
    private func read(_ name: String, wanted: Set<Digest>) throws {
        var rest = try fixture.folder.read(name)[...]
        try SavedImages(wanted: wanted, transaction: fixture.transaction).read {
            defer { rest = rest.dropFirst(10_007) }
            return rest.isEmpty ? nil : Array(rest.prefix(10_007))
        }
    }

    private var present: [Bool] {
        get throws { try ([config] + layers).map { try fixture.transaction.has($0) } }
    }

    @Test(arguments: ["gnu", "pax"]) func `the shape up to engine 24 is read`(_ format: String) throws {
        try fixture.shell(
            """
            mkdir -p saved/aa saved/bb saved/cc; cp first saved/aa/layer.tar; cp second saved/bb/layer.tar
            ln -s ../aa/layer.tar saved/cc/layer.tar; printf 1.0 > saved/aa/VERSION; cp config saved/\(config.hex).json
            printf '[]' > saved/manifest.json; cd saved; tar --format=\(format) -cf ../saved.tar *
            """)
        try read("saved.tar", wanted: Set([config] + layers))
        #expect(try present == [true, true, true])
    }

    @Test func `a layer that is only a link to itself gives nothing`() throws {
        try fixture.shell(
            "mkdir -p saved/aa; ln -s /etc/passwd saved/aa/layer.tar; tar -C saved -cf saved.tar aa")
        try read("saved.tar", wanted: Set(layers))
        let empty = try Digest(hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(try !fixture.transaction.has(empty))
    }

    @Test func `the shape from engine 25 on is read, and of it what is wanted`() throws {
        try fixture.shell(
            """
            mkdir -p saved/blobs/sha256; printf '{}' > saved/index.json; printf '[]' > saved/manifest.json
            for file in config first second; do
              cp $file saved/blobs/sha256/$(sha256sum $file | head -c 64); done
            tar -C saved -cf saved.tar blobs index.json manifest.json
            """)
        try read("saved.tar", wanted: [config, layers[0]])
        #expect(try present == [true, true, false])
    }

    @Test func `a blob that is not what its name says is refused`() throws {
        try fixture.shell(
            "mkdir -p saved/blobs/sha256; cp second saved/blobs/sha256/\(layers[0].hex); tar -C saved -cf saved.tar blobs"
        )
        #expect(throws: (any Error).self) { try read("saved.tar", wanted: Set(layers)) }
        #expect(try present == [false, false, false])
    }

    @Test func `an archive that is cut short is an error`() throws {
        try fixture.shell(
            """
            mkdir -p saved/blobs/sha256; cp second saved/blobs/sha256/\(layers[1].hex)
            tar -C saved -cf saved.tar blobs; truncate -s 100000 saved.tar
            """)
        #expect(throws: (any Error).self) { try read("saved.tar", wanted: Set(layers)) }
        #expect(try present == [false, false, false])
    }
}
