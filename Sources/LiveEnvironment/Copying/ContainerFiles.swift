// SPDX-License-Identifier: Apache-2.0
public import Archive
public import DockerEngine

/// Copies files between a container and this machine, by the rules of `docker cp`
/// (https://docs.docker.com/reference/cli/docker/container/cp/).
public struct ContainerFiles: Sendable {
    /// Where in a container something is copied to.
    public enum Placement: Sendable {
        /// As docker does: into a folder that is there under its own name, else under the path's.
        case likeDocker
        /// At the path itself; folders above it that are missing are made.
        case exactly
    }

    let engine: Engine
    let container: String

    /// The files of a container of an engine.
    public init(engine: Engine, container: String) {
        self.engine = engine
        self.container = container
    }

    /// Copies a file or a folder of the container to a path of this machine.
    ///
    /// What comes is foreign: nothing in it leads out of the place it is copied to, device files are refused, and unless
    /// owners are kept all becomes the user's own, without set-id bits.
    ///
    /// - Returns: how many files, folders and links came.
    public func fetch(
        _ path: String, to local: String, owners: TreeExtractor.Options.Owners = .extractor
    ) async throws -> Int {
        let path = path == "/" ? "/." : path
        guard let source = try await look(at: path) else {
            throw LiveEnvironmentError(.noSuchFile, "there is no \(path) in the container")
        }
        let target = try LocalTarget(local, isFolder: source.isDirectory, contentAlone: path.hasSuffix("/."))
        let archive = try await engine.readArchive(container, path: path)
        do {
            return try await BlockingWork.consume(archive) { next in
                try withoutActuallyEscaping(next) { next in
                    let source = ChunkSource(next)
                    let reader = try PaxReader(source: source.read)
                    let entries = try target.take(reader, owners: owners)
                    try TreeAccess.drain(source.read)
                    return entries
                }
            }
        } catch {
            // The engine holds the container until its archive is read or given up.
            await archive.close()
            throw error
        }
    }

    /// What stands at a path of the container; nil where nothing does.
    func look(at path: String) async throws -> PathStat? {
        do { return try await engine.containerPathStat(container, path: path) } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }

    /// The same, behind a link at the path itself.
    func lookThrough(_ path: String) async throws -> PathStat? {
        var path = path
        for _ in 0..<40 {
            guard let found = try await look(at: path), found.isSymbolicLink else { return try await look(at: path) }
            let target = found.linkTarget
            path = target.hasPrefix("/") ? target : path.parentPath.appendingPath(target)
        }
        return nil
    }
}

extension String {
    /// The folder of an absolute path; the root is its own.
    var parentPath: String {
        let path = withoutTrailingSlash
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The last name of a path.
    var lastPathName: String {
        let path = withoutTrailingSlash
        return path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
