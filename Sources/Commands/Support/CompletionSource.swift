// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import SystemPackage

/// What the store and the file system have to offer for a word on the command line.
struct CompletionSource {
    /// The words of the command line as they were written.
    let words: [String]
    var environment = ProcessInfo.processInfo.environment
    var workingDirectory = FileManager.default.currentDirectoryPath

    /// The names, and the ids of what has none, or of all when an id has been begun.
    func snapshots(_ prefix: String) -> [String] {
        let snapshots = snapshots
        let isID = !prefix.isEmpty && prefix.allSatisfy(\.isHexDigit)
        return snapshots.compactMap(\.name) + snapshots.filter { isID || $0.name == nil }.map(\.id.short)
    }

    func replays() -> [String] { records.map(\.name) }

    func capturedProjects() -> [String] { Set(snapshots.map(\.project)).sorted() }

    func tags() -> [String] {
        Set(snapshots.flatMap { $0.tags.flatMap { [$0.key, "\($0.key)=\($0.value)"] } }).sorted()
    }

    func pathsInReplay() -> [String] {
        guard let replay = named(in: records, by: \.name) else { return [] }
        return (replay.capsuleContainer == nil ? [] : ["."]) + paths(in: replay.snapshotID)
    }

    func pathsInSnapshot() -> [String] {
        let snapshots = snapshots
        let snapshot = named(in: snapshots, by: \.name) ?? named(in: snapshots, by: \.id.short)
        return snapshot.map { paths(in: $0.id) } ?? []
    }

    /// Bundles and folders that a path may be going to name.
    func bundles(_ prefix: String) -> [String] {
        entries(prefix) { name in [".envsnap", ".age", ".tar", ".part001"].contains(where: name.hasSuffix) }
    }

    func folders(_ prefix: String) -> [String] { entries(prefix) { _ in false } }

    private func entries(_ prefix: String, _ isWanted: (String) -> Bool) -> [String] {
        let above = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let folder = above.hasPrefix("/") ? above : workingDirectory + "/" + above
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            guard !name.hasPrefix(".") || prefix.dropFirst(above.count).hasPrefix(".") else { return nil }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder) else {
                return nil
            }
            return isFolder.boolValue ? above + name + "/" : isWanted(name) ? above + name : nil
        }
    }

    /// The first word that names one of these.
    private func named<Record>(in records: [Record], by name: (Record) -> String?) -> Record? {
        for word in words.dropFirst().map(Self.unquoted) {
            if let record = records.first(where: { name($0) == word }) { return record }
        }
        return nil
    }

    private func paths(in snapshot: Digest) -> [String] {
        let file = storeFolder.appending("snapshots").appending("\(snapshot.hex).json")
        guard let data = FileManager.default.contents(atPath: file.string), data.count <= 64 << 20,
            let json = try? JSONValue(parsing: data), let document = try? EnvironmentDocument(json: json)
        else { return [] }
        return document.engine.enginesWithPaths().flatMap { path, engine in
            engine.containers.map { path.objectName(engine.callName(of: $0)) }
        }.sorted()
    }

    private var snapshots: [SnapshotRecord] { (try? catalogue?.snapshots()) ?? [] }
    private var records: [ReplayRecord] { (try? catalogue?.replays()) ?? [] }

    /// A catalogue that somebody is writing to is not waited for.
    private var catalogue: CatalogueDatabase? {
        try? CatalogueDatabase.openForReading(
            at: storeFolder.appending("catalogue.sqlite"), busyTimeout: .milliseconds(200))
    }

    private var storeFolder: FilePath {
        let words = words.map(Self.unquoted)
        let separate = words.firstIndex(of: "--store").flatMap { index in words.dropFirst(index + 1).first }
        let joined = words.first { $0.hasPrefix("--store=") }.map { String($0.dropFirst("--store=".count)) }
        return FilePath(CommandContext.storeFolder(separate ?? joined, environment))
    }

    /// A word as the shell takes it, as far as names and folders need it.
    private static func unquoted(_ word: String) -> String {
        if let quote = word.first, quote == "'" || quote == "\"", word.count > 1, word.last == quote {
            return String(word.dropFirst().dropLast())
        }
        return word.replacing("\\", with: "")
    }
}
