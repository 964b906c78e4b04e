// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree

/// Lies in blobs: bytes that are others, streams that grow or end early, packs and lists of chunks that lie.
enum BlobCases {
    static var all: [HostileCase] { streams + packs }

    private static let archive = RawBundle.archive

    private static func bundle(_ stored: [UInt8], raw: [UInt8]) -> [UInt8] {
        var bundle = RawBundle()
        bundle.blobs = [RawBundle.Blob(stored, raw: raw)]
        return bundle.tar
    }

    private static var streams: [HostileCase] {
        let zstd = Compressed.zstd(archive)
        var flipped = zstd
        flipped[zstd.count / 2] ^= 4
        let stored: [(String, [UInt8])] = [
            ("no zstd at all", archive), ("half a stream", Array(zstd.prefix(zstd.count / 2))), ("no bytes", []),
            ("a stream of nothing", [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0]), ("a flipped bit", flipped),
            ("bytes behind the stream", zstd + [0, 0, 0]), ("text behind the stream", zstd + Array("more".utf8)),
            ("another stream behind it", zstd + zstd), ("a stream in a stream", Compressed.zstd(zstd)),
            ("gzip", Compressed.gzip(archive)), ("gzip in a stream", Compressed.zstd(Compressed.gzip(archive))),
            ("a bomb of 64 MiB", Compressed.bomb(mebibytes: 64)), ("a bomb of 8 GiB", Compressed.bomb(mebibytes: 8192)),
            ("a bomb behind the stream", zstd + Compressed.bomb(mebibytes: 1024)),
            ("a window of 2 GiB", [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 1, 0, 0]),
            (
                "a content size of 2^63",
                [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0x68] + [UInt8](repeating: 0x7F, count: 8) + [1, 0, 0]
            ),
            ("a dictionary", [0x28, 0xB5, 0x2F, 0xFD, 0x23, 1, 2, 3, 4, 5, 1, 0, 0]),
            ("skippable frames alone", [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]),
            ("a skippable frame of 4 GiB", [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF] + zstd),
            ("lzip magic", Array("LZIP\u{1}".utf8) + zstd), ("lrzip magic", Array("LRZI".utf8) + zstd),
        ]
        var cases = stored.map { HostileCase("blob", $0.0, bundle($0.1, raw: archive)) }
        // As many bytes as were announced, and other ones.
        var others = archive
        others[600] ^= 1
        cases.append(
            HostileCase("blob", "other content of the same size", bundle(Compressed.zstd(others), raw: archive)))
        var swapped = RawBundle()
        swapped.editMembers = { members in
            members[4].body = others
        }
        cases.append(HostileCase("blob", "other bytes under its name", swapped.tar))
        var known = RawBundle()
        known.document = RawBundle.document(archive: Ground.earlier, path: "/srv/again").canonicalBytes
        known.blobs = [RawBundle.Blob(Compressed.zstd(others), raw: Ground.earlier)]
        cases.append(HostileCase("blob", "another form of what is known, with other content", known.tar, .harmless))
        return cases
    }

    private static let chunk = [UInt8](repeating: 7, count: 40_000) + Array("a chunk of its own".utf8)

    private static func line(_ digest: [UInt8], _ stored: UInt32, _ size: UInt32) -> [UInt8] {
        digest + little(stored) + little(size)
    }

    private static func little(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let hex = Array(RawBundle.digest(bytes).utf8)
        return stride(from: 0, to: hex.count, by: 2).compactMap {
            UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }

    private static func index(_ lines: [UInt8], length: UInt32? = nil, mark: String = "ESNPPACK") -> [UInt8] {
        let length = length ?? UInt32(lines.count)
        return [0x5E, 0x2A, 0x4D, 0x18] + little(length &+ 12) + lines + little(length) + Array(mark.utf8)
    }

    private static func packed(
        _ pack: [UInt8], list: [UInt8], kind: String? = "pack", size: Int? = nil
    ) -> [UInt8] {
        let document = RawBundle.document(
            data: [
                "chunks": .string("sha256:" + RawBundle.digest(list)), "size": .int(size ?? chunk.count), "entries": 1,
                "contentBytes": 1,
            ])
        var bundle = RawBundle(document: document.canonicalBytes, blobs: [RawBundle.Blob(list, kind: "chunks")])
        if !pack.isEmpty { bundle.blobs.append(RawBundle.Blob(pack, kind: kind)) }
        return bundle.tar
    }

    private static var packs: [HostileCase] {
        let frame = Compressed.zstd(chunk)
        let stored = UInt32(frame.count)
        let own = digest(chunk)
        let good = line(own, stored, UInt32(chunk.count))
        let list = own + little(UInt32(chunk.count))
        let other = digest([1, 2, 3])
        let bomb = Compressed.bomb(mebibytes: 4096)
        func pack(_ lines: [UInt8], frame: [UInt8]? = nil) -> [UInt8] {
            (frame ?? Compressed.zstd(chunk)) + index(lines)
        }
        let cases: [(String, [UInt8])] = [
            (
                "a chunk that is another",
                packed(pack(line(other, stored, UInt32(chunk.count))), list: other + little(UInt32(chunk.count)))
            ),
            ("a chunk one byte longer", packed(pack(line(own, stored, UInt32(chunk.count) + 1)), list: list)),
            ("a chunk one byte shorter", packed(pack(line(own, stored, UInt32(chunk.count) - 1)), list: list)),
            ("a chunk of 4 GiB", packed(pack(line(own, stored, .max)), list: own + little(.max))),
            ("a chunk of 0 bytes", packed(pack(line(own, stored, 0)), list: list)),
            ("a frame of 4 GiB", packed(pack(line(own, .max, UInt32(chunk.count))), list: list)),
            (
                "a frame that ends early",
                packed(pack(good, frame: Array(frame.dropLast(9)) + [UInt8](repeating: 0, count: 9)), list: list)
            ),
            (
                "a frame that is a bomb",
                packed(pack(line(own, UInt32(bomb.count), UInt32(chunk.count)), frame: bomb), list: list)
            ),
            ("no index", packed(frame, list: list)), ("an index without frames", packed(index(good), list: list)),
            ("an index of 4 GiB", packed(frame + index(good, length: .max - 12), list: list)),
            ("half a line in the index", packed(frame + index(Array(good.dropLast(1))), list: list)),
            ("another mark", packed(frame + index(good, mark: "ESNPPACX"), list: list)),
            ("bytes between frames and index", packed(frame + [0] + index(good), list: list)),
            (
                "a chunk twice, once lying",
                packed(frame + frame + index(good + line(other, stored, UInt32(chunk.count))), list: list)
            ),
            ("a pack that is not said to be one", packed(pack(good), list: list, kind: "data")),
            ("no pack", packed([], list: list)),
            ("a list with half a line", packed(pack(good), list: list + [1, 2, 3])),
            ("a list that names another chunk", packed(pack(good), list: list + other + little(5))),
            ("a list with another size", packed(pack(good), list: own + little(UInt32(chunk.count) - 1))),
            ("a list with a chunk of 4 GiB", packed(pack(good), list: own + little(.max))),
            (
                "a list that names a chunk 100,000 times",
                packed(pack(good), list: Array(repeatElement(list, count: 100_000).joined()))
            ),
            ("an archive that is said to be shorter", packed(pack(good), list: list, size: 10)),
            ("an archive that is said to be longer", packed(pack(good), list: list, size: 1 << 40)),
        ]
        return cases.map { HostileCase("chunks", $0.0, $0.1) }
            + [HostileCase("chunks", "a sound pack", packed(pack(good), list: list), .taken)]
    }
}
