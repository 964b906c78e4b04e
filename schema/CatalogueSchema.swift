// SPDX-License-Identifier: Apache-2.0

/// The numbered SQL migrations of the catalogue.
public enum CatalogueSchema {
    /// The migrations, the oldest first; README.md beside this file says how one is added.
    public static let migrations = [
        Migration(version: 1, sql: String(decoding: PackageResources.v0001_catalogue_sql, as: UTF8.self)),
        Migration(version: 2, sql: String(decoding: PackageResources.v0002_chunks_sql, as: UTF8.self)),
        Migration(version: 3, sql: String(decoding: PackageResources.v0003_known_sql, as: UTF8.self)),
        Migration(version: 4, sql: String(decoding: PackageResources.v0004_snapshot_origin_sql, as: UTF8.self)),
        Migration(version: 5, sql: String(decoding: PackageResources.v0005_rebuilt_origin_sql, as: UTF8.self)),
        Migration(version: 6, sql: String(decoding: PackageResources.v0006_origin_copy_sql, as: UTF8.self)),
    ]
}
