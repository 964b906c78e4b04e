// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
import JSONTree

/// What a capsule is made by, beside what is made in it: environments in which all of it is the same can follow each other
/// in one capsule.
public struct CapsuleGround: Sendable, Equatable {
    private struct Place: Sendable, Equatable {
        let path: String
        let isFile: Bool
        let excluded: [String]
    }

    private let places: [Place]
    private let machine: JSONValue
    private let folder: String
    private let isIPv4Alone: Bool
    private let bridge: NetworkRecord?
    private let image: ImageRecord?
    /// Subnets that the capsule's own must not overlap.
    private let subnets: Set<AddressBlock>

    /// The ground of an environment.
    ///
    /// - Parameters:
    ///   - document: What is to be replayed.
    ///   - image: The image that was named for the capsule.
    public init(_ document: EnvironmentDocument, capsuleImage image: String?) {
        let engine = document.engine
        places = document.trees.map { Place(path: $0.path, isFile: $0.isFile, excluded: $0.excluded) }
        machine = engine.info["Name"]
        folder = document.project.workingDirectory
        isIPv4Alone = engine.publishesOnIPv4Alone
        bridge = engine.networks.first { $0.name == "bridge" }
        self.image = image == nil ? CapsuleImage.host(for: engine)?.image : nil
        subnets = SubnetChooser.ownSubnets(of: engine)
    }
}
