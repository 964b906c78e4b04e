// SPDX-License-Identifier: Apache-2.0
// Hardening: https://www.sqlite.org/security.html; journal: https://www.sqlite.org/pragma.html#pragma_synchronous

internal import CSQLite
import CatalogueSchema
import GRDB
public import SystemPackage

/// The SQLite index of the snapshots, blobs and replays of a store.
///
/// It can be made anew from the environment documents, except for the replays.
public final class CatalogueDatabase: Sendable {
    /// The version of the schema that this program reads and writes.
    public static let schemaVersion = Migrator(migrations: CatalogueSchema.migrations).latest

    /// What marks a database as a catalogue: `ESNP`.
    public static let applicationID: Int32 = 0x4553_4E50

    /// Where the catalogue lies.
    public let path: FilePath

    let queue: DatabaseQueue

    /// Opens the catalogue, which is made when there is none and migrated when it is of an older version.
    ///
    /// Nothing is written to a database that is another program's, damaged, or of a newer version.
    public static func open(
        at path: FilePath, busyTimeout: Duration = .seconds(5)
    ) throws(CatalogueError) -> CatalogueDatabase {
        try open(at: path, busyTimeout: busyTimeout, migrations: CatalogueSchema.migrations)
    }

    static func open(
        at path: FilePath, busyTimeout: Duration, migrations: [Migration]
    ) throws(CatalogueError) -> CatalogueDatabase {
        try CatalogueFile.verify(path)
        do {
            let queue = try DatabaseQueue(path: path.string, configuration: configuration(busyTimeout))
            let migrator = Migrator(migrations: migrations)
            // One transaction: another process may be making the catalogue at this moment.
            let version = try queue.read { try identify($0, migrator, at: path) }
            try CatalogueFile.restrict(path)
            try migrator.migrate(queue, from: version, at: path)
            try queue.writeWithoutTransaction { try requireJournal($0, at: path) }
            return CatalogueDatabase(path, queue)
        } catch {
            throw .wrapping(error, "open", path)
        }
    }

    /// Gives a damaged catalogue another name, so that a new one can be made; nil when there is none.
    ///
    /// No connection to it may be open in this process.
    public static func setAside(_ path: FilePath) throws(CatalogueError) -> FilePath? {
        try CatalogueFile.setAside(path)
    }

    /// Closes the connection; nothing can be asked afterwards.
    public func close() throws(CatalogueError) {
        do {
            try queue.close()
        } catch {
            throw .wrapping(error, "close", path)
        }
    }

    /// Reads the whole catalogue and looks for damage.
    public func verify() throws(CatalogueError) {
        try read { db in
            let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
            guard findings == ["ok"] else {
                throw CatalogueError.damaged(self.path, findings.joined(separator: "; "))
            }
            do {
                try db.checkForeignKeys()
            } catch {
                throw CatalogueError.damaged(self.path, "a row refers to one that is not there", cause: error)
            }
        }
    }

    init(_ path: FilePath, _ queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Runs a body in one transaction that sees one state of the catalogue.
    func read<Value>(_ body: (Database) throws -> Value) throws(CatalogueError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw .wrapping(error, "read", path)
        }
    }

    /// Runs a body in one transaction that no other writer shares; an error undoes all of it.
    func write<Value>(_ body: (Database) throws -> Value) throws(CatalogueError) -> Value {
        do {
            return try queue.writeWithoutTransaction { db in
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try body(db)
                    return .commit
                }
                guard let value else { throw CatalogueError(.failed, "a transaction on \(path) gave no result") }
                return value
            }
        } catch {
            throw .wrapping(error, "write to", path)
        }
    }

    /// Like `write`, for what removes rows: on a full disk the reserve is given up for the journal that this needs.
    func writeRemoving<Value>(_ body: (Database) throws -> Value) throws(CatalogueError) -> Value {
        do {
            return try write(body)
        } catch {
            guard error.code == .diskFull, reserve.release() else { throw error }
            return try write(body)
        }
    }

    /// The space that is set aside for a full disk.
    var reserve: CatalogueReserve { CatalogueReserve(of: path) }

    /// The settings of a connection; none of them writes to the file.
    static func configuration(_ busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        let (seconds, attoseconds) = busyTimeout.components
        configuration.busyMode = .timeout(Double(seconds) + Double(attoseconds) / 1e18)
        configuration.foreignKeysEnabled = true
        configuration.label = "envsnap.catalogue"
        configuration.prepareDatabase { db in
            // Nothing that is asked may change the schema's own table, or put the journal out of use.
            guard envsnap_sqlite_make_defensive(db.sqliteConnection) != 0 else {
                throw CatalogueError(.failed, "this SQLite has no defensive mode: it is older than 3.26")
            }
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA synchronous = EXTRA;
                    """)
        }
        return configuration
    }

    /// The version of a sound catalogue, 0 of an empty file; refuses everything else before anything is written.
    static func identify(_ db: Database, _ migrator: Migrator, at path: FilePath) throws -> Int {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == 0, version == 0, objects == 0 { return 0 }
        guard application == applicationID else {
            throw CatalogueError(
                .foreign, "\(path) is a database of another program: move it away or choose another store with --store")
        }
        guard version <= migrator.latest else {
            throw CatalogueError(
                .newerVersion,
                "the catalogue \(path) has version \(version), this envsnap knows versions up to \(migrator.latest): "
                    + "upgrade envsnap; nothing was changed")
        }
        // The schema first: a view or a trigger in it would run with a query, its checks run with quick_check.
        guard try migrator.expectedSchemaText(of: version) == Migrator.schemaText(db) else {
            throw CatalogueError.damaged(path, "its tables are not those of version \(version)")
        }
        // Under the read lock: nobody changes the file between the look at it and its check.
        let mark = CheckedMark(of: path)
        if mark?.isNoted == true { return version }
        // Not the chunks: they are many, and a wrong row of theirs is found when the chunk is read.
        let tables = try String.fetchAll(
            db,
            sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('chunk', 'known_file')")
        for table in tables {
            let findings = try String.fetchAll(db, sql: "PRAGMA quick_check('\(table)')")
            guard findings == ["ok"] else { throw CatalogueError.damaged(path, findings.joined(separator: "; ")) }
        }
        mark?.note()
        return version
    }

    private static func requireJournal(_ db: Database, at path: FilePath) throws {
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
        guard mode == "delete" else {
            throw CatalogueError(
                .failed, "the catalogue \(path) cannot be put into journal mode DELETE, it is in \(mode ?? "none")")
        }
    }
}
