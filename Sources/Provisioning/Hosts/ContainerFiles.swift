// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import LiveEnvironment

/// Files of a container as it sees them, mounts included; it need not run.
struct ContainerFiles: Sendable {
    let engine: Engine
    let container: String

    /// Whether something stands at a path.
    func exists(_ path: String) async throws -> Bool { try await stat(path) != nil }

    /// Whether a folder stands at a path.
    func isFolder(_ path: String) async throws -> Bool { try await stat(path)?.isDirectory == true }

    /// A text file, behind a symbolic link too; nil where there is none.
    func text(_ path: String) async throws -> String? {
        guard var found = try await stat(path) else { return nil }
        var path = path
        if found.isSymbolicLink {
            path =
                found.linkTarget.hasPrefix("/") ? found.linkTarget : path.parentFolder.appendingPath(found.linkTarget)
            guard let target = try await stat(path) else { return nil }
            found = target
        }
        guard !found.isDirectory, !found.isSymbolicLink else { return nil }
        let archive = try await engine.readArchive(container, path: path)
        let bytes = try await BlockingWork.consume(archive) { next -> [UInt8] in
            try withoutActuallyEscaping(next) { next in
                let reader = try PaxReader(source: ChunkSource(next).read)
                var bytes: [UInt8] = []
                guard try reader.next() != nil else { return bytes }
                try reader.readBody { piece, _ in bytes += piece }
                // Until it is read to its end, the engine holds the container's lock.
                while try reader.next() != nil {}
                return bytes
            }
        }
        await archive.close()
        return String(decoding: bytes, as: UTF8.self)
    }

    private func stat(_ path: String) async throws -> PathStat? {
        do { return try await engine.containerPathStat(container, path: path) } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }
}

extension String {
    /// The folder that an absolute path lies in.
    var parentFolder: String {
        let path = withoutTrailingSlash
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
