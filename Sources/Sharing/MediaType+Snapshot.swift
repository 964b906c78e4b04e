// SPDX-License-Identifier: Apache-2.0
public import OCI

extension MediaType {
    /// The artifact type of a snapshot's manifest.
    public static let snapshot: MediaType = "application/vnd.envsnap.snapshot.v1"
    /// An environment document, a snapshot's config.
    public static let environment: MediaType = "application/vnd.envsnap.environment.v1+json"
    /// A blob as it is.
    public static let blob: MediaType = "application/vnd.envsnap.blob.v1"
    /// A blob compressed by zstd.
    public static let blobZstd: MediaType = "application/vnd.envsnap.blob.v1+zstd"
}
