// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import OCI

/// The files of an engine's image store where that is containerd's, which no API leads to.
///
/// Contents lie under their digests; snapshots under numbers, which a database maps to the containers' ids (containerd's
/// `docs/content-flow.md` and its overlayfs snapshotter).
struct ContainerdFiles {
    private let access: any DataAccess
    private let folders: [String]

    /// The files of an engine; nil where its store is the classic one.
    init?(info: JSONValue, dataRoot: String, paths: PathMap, access: any DataAccess) {
        guard EngineRecord.usesContainerdStore(info) else { return nil }
        self.access = access
        // An engine runs a containerd of its own, or uses the machine's.
        folders = ["\(dataRoot)/containerd/daemon", "/var/lib/containerd"].compactMap(paths.resolve)
    }

    /// A small content, as a manifest; nil where it is not there.
    func content(_ digest: Digest) async throws -> [UInt8]? {
        guard let path = try await path(of: digest) else { return nil }
        return try await access.readFile(path)
    }

    /// Where a content lies; nil where it is not there.
    func path(of digest: Digest) async throws -> String? {
        for folder in folders {
            let path = "\(folder)/io.containerd.content.v1.content/blobs/sha256/\(digest.hex)"
            if try await access.kind(of: path) == .file { return path }
        }
        return nil
    }

    /// The upper folder of a container's overlay; nil where it is not known.
    func writableLayer(of container: String) async throws -> String? {
        for folder in folders {
            let snapshotter = "\(folder)/io.containerd.snapshotter.v1.overlayfs"
            guard try await access.kind(of: "\(snapshotter)/metadata.db") == .file,
                let number = try await snapshot(of: container, in: "\(snapshotter)/metadata.db")
            else { continue }
            return "\(snapshotter)/snapshots/\(number)/fs"
        }
        return nil
    }

    /// The number of the snapshot whose key ends with the container's id.
    private func snapshot(of container: String, in database: String) async throws -> UInt64? {
        // The engine may write to it meanwhile: what was caught half written is read again.
        for _ in 0..<5 {
            do {
                let file = try BoltFile(try await access.readFile(database))
                let suffix = Array("/\(container)".utf8)
                let snapshots = try file.entries(of: ["v1", "snapshots"])
                guard
                    let snapshot = snapshots.first(where: { $0.isBucket && $0.key.suffix(suffix.count) == suffix[...] })
                else { return nil }
                return try file.entries(in: snapshot).first { $0.key.elementsEqual("id".utf8) }.flatMap {
                    $0.value.varint
                }
            } catch is BoltFile.Damaged { try await Task.sleep(for: .milliseconds(20)) }
        }
        throw LiveEnvironmentError(.dataOutOfReach, "\(database) cannot be read as a database of containerd's")
    }
}

extension ArraySlice<UInt8> {
    /// A number in seven bits a byte, the lowest first, as Go's `binary.PutUvarint` writes it.
    fileprivate var varint: UInt64? {
        var number: UInt64 = 0
        for (index, byte) in enumerated() where index < 9 {
            number |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }
}
