// SPDX-License-Identifier: Apache-2.0

import CatalogueSchema
import GRDB
public import SystemPackage

extension CatalogueDatabase {
    /// Opens a catalogue that is there, for reading alone: it is neither made nor migrated.
    ///
    /// - Returns: nil where there is none, or one of another version.
    public static func openForReading(
        at path: FilePath, busyTimeout: Duration = .seconds(5)
    ) throws(CatalogueError) -> CatalogueDatabase? {
        guard try CatalogueFile.exists(path) else { return nil }
        try CatalogueFile.verify(path)
        do {
            var configuration = configuration(busyTimeout)
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path.string, configuration: configuration)
            let migrator = Migrator(migrations: CatalogueSchema.migrations)
            guard try queue.read({ try identify($0, migrator, at: path) }) == schemaVersion else { return nil }
            return CatalogueDatabase(path, queue)
        } catch {
            throw .wrapping(error, "open", path)
        }
    }
}
