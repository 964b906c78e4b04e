// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Replay
import SystemPackage

/// What the store and the file system have to offer for a word on the command line.
struct CompletionSource: Sendable {
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

    /// What the snapshots that were named ask for, without what is allowed already.
    func powers() -> [String] {
        let snapshots = snapshots
        let allowed = Set(plainWords)
        let isDirect = allowed.contains("--direct")
        let asked = plainWords.dropFirst().flatMap { word -> [PowerRequest] in
            guard let snapshot = snapshots.first(where: { $0.name == word || $0.id.short == word }),
                snapshot.origin != nil, let document = document(snapshot.id)
            else { return [] }
            // Where the files will lie shows in no power.
            return PowerPlan(
                document, directFolder: isDirect ? storeFolder.appending("replays").appending("x").string : nil,
                capsuleImage: value(of: "--capsule-image")
            ).requests
        }
        var seen = allowed
        return asked.map(\.flag).filter { seen.insert($0).inserted }
    }

    /// The containers that may be hosts in the project that is meant, by their services where these are unique; all where
    /// none looks like one.
    func hosts(on engine: Engine) async throws -> [String] {
        let finder = ProjectFinder(engine: engine)
        let names = Set(try await finder.projects().map(\.name))
        let named = value(of: "--project") ?? value(of: "--project-name") ?? value(of: "-p")
        let given = named ?? plainWords.dropFirst().first { names.contains($0) || isFolder($0) }
        let project = try await finder.find(given, workingDirectory: workingDirectory)
        let containers = try await Observer.containers(of: engine, scope: .project(project.name))
        let hosts = containers.filter(\.mayBeHost)
        return (hosts.isEmpty ? containers : hosts).map { container in
            let isUnique = containers.count { $0.service == container.service } == 1
            return isUnique ? container.service ?? container.name : container.name
        }.sorted()
    }

    private func isFolder(_ word: String) -> Bool {
        guard word.contains("/") || word == "." else { return false }
        var isFolder: ObjCBool = false
        let path = word.hasPrefix("/") ? word : workingDirectory + "/" + word
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
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
        for word in plainWords.dropFirst() {
            if let record = records.first(where: { name($0) == word }) { return record }
        }
        return nil
    }

    /// A document, which nobody verifies: it names things, and nothing more.
    private func document(_ snapshot: Digest) -> EnvironmentDocument? {
        let file = storeFolder.appending("snapshots").appending("\(snapshot.hex).json")
        guard let data = FileManager.default.contents(atPath: file.string), data.count <= 64 << 20,
            let json = try? JSONValue(parsing: data)
        else { return nil }
        return try? EnvironmentDocument(json: json)
    }

    private func paths(in snapshot: Digest) -> [String] {
        guard let document = document(snapshot) else { return [] }
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

    private var storeFolder: FilePath { FilePath(CommandContext.storeFolder(value(of: "--store"), environment)) }

    private var plainWords: [String] { words.map(Self.unquoted) }

    /// What an option was given.
    private func value(of option: String) -> String? {
        let words = plainWords
        let separate = words.firstIndex(of: option).flatMap { index in words.dropFirst(index + 1).first }
        return separate ?? words.first { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
    }

    /// A word as the shell takes it, as far as names and folders need it.
    private static func unquoted(_ word: String) -> String {
        if let quote = word.first, quote == "'" || quote == "\"", word.count > 1, word.last == quote {
            return String(word.dropFirst().dropLast())
        }
        return word.replacing("\\", with: "")
    }
}
