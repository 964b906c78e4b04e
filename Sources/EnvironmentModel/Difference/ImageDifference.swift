// SPDX-License-Identifier: Apache-2.0
import JSONTree
import OCI

/// What differs between two images that stand under one tag.
public struct ImageDifference: Sendable, Equatable {
    /// The image as it was captured is called so.
    public var subject: ComparedObject
    /// The captured image.
    public var captured: ImageRecord
    /// The image that was found.
    public var found: ImageRecord
    /// The packages of which version or presence differs; nil where no list of packages was read.
    public var packages: [PackageChange]?

    /// Two images that differ.
    public init(subject: ComparedObject, captured: ImageRecord, found: ImageRecord) {
        self.subject = subject
        self.captured = captured
        self.found = found
    }

    /// How many layers, from the lowest on, the two have in common.
    public var sharedLayers: Int { zip(captured.layers, found.layers).prefix { $0 == $1 }.count }

    var json: JSONValue {
        .compact([
            "object": .string(subject.description), "captured": json(of: captured), "found": json(of: found),
            "sharedLayers": .int(sharedLayers), "packages": .array((packages ?? []).map(\.json)),
            "packagesCompared": .bool(packages != nil),
        ])
    }

    private func json(of image: ImageRecord) -> JSONValue {
        ["config": .string(image.config.description), "layers": image.layers.map(\.description).json]
    }
}

/// A package that two images do not have in the same version.
public struct PackageChange: Sendable, Equatable {
    /// The package's name.
    public var name: String
    /// Its version in the captured image; nil where it is not there.
    public var captured: String?
    /// Its version in the image that was found; nil where it is not there.
    public var found: String?

    /// A package with its versions.
    public init(name: String, captured: String?, found: String?) {
        self.name = name
        self.captured = captured
        self.found = found
    }

    /// The packages that differ between two lists of versions by name, in the order of their names.
    public static func changes(from captured: [String: String], to found: [String: String]) -> [PackageChange] {
        Set(captured.keys).union(found.keys).sorted().filter { captured[$0] != found[$0] }.map {
            PackageChange(name: $0, captured: captured[$0], found: found[$0])
        }
    }

    var json: JSONValue {
        ["name": .string(name), "captured": .optional(captured), "found": .optional(found)]
    }
}
