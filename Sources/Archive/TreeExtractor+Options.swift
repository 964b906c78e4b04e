// SPDX-License-Identifier: Apache-2.0

extension TreeExtractor {
    /// What an archive may do.
    public struct Options: Sendable, Codable {
        /// What to do with a root that has content.
        public enum Existing: Sendable, Equatable, Codable {
            /// Throw.
            case refuseNonEmpty
            /// Remove the content first.
            case replaceContents
            /// Add what is missing, and leave what is there as it is.
            case addMissing
            /// Leave what is there, but for what bears the name of an entry: that gives way.
            case replaceNames
            /// The same for these entries alone, or for all; and a folder that is there loses what it has beyond its
            /// entry.
            case revert(Set<[UInt8]>?)

            /// Whether what bears the name of an entry gives way.
            var givesWay: Bool {
                switch self {
                case .replaceNames, .revert: true
                case .refuseNonEmpty, .replaceContents, .addMissing: false
                }
            }

            /// Whether an entry is restored.
            func takes(_ path: [UInt8]) -> Bool {
                if case .revert(let selected?) = self { selected.contains(path) } else { true }
            }
        }

        /// Which device files are made; any other one makes the extraction throw.
        public enum Devices: Sendable, Codable {
            /// All.
            case allow
            /// Only the character device 0:0, by which overlayfs marks a deleted file.
            case whiteouts
            /// None.
            case refuse
        }

        /// What names mean by which layers of images mark what they delete
        /// (https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts).
        public enum Whiteouts: Sendable, Codable {
            /// Nothing: they are names like others.
            case names
            /// The marks of overlayfs take their place: a character device 0:0, and `trusted.overlay.opaque`.
            case overlay
            /// What they name is deleted, where an archive before this one has made it.
            case delete
        }

        /// What becomes of the mode, owner, time and attributes that the archive gives its root.
        public enum RootMetadata: Sendable, Codable {
            /// They are set on the root.
            case apply
            /// The root keeps its own.
            case keep
        }

        /// Which extended attributes are set; others are left out and listed in the summary.
        public enum Attributes: Sendable, Codable {
            /// All.
            case all
            /// `user.*`, ACLs and `security.capability`.
            case safe
        }

        /// Whose files they become.
        public enum Owners: Sendable, Codable {
            /// Those the archive names; needs root.
            case archive
            /// The user's who extracts, without set-id bits and capabilities: these would now be for another's rights than
            /// those that gave them.
            case extractor
        }

        /// Where to stop.
        public struct Limits: Sendable, Codable {
            /// The number of entries.
            public var entries: Int
            /// The bytes of data.
            public var dataBytes: Int64
            /// The sum of the files' sizes, holes included.
            public var apparentBytes: Int64
            /// How many directories may lie above an entry.
            public var depth: Int

            /// Limits for archives of any origin unless told otherwise.
            public init(
                entries: Int = 2_000_000, dataBytes: Int64 = 1 << 40, apparentBytes: Int64 = 1 << 44, depth: Int = 128
            ) {
                self.entries = entries
                self.dataBytes = dataBytes
                self.apparentBytes = apparentBytes
                self.depth = depth
            }

            /// No limit but that of depth.
            public static let unlimited = Limits(entries: .max, dataBytes: .max, apparentBytes: .max)
        }

        /// What to do with a root that has content.
        public var existing: Existing
        /// Which device files are made.
        public var devices: Devices
        /// What becomes of the root's own metadata.
        public var rootMetadata: RootMetadata
        /// Which extended attributes are set.
        public var attributes: Attributes
        /// Where to stop.
        public var limits: Limits
        /// Whose files they become.
        public var owners = Owners.archive
        /// What `.wh.` names mean.
        public var whiteouts = Whiteouts.names
        /// Whether the process does nothing else, with one thread, and sees no /proc.
        public var isConfined = false

        /// The careful choice everywhere, unless told otherwise.
        public init(
            existing: Existing = .refuseNonEmpty, devices: Devices = .refuse, rootMetadata: RootMetadata = .apply,
            attributes: Attributes = .safe, limits: Limits = Limits()
        ) {
            self.existing = existing
            self.devices = devices
            self.rootMetadata = rootMetadata
            self.attributes = attributes
            self.limits = limits
        }

        /// For the layer of an image, into the folder of an overlay.
        public static let layer: Options = {
            var options = Options(existing: .replaceContents, devices: .allow, attributes: .all, limits: .unlimited)
            options.whiteouts = .overlay
            return options
        }()

        /// For the layer of an image, onto what the layers below it have made.
        public static let upperLayer: Options = {
            var options = layer
            options.existing = .replaceNames
            options.whiteouts = .delete
            return options
        }()

        /// For an archive of one's own making, into a folder in which a program works already.
        public static let ownSnapshotBesideRunning = Options(
            existing: .addMissing, devices: .allow, rootMetadata: .keep, attributes: .all, limits: .unlimited)

        /// For an archive of one's own making: everything is restored, and what is there is replaced.
        public static let ownSnapshot = Options(
            existing: .replaceContents, devices: .allow, attributes: .all, limits: .unlimited)
    }
}
