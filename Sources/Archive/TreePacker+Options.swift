// SPDX-License-Identifier: Apache-2.0

extension TreePacker {
    /// What to pack and what not.
    public struct Options: Sendable {
        /// What to do at a mount point below the root.
        public enum Mounts: Sendable {
            /// Note it and go on beside it.
            case stay
            /// Pack what is mounted there.
            case cross
        }

        /// A path left out, with everything below it.
        public struct Exclusion: Sendable {
            /// What stays of an excluded directory.
            public enum Keeps: Sendable {
                /// Nothing.
                case nothing
                /// Its own entry, empty.
                case folder
            }

            /// The exact path below the root.
            public var path: [UInt8]
            /// What stays of it.
            public var keeps: Keeps

            /// Excludes `path` and everything below it.
            public init(path: [UInt8], keeps: Keeps) {
                self.path = path
                self.keeps = keeps
            }
        }

        /// What to do at a mount point below the root.
        public var mounts: Mounts
        /// Paths left out.
        public var exclusions: [Exclusion]

        /// Everything below the root on the root's own mount, unless told otherwise.
        public init(mounts: Mounts = .stay, exclusions: [Exclusion] = []) {
            self.mounts = mounts
            self.exclusions = exclusions
        }
    }
}
