// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSONTree
public import SystemPackage

/// Remembers on disk which containers a capture has paused, so that a later run can set them going after a crash.
///
/// It lies in the transaction's folder. A journal that is found in a transaction without an owner is one of a crash.
public struct PauseJournal: Sendable {
    /// One container that was paused.
    public struct Entry: Sendable, Equatable {
        /// The container ids of the hosts to pass through, the outermost first.
        public let hosts: [String]
        /// The id of the container.
        public let container: String

        /// A container behind hosts.
        public init(hosts: [String], container: String) {
            self.hosts = hosts
            self.container = container
        }
    }

    private let file: FilePath
    private let engine: String?

    /// The journal of a transaction's folder.
    ///
    /// - Parameters:
    ///   - folder: The transaction's folder.
    ///   - engine: The address of the outermost engine, for a journal that is written.
    public init(folder: FilePath, engine: String? = nil) {
        file = folder.appending("paused.json")
        self.engine = engine
    }

    /// Whether there is a journal.
    public var exists: Bool { FileManager.default.fileExists(atPath: file.string) }

    /// Replaces the journal.
    public func write(_ entries: [Entry]) throws {
        let json: JSONValue = [
            "engine": .optional(engine),
            "containers": .array(
                entries.map { ["hosts": .array($0.hosts.map(JSONValue.string)), "container": .string($0.container)] }),
        ]
        try Data(json.canonicalBytes).write(to: URL(filePath: file.string), options: .atomic)
    }

    /// Reads the journal.
    public func entries() throws -> [Entry] {
        let json = try content()
        // A list alone is the form of versions that did not write down the engine.
        return (json.array ?? json["containers"].array ?? []).map {
            Entry(hosts: $0["hosts"].strings, container: $0["container"].string ?? "")
        }
    }

    /// The address of the engine that the capture spoke with; nil where it was not written down.
    public func engineAddress() throws -> String? { try content()["engine"].string }

    private func content() throws -> JSONValue {
        try JSONValue(parsing: Data(contentsOf: URL(filePath: file.string)))
    }

    /// Removes the journal.
    public func remove() throws { try FileManager.default.removeItem(atPath: file.string) }
}
