// SPDX-License-Identifier: Apache-2.0
import Capture
import Foundation
import SystemPackage
import Testing

@Suite struct PauseJournalTests {
    @Test func `what was written is read back until it is removed`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = PauseJournal(folder: FilePath(folder.path))
        #expect(!journal.exists)
        let entries = [
            PauseJournal.Entry(hosts: [], container: "a"), PauseJournal.Entry(hosts: ["h1", "h2"], container: "b"),
        ]
        try journal.write(entries)
        #expect(journal.exists)
        #expect(try journal.entries() == entries)
        try journal.remove()
        #expect(!journal.exists)
    }

    @Test func `the engine is written down, and a journal without one is read`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let entry = PauseJournal.Entry(hosts: ["h"], container: "a")
        try PauseJournal(folder: FilePath(folder.path), engine: "unix:///elsewhere").write([entry])
        let journal = PauseJournal(folder: FilePath(folder.path))
        #expect(try journal.engineAddress() == "unix:///elsewhere")
        #expect(try journal.entries() == [entry])
        // The form of versions before.
        try Data(#"[{"container":"a","hosts":["h"]}]"#.utf8).write(to: folder.appending(path: "paused.json"))
        #expect(try journal.engineAddress() == nil)
        #expect(try journal.entries() == [entry])
    }
}
