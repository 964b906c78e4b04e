// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import DockerEngine
import Foundation
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import SystemPackage
import Terminal

/// What interrupted runs have left, in the store and on engines.
struct Leftovers {
    let context: CommandContext
    let library: SnapshotLibrary

    /// A folder or file that belongs to a replay which no record knows.
    struct StrayFile {
        let replay: String
        let path: FilePath
        /// Whether the replay's containers may be using it.
        let isInUse: Bool
    }

    /// Replays that were being made or reset by a run that is dead.
    func interruptedReplays() throws -> [ReplayRecord] {
        try library.catalogue.replays().filter { record in
            try ["building", "resetting"].contains(record.state) && !library.isAtWork(onReplay: record.name)
        }
    }

    /// What the store keeps for replays that it does not know.
    func strayFiles() throws -> [StrayFile] {
        let known = Set(try library.catalogue.replays().map(\.name))
        func names(in folder: FilePath, _ prefix: String = "") -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
            return names.filter { $0.hasPrefix(prefix) && !known.contains(String($0.dropFirst(prefix.count))) }.sorted()
        }
        var files: [StrayFile] = []
        func add(_ folder: FilePath, _ prefix: String = "", isInUse: Bool = false) {
            for name in names(in: folder, prefix) {
                files.append(
                    StrayFile(
                        replay: String(name.dropFirst(prefix.count)), path: folder.appending(name), isInUse: isInUse))
            }
        }
        add(library.replaysFolder, isInUse: true)
        add(library.stampsFolder)
        add(library.folder.appending("unpacked"), "layers-of-")
        add(library.folder.appending("locks"))
        return try files.filter { try !library.isAtWork(onReplay: $0.replay) }
    }

    /// Removes what the store keeps for replays that it does not know, unless their containers may be using it.
    func removeStrayFiles() throws -> Int {
        var removed = 0
        for file in try strayFiles() where !file.isInUse {
            // While the name is held nobody begins a replay of it.
            guard let lock = try? library.lockReplay(file.replay, .exclusive) else { continue }
            defer { lock.releaseForGood() }
            guard try library.catalogue.replay(named: file.replay) == nil else { continue }
            if (try? FileManager.default.removeItem(atPath: file.path.string)) != nil { removed += 1 }
        }
        return removed
    }

    /// Takes down the replays that a dead run was making.
    ///
    /// - Returns: their names, and what could not be removed.
    func removeHalfMade() async throws -> (removed: [String], failed: [String]) {
        var (removed, failed): ([String], [String]) = ([], [])
        for record in try interruptedReplays() where record.state == "building" {
            do {
                let removal = ReplayRemoval(context: context, library: library)
                try await removal.remove(removal.known(record))
                removed.append(record.name)
            } catch is CancellationError { throw CancellationError() } catch {
                failed.append("\(record.name): \(Failure(error).message)")
            }
        }
        return (removed, failed)
    }

    /// The images of capsules whose replay neither the store nor the engine knows.
    func strayImages(on engine: Engine) async throws -> [String] {
        let images = try await engine.listImages(filters: ["reference": [CapsuleImages.repository]]).value.array ?? []
        let replays = Set(try library.catalogue.replays().map(\.name))
        var stray: [String] = []
        for tag in images.flatMap({ $0["RepoTags"].strings }) where tag.hasPrefix(CapsuleImages.repository + ":") {
            let name = String(tag.dropFirst(CapsuleImages.repository.count + 1))
            guard !replays.contains(name) else { continue }
            if try await StrayReplay.find(named: name, on: engine, unknownTo: library).isEmpty { stray.append(tag) }
        }
        return stray.sorted()
    }
}
