// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import Foundation
import JSONTree
public import LiveEnvironment
import OCI
public import Snapshots
import SystemPackage

/// Layers that were unpacked for a replay and are kept for the next one when it is taken down; see
/// `docs/decisions/0019-layers-change-hands.md`.
///
/// A layer is moved below an engine's data-root and back, never shared: at any time it belongs to one replay or to the
/// cache. Where anything is in doubt it is not kept, or not taken, and the layer is unpacked anew.
public struct LayerCache: Sendable {
    /// What the cache holds.
    public struct Contents: Sendable {
        /// How many layers.
        public var layers = 0
        /// The bytes of their files.
        public var bytes: Int64 = 0
    }

    /// After so many seconds without a use a layer is no longer kept.
    private static let lifetime: Int64 = 24 * 60 * 60

    /// By fewer seconds the clock may have been set meanwhile: an engine takes that long to start and change anything.
    private static let clockTolerance: Int64 = 2

    private let folder: String
    private let access: any DataAccess
    private let detail: @Sendable (String) -> Void

    /// The cache of a store.
    ///
    /// - Parameters:
    ///   - library: The store's library.
    ///   - access: How the engine's files are reached.
    ///   - detail: Called with why a layer is not kept or not taken.
    public init(
        of library: SnapshotLibrary, access: any DataAccess, detail: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        // What is moved there leads through no symbolic link; the store's own path may.
        folder = URL(filePath: library.folder.string).resolvingSymlinksInPath().path.appendingPath("unpacked")
        self.access = access
        self.detail = detail
    }

    /// Moves a kept layer below a data-root; returns the sum of its files' sizes, nil where none is kept.
    func take(_ place: LayerPlace) async throws -> Int64? {
        let boot = try await bootID()
        for name in try await access.names(in: folder) where name.hasPrefix(place.chain.hex + ".") {
            let kept = folder.appendingPath(name)
            // Another replay may be faster.
            guard let note = try await note(at: kept), note.boot == boot else { continue }
            do {
                try await access.move("\(kept)/diff", to: place.files)
                try await access.move("\(kept)/tar-split.json.gz", to: place.recipe)
                try await access.remove(kept)
                return note.size
            } catch {
                detail("the kept layer \(place.chain.short) is not used: \(error)")
                // Half of it may be there.
                for path in [place.files, place.recipe] where try await access.kind(of: path) != nil {
                    try await access.remove(path)
                }
            }
        }
        return nil
    }

    /// Notes that a layer stands below a data-root of a replay, and that nothing but envsnap has touched it so far.
    func note(_ place: LayerPlace, size: Int64, of replay: String) async throws {
        let layer = SeededLayer(
            place: place, size: size, writtenAt: .now, boot: try await bootID(), clock: Timestamp.bootTime)
        try await access.makeFolder(folder, permissions: 0o700)
        let file = try FileDescriptor.open(
            FilePath(notes(of: replay)), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        _ = try file.closeAfter { try file.writeAll(layer.json.canonicalBytes + [UInt8(ascii: "\n")]) }
    }

    /// Keeps the layers of a replay whose containers are gone, and forgets what was kept for long; no failure there
    /// matters to anyone else.
    func keep(layersOf replay: String) async {
        do { try await keepAll(of: replay, boot: try await bootID()) } catch {
            detail("the layers of \(replay) are not kept: \(error)")
        }
    }

    private func keepAll(of replay: String, boot: String) async throws {
        try await forgetOld(boot)
        let notes = notes(of: replay)
        guard let text = try? await access.readFile(notes) else { return }
        let layers = text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSONValue(parsing: Array(line))).flatMap(SeededLayer.init(json:))
        }
        // One place may have been written more than once; the last time counts.
        let last = Dictionary(layers.map { ($0.place, $0) }) { $1 }
        try await SideBySide.forEach(Array(last.values)) { layer in
            do { try await keep(layer, boot) } catch {
                try Task.checkCancellation()
                detail("the layer \(layer.place.chain.short) is not kept: \(error)")
            }
        }
        try await access.remove(notes)
    }

    /// Removes all that is kept, or tells what that would be.
    public func removeAll(isDryRun: Bool) async throws -> Contents {
        var contents = Contents()
        for name in try await layerNames {
            if let note = try await note(at: folder.appendingPath(name)) {
                contents.layers += 1
                contents.bytes += note.size
            }
            if !isDryRun { try await forget(name) }
        }
        return contents
    }

    private func keep(_ layer: SeededLayer, _ boot: String) async throws {
        guard layer.boot == boot else { throw Doubt.otherBoot }
        // Behind a clock that was set back a change would look older than it is.
        guard abs(layer.clock - Timestamp.bootTime) < Self.clockTolerance else { throw Doubt.otherClock }
        for path in [layer.place.files, layer.place.recipe] {
            guard try await access.isUntouched(path, since: layer.writtenAt) else { throw Doubt.changed }
        }
        let name = "\(layer.place.chain.hex).\(UUID().uuidString)"
        let path = folder.appendingPath(name)
        // Under another name until all of it is there.
        let draft = folder.appendingPath("new." + name)
        do {
            try await access.makeFolder(draft, permissions: 0o700)
            let note = KeptLayer(boot: boot, size: layer.size, keptAt: Timestamp.now.seconds)
            try await access.writeFile(draft + "/note.json", note.json.canonicalBytes)
            try await access.move(layer.place.files, to: draft + "/diff")
            try await access.move(layer.place.recipe, to: draft + "/tar-split.json.gz")
            try await access.move(draft, to: path)
        } catch {
            try? await access.remove(draft)
            throw error
        }
    }

    private func notes(of replay: String) -> String { folder.appendingPath("layers-of-" + replay) }

    private var layerNames: [String] {
        get async throws { try await access.names(in: folder).filter { !$0.hasPrefix("layers-of-") } }
    }

    private func forgetOld(_ boot: String) async throws {
        for name in try await layerNames {
            let note = try await note(at: folder.appendingPath(name))
            if let note, note.boot == boot, note.keptAt > Timestamp.now.seconds - Self.lifetime { continue }
            // One that another envsnap is just making has no name yet.
            if !name.hasPrefix("new.") { try await forget(name) }
        }
    }

    /// Takes a layer out of sight before it is removed, so that nobody takes half of it.
    private func forget(_ name: String) async throws {
        let doomed = name.hasPrefix("old.") ? name : "old." + name
        if doomed != name {
            guard (try? await access.move(folder.appendingPath(name), to: folder.appendingPath(doomed))) != nil else {
                return
            }
        }
        try await access.remove(folder.appendingPath(doomed))
    }

    /// What is noted of a kept layer; nil where it is gone, or is none.
    private func note(at path: String) async throws -> KeptLayer? {
        guard let bytes = try? await access.readFile(path + "/note.json"), let json = try? JSONValue(parsing: bytes)
        else {
            return nil
        }
        return KeptLayer(json: json)
    }

    /// What was not yet written back when the machine broke down may be gone without a trace.
    private func bootID() async throws -> String {
        try await access.moment().boot
    }

    private enum Doubt: Error, CustomStringConvertible {
        case otherBoot
        case otherClock
        case changed

        var description: String {
            switch self {
            case .otherBoot: "it was unpacked before the machine was started"
            case .otherClock: "the clock was set since it was unpacked"
            case .changed: "something in it was changed"
            }
        }
    }
}
