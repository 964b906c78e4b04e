// SPDX-License-Identifier: Apache-2.0

/// One difference between two environments that can be carried over from the one to the other by itself.
public struct EnvironmentChange: Sendable {
    /// What kind of thing differs.
    public enum Kind: String, Sendable {
        /// The image of a container.
        case image
        /// A variable of a container's environment.
        case environment
        /// Files: a folder, a volume, a writable layer or a memory file system.
        case files
        /// A volume's settings.
        case volume
        /// A network, or what a container is on it.
        case network
        /// Another setting of a container.
        case setting
        /// Whether a container runs.
        case state
        /// A container that only one of the two has.
        case container
    }

    /// What kind of thing differs.
    public let kind: Kind
    /// The object, as findings name it.
    public let object: String
    /// What differs about it; empty for the whole.
    public let field: String
    /// What both sides have there, in a few words; nil where that says nothing.
    public var values: String?
    /// The archives whose files differ, where files do and both sides have them.
    public var archives: (good: DataArchive, bad: DataArchive)?
    /// Carries it over.
    let apply: @Sendable (inout EnvironmentDocument) -> Void
    /// Carries other files over in its place.
    var applyArchive: (@Sendable (inout EnvironmentDocument, DataArchive) -> Void)?

    init(
        _ kind: Kind, _ object: String, _ field: String = "", values: String? = nil,
        apply: @escaping @Sendable (inout EnvironmentDocument) -> Void
    ) {
        self.kind = kind
        self.object = object
        self.field = field
        self.values = values
        self.apply = apply
    }

    /// The change in a line.
    public var title: String {
        let subject = field.isEmpty ? object : "\(object): \(field)"
        return values.map { "\(subject): \($0)" } ?? subject
    }

    /// A document with these changes made to it.
    public static func applying(_ changes: [EnvironmentChange], to document: EnvironmentDocument) -> EnvironmentDocument
    {
        var document = document
        for change in changes { change.apply(&document) }
        return document
    }

    /// A document in which the change's files are these; the change itself for one that has no files on both sides.
    public func applying(files archive: DataArchive, to document: EnvironmentDocument) -> EnvironmentDocument {
        var document = document
        if let applyArchive { applyArchive(&document, archive) } else { apply(&document) }
        return document
    }
}
