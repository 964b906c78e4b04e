// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import SystemPackage
import Testing

@Suite struct LockTests {
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
}
