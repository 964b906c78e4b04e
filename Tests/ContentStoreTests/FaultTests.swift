// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import Hashing
import OCI
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What the disk does at one step of a run.
private final class Fault: Sendable {
    private let taken = Mutex<[FileOperations.Step]>([])
    private let position: Int?
    private let errno: Errno

    init(at position: Int? = nil, _ errno: Errno = .ioError) {
        self.position = position
        self.errno = errno
    }

    var steps: [FileOperations.Step] { taken.withLock { $0 } }

    func meet(_ step: FileOperations.Step) throws(Errno) {
        let number = taken.withLock { taken in
            taken.append(step)
            return taken.count - 1
        }
        if number == position { throw errno }
    }
}

@Suite struct FaultTests {
    static let content = Array("some bytes".utf8)

    /// Opens a transaction before the faults begin, so that positions count the steps of the put alone.
    private func put(_ store: Store, _ fault: Fault) throws {
        let faulty = try Store.open(
            at: store.root, files: .system.intercepted { step throws(Errno) in try fault.meet(step) })
        let transaction = try faulty.begin(under: faulty.lock(.shared))
        _ = try transaction.putBlob(Self.content)
        _ = try transaction.writeDocument(Self.content)
    }

    private func stepsOfAPut() throws -> [FileOperations.Step] {
        let fixture = try StoreFixture()
        let fault = Fault()
        try put(fixture.store, fault)
        return fault.steps
    }

    @Test func theDurableStepsComeInOrder() throws {
        #expect(
            try stepsOfAPut() == [
                .makeFolder, .create,
                .create, .write, .setPermissions, .synchronize, .rename, .synchronizeFolder,
                .create, .write, .setPermissions, .synchronize, .rename, .synchronizeFolder,
            ])
    }

    @Test func aFaultAtAnyStepLeavesTheOldOrTheNewStateAndIsTold() throws {
        let steps = try stepsOfAPut()
        for (position, step) in steps.enumerated() {
            let fixture = try StoreFixture()
            let fault = Fault(at: position)
            let error = #expect(throws: ContentStoreError.self, "step \(position), \(step)") {
                try put(fixture.store, fault)
            }
            #expect(error?.code == .failed)
            // After the fault only the temporary file was removed: a failed fsync is not tried again.
            #expect(fault.steps.dropFirst(position + 1).allSatisfy { $0 == .remove })

            let digest = try SHA256Hasher.digest(of: Self.content)
            let blobs = try fixture.store.blobDigests()
            let documents = try fixture.store.documentIDs()
            #expect(blobs == [] || blobs == [digest])
            #expect(documents == [] || (documents == [digest] && blobs == [digest]))
            for digest in blobs { #expect(try fixture.store.readBlob(digest) == Self.content) }
            for id in documents { #expect(try fixture.store.readDocument(id) == Self.content) }
            #expect(try fixture.names(in: "tmp").isEmpty)

            try put(fixture.store, Fault())
            #expect(try fixture.store.readBlob(digest) == Self.content)
            #expect(try fixture.store.readDocument(digest) == Self.content)
        }
    }

    @Test func aFaultWhileTheStoreIsMadeIsMended() throws {
        for position in 0..<20 {
            let folder = try TemporaryFolder()
            let fault = Fault(at: position)
            let path = FilePath(folder.path("a/store"))
            let files = FileOperations.system.intercepted { step throws(Errno) in try fault.meet(step) }
            guard (try? Store.openOrCreate(at: path, files: files)) == nil else {
                #expect(position > 8)
                break
            }
            let store = try Store.openOrCreate(at: path)
            _ = try store.begin(under: store.lock(.shared)).putBlob(Self.content)
        }
    }

    @Test func signalsAndShortWritesLoseNothing() throws {
        var files = FileOperations.system
        let calls = Mutex(0)
        files.write = { descriptor, bytes throws(Errno) in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call % 3 == 0 { throw .interrupted }
            return try FileOperations.system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(7)))
        }
        let fixture = try StoreFixture(files: files)
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        let stored = try fixture.store.begin(under: fixture.store.lock(.shared)).putBlob(bytes)
        #expect(try fixture.store.readBlob(stored.digest) == bytes)
        #expect(calls.withLock { $0 } > 143)
    }

    @Test(arguments: [Errno.noSpace, .diskQuotaExceeded]) func aFullDiskIsSaidWithWhatToDo(_ errno: Errno) throws {
        let steps = try stepsOfAPut()
        for step in [FileOperations.Step.create, .write, .synchronize, .rename] {
            let position = try #require(steps.lastIndex(of: step))
            let fixture = try StoreFixture()
            let error = #expect(throws: ContentStoreError.self) {
                try put(fixture.store, Fault(at: position, errno))
            }
            #expect(error?.code == .diskFull)
            #expect(error?.message.contains(fixture.store.root.string) == true)
            #expect(error?.message.contains("envsnap gc") == true)
            #expect(error?.message.contains("envsnap rm") == true)
            #expect(try fixture.store.documentIDs().isEmpty)
        }
    }

    /// The power fails between the rename and the fsync of the folder: the transaction ends without its steps.
    @Test func aCrashInsteadOfTheRenameLeavesATransactionToSweep() throws {
        let fixture = try StoreFixture()
        let crashed = fixture.path("tmp/crashed")
        try FileManager.default.createDirectory(atPath: crashed, withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: crashed + "/lock"))
        try Data(Self.content).write(to: URL(fileURLWithPath: crashed + "/part-1"))
        #expect(try fixture.store.blobDigests().isEmpty)
        #expect(try fixture.store.sweep() == ["crashed"])
    }
}
