// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
import Hashing
public import JSONTree
public import OCI

/// Finds the configurations, manifests and layers of images in an engine's own store, past its API.
public struct ImageBlobs {
    /// Where a blob's bytes lie on the outermost machine.
    public enum Place: Sendable, Equatable, Codable {
        /// In a file, as they are.
        case file(String)
        /// In a layer's folder and the recipe beside it, from which the tar is put together.
        case layer(recipe: String, folder: String)
    }

    private let root: String?
    private let containerd: ContainerdFiles?
    private let access: any DataAccess

    /// The blobs of the engine that says this of itself.
    public init(info: JSONValue, paths: PathMap, access: any DataAccess) {
        let dataRoot = info["DockerRootDir"].string ?? "/var/lib/docker"
        containerd = ContainerdFiles(info: info, dataRoot: dataRoot, paths: paths, access: access)
        root = info["Driver"].string == "overlay2" ? paths.resolve(dataRoot) : nil
        self.access = access
    }

    /// Where the blobs of an image lie; one whose place is not known has no entry.
    public func places(of image: ImageRecord) async throws -> [Digest: Place] {
        var places: [Digest: Place] = [:]
        if let containerd {
            for blob in image.blobs {
                if let path = try await containerd.path(of: blob) { places[blob] = .file(path) }
            }
            return places
        }
        guard let root else { return [:] }
        let config = "\(root)/image/overlay2/imagedb/content/sha256/\(image.config.hex)"
        if try await access.kind(of: config) == .file { places[image.config] = .file(config) }
        for (layer, chain) in zip(image.layers, try Self.chains(of: image.layers)) where places[layer] == nil {
            places[layer] = try await layerPlace(chain, root: root)
        }
        return places
    }

    private func layerPlace(_ chain: Digest, root: String) async throws -> Place? {
        let folder = "\(root)/image/overlay2/layerdb/sha256/\(chain.hex)"
        let recipe = "\(folder)/tar-split.json.gz"
        guard try await access.kind(of: recipe) == .file, try await access.kind(of: "\(folder)/cache-id") == .file
        else {
            return nil
        }
        let name = String(decoding: try await access.readFile("\(folder)/cache-id"), as: UTF8.self)
        guard !name.isEmpty, !name.contains("/") else { return nil }
        return .layer(recipe: recipe, folder: "\(root)/overlay2/\(name)/diff")
    }

    /// How many bytes a layer's files have, by what the engine noted; 0 where it notes nothing, as for small blobs.
    public func size(of place: Place) async throws -> Int64 {
        guard case .layer(let recipe, _) = place else { return 0 }
        let file = recipe.replacing("/tar-split.json.gz", with: "/size")
        guard try await access.kind(of: file) == .file else { return 0 }
        return Int64(String(decoding: try await access.readFile(file), as: UTF8.self)) ?? 0
    }

    /// The chain ids, under which the store knows layers together with all below them
    /// (https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid).
    public static func chains(of layers: [Digest]) throws -> [Digest] {
        var chains: [Digest] = []
        for layer in layers {
            guard let below = chains.last else {
                chains.append(layer)
                continue
            }
            chains.append(try SHA256Hasher.digest(of: Array("\(below) \(layer)".utf8)))
        }
        return chains
    }
}
