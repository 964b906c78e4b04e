// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import SystemPackage
import TestSupport
import Testing

/// One after another: who waits for a lock holds one of the few threads that all tests share.
@Suite(.serialized) struct LockTests {
    @Test func sharedOnesStandTogetherAndExcludeTheExclusive() throws {
        let fixture = try StoreFixture()
        let other = try Store.open(at: fixture.store.root)
        let first = try fixture.store.lock(.shared)
        let second = try other.lock(.shared)
        let error = #expect(throws: ContentStoreError.self) { try other.lock(.exclusive) }
        #expect(error?.code == .locked)
        first.release()
        first.release()
        #expect(throws: ContentStoreError.self) { try fixture.store.lock(.exclusive) }
        second.release()
        let exclusive = try other.lock(.exclusive)
        let refused = #expect(throws: ContentStoreError.self) { try fixture.store.lock(.shared) }
        #expect(refused?.code == .locked)
        #expect(refused?.message.contains("is removing blobs") == true)
        exclusive.release()
        #expect(try fixture.store.lock(.shared).mode == .shared)
    }

    @Test func droppingALockReleasesIt() throws {
        let fixture = try StoreFixture()
        do { _ = try fixture.store.lock(.exclusive) }
        #expect(try fixture.store.lock(.exclusive).mode == .exclusive)
    }

    /// The other process is flock(1) of util-linux, which ends when its standard input does.
    @Test func theProcessThatHoldsItIsNamed() throws {
        let fixture = try StoreFixture()
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = ["flock", "--exclusive", fixture.path("lock"), "sh", "-c", "echo held; exec cat"]
        let input = Pipe()
        let output = Pipe()
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)

        let error = #expect(throws: ContentStoreError.self) { try fixture.store.lock(.shared) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(holder.processIdentifier) (flock)") == true)

        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        #expect(try fixture.store.lock(.exclusive).mode == .exclusive)
    }

    @Test func aTransactionKeepsItsLock() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        #expect(throws: ContentStoreError.self) { try fixture.store.lock(.exclusive) }
        withExtendedLifetime(transaction) {}
    }

    @Test func aTransactionNeedsALockOnItsStore() throws {
        let fixture = try StoreFixture()
        let other = try StoreFixture()
        let lock = try other.store.lock(.shared)
        #expect(throws: ContentStoreError.self) { try fixture.store.begin(under: lock) }
        let released = try fixture.store.lock(.shared)
        released.release()
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.begin(under: released) }
        #expect(error?.code == .misuse)
    }

    @Test func aNameIsLockedByItselfAndItsFileGoesWithTheThing() throws {
        let fixture = try StoreFixture()
        let other = try Store.open(at: fixture.store.root)
        let first = try fixture.store.lock(name: "a", .exclusive, subject: "the replay a")
        #expect(try other.isLocked(name: "a"))
        #expect(try !other.isLocked(name: "b"))
        _ = try other.lock(name: "b", .exclusive, subject: "the replay b")
        for mode in [StoreLock.Mode.shared, .exclusive] {
            let error = #expect(throws: ContentStoreError.self) {
                try other.lock(name: "a", mode, subject: "the replay a")
            }
            #expect(error?.code == .locked)
            #expect(error?.message.contains("the replay a is in use by process \(getpid())") == true)
        }
        first.releaseForGood()
        #expect(try fixture.names(in: "locks") == ["b"])
        let shared = [
            try other.lock(name: "a", .shared, subject: ""), try fixture.store.lock(name: "a", .shared, subject: ""),
        ]
        #expect(throws: ContentStoreError.self) { try other.lock(name: "a", .exclusive, subject: "") }
        withExtendedLifetime(shared) {}
        for name in ["", ".", "..", "a/b"] {
            #expect(throws: ContentStoreError.self) { try other.lock(name: name, .shared, subject: "") }
        }
    }

    /// A lock on a file that has lost its name would exclude nobody.
    @Test func aNameIsHeldByOneHoweverOftenItsFileGoes() async throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let inside = Shared(0)
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    var done = 0
                    while done < 50 {
                        guard let lock = try? store.lock(name: "x", .exclusive, subject: "") else { continue }
                        let holders = inside.change { $0 += 1 }
                        #expect(holders == 1)
                        done += 1
                        inside.change { $0 -= 1 }
                        lock.releaseForGood()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.names(in: "locks").isEmpty)
    }

    @Test func whoHasPatienceGetsTheLockWhenItIsFree() async throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let held = try store.lock(.exclusive)
        let told = Shared<[String]>([])
        let patience = LockPatience(shared: .seconds(20), exclusive: .zero, names: .zero) { text in
            told.change { $0.append(text) }
        }
        async let waiting = store.lock(.shared, patience: patience).mode
        while told.value.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        held.release()
        #expect(try await waiting == .shared)
        #expect(told.value.count == 1)
        #expect(told.value[0].contains("process \(getpid())"))
    }

    @Test func patienceEnds() throws {
        let fixture = try StoreFixture()
        let held = try fixture.store.lock(.exclusive)
        let patience = LockPatience(shared: .milliseconds(300), exclusive: .zero, names: .zero) { _ in }
        let start = ContinuousClock.now
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.lock(.shared, patience: patience) }
        #expect(error?.code == .locked)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        withExtendedLifetime(held) {}
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let fixture = try StoreFixture()
        let held = try fixture.store.lock(.exclusive)
        let patience = LockPatience(shared: .seconds(60), exclusive: .zero, names: .zero) { _ in }
        let store = fixture.store
        let waiting = Task { try store.lock(.shared, patience: patience) }
        try await Task.sleep(for: .milliseconds(100))
        waiting.cancel()
        let error = await #expect(throws: ContentStoreError.self) { try await waiting.value }
        #expect(error?.code == .interrupted)
        withExtendedLifetime(held) {}
    }

    @Test func theUseOfAStoreIsSharedAndExcludesWhoReplacesItsCatalogue() throws {
        let fixture = try StoreFixture()
        let users = [try fixture.store.lockUse(.shared), try fixture.store.lockUse(.shared)]
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.lockUse(.exclusive) }
        #expect(error?.code == .locked)
        // Neither has to do with the lock of those who write.
        #expect(try fixture.store.lock(.exclusive).mode == .exclusive)
        for user in users { user.release() }
        let alone = try fixture.store.lockUse(.exclusive)
        #expect(throws: ContentStoreError.self) { try fixture.store.lockUse(.shared) }
        withExtendedLifetime(alone) {}
    }
}
