// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite(.serialized) struct PerformanceTests {
    /// A catalogue of 10,000 snapshots with two tags and 30 blobs each.
    private func large() throws -> (TemporaryFolder, FilePath) {
        let fixture = try CatalogueFixture()
        try fixture.database.close()
        try sqlite(
            fixture.path,
            """
            PRAGMA synchronous = OFF;
            BEGIN;
            CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
            SELECT i FROM n;
            INSERT INTO snapshot
            SELECT i, lower(hex(randomblob(32))), 'name-' || i, 'message', strftime('%Y-%m-%dT%H:%M:%SZ', i * 60, 'unixepoch'),
                'seed', 1, 4096, 2, 5, 3, 4, 1322000000 FROM n WHERE i <= 10000;
            INSERT INTO snapshot_tag SELECT i, 'ticket', 'T-' || i FROM n WHERE i <= 10000;
            INSERT INTO snapshot_tag SELECT i, 'who', 'me' FROM n WHERE i <= 10000;
            INSERT INTO blob SELECT i, lower(hex(randomblob(32))), 1, lower(hex(randomblob(32))), 1, 'zstd', 'layer' FROM n;
            INSERT INTO snapshot_blob SELECT s.i, 1 + (s.i * 3 + b.i) % 30000 FROM n AS b CROSS JOIN n AS s
            WHERE b.i <= 30 AND s.i <= 10000;
            COMMIT;
            """)
        return (fixture.folder, fixture.path)
    }

    private func cpuMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    private func measure<Value>(_ name: String, _ body: () throws -> Value) throws -> (Value, Double) {
        let before = cpuMilliseconds()
        let clock = ContinuousClock.now
        let value = try body()
        let cpu = cpuMilliseconds() - before
        print("\(name): \(cpu) ms of this thread's CPU, \(ContinuousClock.now - clock) elapsed")
        return (value, cpu)
    }

    /// Three times what a slow machine takes: it finds a wrong order of growth. tools/bench judges the target itself.
    #if DEBUG
        static let limit = 600.0
    #else
        static let limit = 150.0
    #endif

    @Test func tenThousandSnapshotsAreListedAtOnce() throws {
        let (folder, path) = try large()
        let (database, _) = try measure("open") { try CatalogueDatabase.open(at: path) }
        // The best of three: other tests run at the same time on the same processor.
        let runs = try (0..<3).map { _ in try measure("list") { try database.snapshots() } }
        let list = runs[0].0
        #expect(runs.map(\.1).reduce(.infinity, min) < Self.limit)
        #expect(list.count == 10_000)
        #expect(list[0].tags == ["ticket": "T-10000", "who": "me"])
        _ = try measure("prefix") { try database.snapshots(prefix: String(list[5_000].id.hex.prefix(8))) }
        _ = try measure("unreferenced") { try database.unreferencedBlobs() }
        _ = try measure("only of") { try database.blobs(onlyOf: list[0].id) }
        withExtendedLifetime(folder) {}
    }
}
