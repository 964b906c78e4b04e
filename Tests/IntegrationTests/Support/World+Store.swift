// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

/// The store seen with other people's programs.
extension World {
    /// The names of the blobs' files.
    func blobs() throws -> Set<String> {
        let folder = "\(store)/blobs/sha256"
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    /// The environment document of a snapshot.
    func document(_ snapshot: String) throws -> JSONValue {
        try envsnap("show", snapshot, "--json").expecting(0).data
    }

    /// What `sqlite3` says to a statement about the catalogue.
    @discardableResult
    func catalogue(_ statement: String) throws -> String {
        try Command.run("sqlite3", "\(store)/catalogue.sqlite", statement)
    }

    /// The file of a blob, by the digest of its uncompressed bytes, as the catalogue has it.
    func blobFile(_ digest: String?) throws -> String {
        let hex = try #require(digest).replacingOccurrences(of: "sha256:", with: "")
        let stored = try catalogue("SELECT stored_digest FROM blob WHERE raw_digest = '\(hex)'")
        return "\(store)/blobs/sha256/\(stored)"
    }

    /// Puts a data archive together from its chunks with `od`, `sqlite3`, `dd` and `zstd`; the path of the tar.
    func archiveFile(_ data: JSONValue) throws -> String {
        let tar = "\(store).\(UUID().uuidString).tar"
        let lines = try Command.script(
            #"zstd -dc "$1" | od -An -v -tx1 -w36 | tr -d ' '"#, blobFile(data["chunks"].string))
        for line in lines.split(separator: "\n") {
            let place = try catalogue(
                """
                SELECT stored_digest, stored_offset, chunk.stored_size FROM chunk JOIN blob ON number = pack
                WHERE digest = x'\(line.prefix(64))'
                """
            ).split(separator: "|").map(String.init)
            try #require(place.count == 3)
            try Command.script(
                #"dd if="$1" iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none | zstd -dcq >>"$4""#,
                "\(store)/blobs/sha256/\(place[0])", place[1], place[2], tar)
        }
        return tar
    }

    /// The names in the data archive of a captured folder, as GNU tar reads it.
    func archiveNames(of snapshot: String, path: String) throws -> [String] {
        let trees = try document(snapshot)["trees"].array ?? []
        let tree = try #require(trees.first { $0["path"].string == path })
        let listed = try Command.script(#"tar -tf "$1""#, archiveFile(tree["data"]))
        return listed.split(separator: "\n").map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : String($0) }
    }

    /// Turns one bit of a blob round.
    ///
    /// - Parameter place: Which byte; the one in the middle unless told.
    func damage(_ file: String, at place: Int? = nil) throws {
        var bytes = try Data(contentsOf: URL(filePath: file))
        bytes[place ?? bytes.count / 2] ^= 0x10
        let handle = try FileHandle(forWritingTo: URL(filePath: file))
        try handle.write(contentsOf: bytes)
        try handle.close()
    }
}
