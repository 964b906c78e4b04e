// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Glibc
public import OCI
public import SystemPackage

/// Image layers that were unpacked once, for the engines of all capsules on this machine.
///
/// A layer never changes, and overlayfs only reads what is not its upper folder; so capsules mount one copy, read-only,
/// instead of having one each. Whatever is not just as it was unpacked is not used. Garbage collection drops what no
/// replay stands on.
///
/// While it is open no garbage is collected: the layers of a replay that has its record by then stay afterwards.
public final class LayerCache: Sendable {
    /// A layer that is in the cache.
    public struct Layer: Sendable, Equatable {
        /// Its files, in the form of an overlay's lower folder.
        public let files: FilePath
        /// What its tar had around the files, in tar-split's form.
        public let recipe: FilePath
        /// The sum of its files' sizes in bytes.
        public let contentSize: Int64
    }

    /// The folder of all layers, each in a folder of its diffID's digits.
    public let folder: FilePath

    private let lock: StoreLock

    /// Opens the cache of a store and makes it where there is none.
    ///
    /// - Throws: `ContentStoreError` with `.locked` while garbage is collected, `Errno`.
    public init(of library: SnapshotLibrary) throws {
        lock = try library.store.lock(.shared)
        folder = Self.folder(of: library)
        for path in [folder.removingLastComponent(), folder] where mkdir(path.string, 0o700) != 0 && errno != EEXIST {
            throw Errno(rawValue: errno)
        }
    }

    private static func folder(of library: SnapshotLibrary) -> FilePath {
        library.folder.appending("cache").appending("layers")
    }

    /// Whether overlayfs would find layers and what lies at a path on one file system, so that inode numbers seen through
    /// it are those of one (overlayfs.rst, "Inode properties").
    public func sharesFileSystem(with path: FilePath) -> Bool {
        var (own, other) = (stat(), stat())
        return stat(folder.string, &own) == 0 && stat(path.string, &other) == 0 && own.st_dev == other.st_dev
    }

    /// A layer, where it is there and nothing in it was changed since it was unpacked.
    ///
    /// Blocks while its metadata is looked at.
    public func layer(_ digest: Digest) -> Layer? {
        let layer = folder.appending(digest.hex)
        guard let state = try? Self.readState(of: layer), let found = try? Self.survey(layer), found == state.survey
        else { return nil }
        return Layer(files: Self.files(of: layer), recipe: Self.recipe(of: layer), contentSize: state.contentSize)
    }

    /// Adds a layer; one that another process has added meanwhile is as good.
    ///
    /// - Parameter unpack: Unpacks it into an empty folder, writes the recipe, and returns the sum of its files' sizes.
    /// - Throws: what `unpack` throws, `Errno` or `ArchiveError`; also where a changed one is in its place.
    public func add(
        _ digest: Digest, unpack: (_ files: FilePath, _ recipe: FilePath) async throws -> Int64
    ) async throws -> Layer {
        let name = "\(digest.hex).\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        let draft = folder.appending(name)
        do {
            for path in [draft, Self.files(of: draft)] where mkdir(path.string, 0o700) != 0 {
                throw Errno(rawValue: errno)
            }
            let size = try await unpack(Self.files(of: draft), Self.recipe(of: draft))
            try Self.write(State(contentSize: size, survey: try Self.survey(draft)), of: draft)
            guard rename(draft.string, folder.appending(digest.hex).string) == 0 || errno == ENOTEMPTY else {
                throw Errno(rawValue: errno)
            }
        } catch {
            try? Self.remove(name, in: folder)
            throw error
        }
        // Gone by the renaming, unless another process was faster.
        try Self.remove(name, in: folder)
        guard let layer = layer(digest) else { throw Errno.resourceBusy }
        return layer
    }

    /// Removes all layers but these, and drafts that a crash left; says how many.
    ///
    /// For garbage collection, under its exclusive lock.
    static func drop(keeping kept: Set<Digest>, of library: SnapshotLibrary, isDryRun: Bool) throws -> Int {
        let folder = folder(of: library)
        guard let entries = opendir(folder.string) else { return 0 }
        defer { closedir(entries) }
        var doomed: [String] = []
        let keptNames = Set(kept.map(\.hex))
        while let entry = readdir(entries) {
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { [UInt8]($0.prefix { $0 != 0 }) }
            let name = String(decoding: bytes, as: UTF8.self)
            if name != ".", name != "..", !keptNames.contains(name) { doomed.append(name) }
        }
        if !isDryRun { for name in doomed { try remove(name, in: folder) } }
        return doomed.count
    }

    private static func remove(_ name: String, in folder: FilePath) throws {
        let parent = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
        try parent.closeAfter { try removeTree(named: Array(name.utf8), in: parent) }
    }

    private static func files(of layer: FilePath) -> FilePath { layer.appending("diff") }
    private static func recipe(of layer: FilePath) -> FilePath { layer.appending("tar-split.json.gz") }
    private static func state(of layer: FilePath) -> FilePath { layer.appending("state") }

    /// What is known of a layer since it was unpacked.
    private struct State {
        let contentSize: Int64
        let survey: Digest
    }

    private static func survey(_ layer: FilePath) throws -> Digest {
        let root = try FileDescriptor.open(files(of: layer), .readOnly, options: [.directory, .closeOnExec])
        return try root.closeAfter { try TreeSurvey(root, options: .init()).digest }
    }

    private static func write(_ state: State, of layer: FilePath) throws {
        let file = try FileDescriptor.open(
            self.state(of: layer), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadWrite])
        _ = try file.closeAfter { try file.writeAll("\(state.contentSize) \(state.survey.hex)\n".utf8) }
    }

    private static func readState(of layer: FilePath) throws -> State? {
        let file = try FileDescriptor.open(state(of: layer), .readOnly, options: [.closeOnExec])
        let bytes = try file.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let size = Int64(words[0]), let survey = try? Digest(hex: String(words[1])) else {
            return nil
        }
        return State(contentSize: size, survey: survey)
    }
}

extension SnapshotLibrary {
    /// Removes the unpacked layers that no replay stands on; says how many.
    func dropUnusedLayers(isDryRun: Bool) throws -> Int {
        var used = Set<Digest>()
        for replay in try catalogue.replays() {
            let engines = try document(replay.snapshotID).engine.enginesWithPaths().map(\.engine)
            used.formUnion(engines.flatMap { $0.images.flatMap(\.layers) })
        }
        return try LayerCache.drop(keeping: used, of: self, isDryRun: isDryRun)
    }
}
