// SPDX-License-Identifier: Apache-2.0
public import OCI

/// Where a layer stands below a data-root of the classic image store with overlay2.
public struct LayerPlace: Sendable, Hashable {
    /// The data-root on the outermost machine.
    public let root: String
    /// The digest of the layer and all below it.
    public let chain: Digest

    /// The place of a layer below a data-root.
    public init(root: String, chain: Digest) {
        self.root = root
        self.chain = chain
    }

    /// The layer's folder; any name that is no other's will do.
    public var folder: String { "\(root)/overlay2/\(chain.hex)" }
    /// The folder of its files.
    public var files: String { folder + "/diff" }
    /// The image store's notes on it.
    public var record: String { "\(root)/image/overlay2/layerdb/sha256/\(chain.hex)" }
    /// What its tar had around the files.
    public var recipe: String { record + "/tar-split.json.gz" }
}
