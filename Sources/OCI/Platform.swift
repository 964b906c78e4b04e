// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions

/// What a manifest's image runs on.
public struct Platform: Hashable, Sendable, Codable {
    /// The processor, by Go's name for it, such as `amd64`.
    public var architecture: String
    /// The operating system, by Go's name for it, such as `linux`.
    public var os: String
    /// The operating system's version.
    public var osVersion: String?
    /// What the image needs of the operating system.
    public var osFeatures: [String]?
    /// The processor's variant, such as `v8`.
    public var variant: String?

    /// Makes a platform.
    public init(
        architecture: String, os: String, osVersion: String? = nil, osFeatures: [String]? = nil, variant: String? = nil
    ) {
        self.architecture = architecture
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.variant = variant
    }

    private enum CodingKeys: String, CodingKey {
        case architecture, os, variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }
}
