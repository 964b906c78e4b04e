// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
public import LiveEnvironment

/// What a capture reads, and what it leaves out.
public struct CapturePlan: Sendable {
    /// A folder or a file that is packed, under the path by which the machine of the outermost engine knows it.
    public struct Item: Sendable {
        /// What it is to the snapshot.
        public enum Role: Sendable, Hashable {
            /// A folder or a file of the outermost machine.
            case tree(path: String)
            /// A volume of an engine.
            case volume(engine: EnginePath, name: String)
            /// The writable layer of a container.
            case layer(engine: EnginePath, container: String)
            /// A memory file system of a container.
            case memory(engine: EnginePath, container: String, path: String)
        }

        /// What it is to the snapshot.
        public let role: Role
        /// How it is called in messages.
        public let title: String
        /// Where its bytes are.
        public let path: String
        /// Whether it is one file.
        public let isFile: Bool
        /// What is left out of it.
        public let exclusions: [Exclusion]
    }

    /// What is read.
    public internal(set) var items: [Item] = []
    /// What is left out, and why.
    public internal(set) var remarks: [Remark] = []
}
