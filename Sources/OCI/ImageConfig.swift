// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md

/// The few fields of an image's configuration that decide which layers it has and where it runs.
///
/// It can be read but not written: the image's id is the digest of the bytes as its builder wrote them, so those
/// bytes are what is kept. Images of old builders lack fields that the specification demands; they are read all the
/// same.
public struct ImageConfig: Hashable, Sendable, Decodable {
    /// The processor, by Go's name for it; empty when the image does not say.
    public var architecture: String
    /// The operating system, by Go's name for it; empty when the image does not say.
    public var os: String
    /// The processor's variant.
    public var variant: String?
    /// When the image was made, as its builder wrote it.
    public var created: String?
    /// The digests of the uncompressed layers, the lowest first.
    public var diffIDs: [Digest]

    /// Makes a configuration.
    public init(
        architecture: String, os: String, variant: String? = nil, created: String? = nil, diffIDs: [Digest]
    ) {
        self.architecture = architecture
        self.os = os
        self.variant = variant
        self.created = created
        self.diffIDs = diffIDs
    }

    /// Reads a configuration; an absent field is empty, a malformed digest is an error.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        architecture = try fields.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        os = try fields.decodeIfPresent(String.self, forKey: .os) ?? ""
        variant = try fields.decodeIfPresent(String.self, forKey: .variant)
        created = try fields.decodeIfPresent(String.self, forKey: .created)
        diffIDs = try fields.decodeIfPresent(RootFileSystem.self, forKey: .rootfs)?.diff_ids ?? []
    }

    private enum Field: String, CodingKey {
        case architecture, os, variant, created, rootfs
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct RootFileSystem: Decodable {
        var diff_ids: [Digest]?
    }
}
