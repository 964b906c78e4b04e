// SPDX-License-Identifier: Apache-2.0

/// What a packing came to, and what is not in the archive as it was on the disk.
public struct PackSummary: Sendable, Equatable, Codable {
    /// Something that could not be read.
    public struct Unreadable: Sendable, Equatable, Codable {
        /// Its path.
        public var path: [UInt8]
        /// The error number.
        public var errorNumber: CInt
    }

    /// Entries written.
    public var entries = 0
    /// The sum of the files' sizes, hard links counted once.
    public var apparentBytes: Int64 = 0
    /// The bytes of data among them; the rest is holes.
    public var dataBytes: Int64 = 0
    /// Sockets, left out: their servers make them anew.
    public var sockets: [[UInt8]] = []
    /// Files and directories that changed while they were read.
    public var changed: [[UInt8]] = []
    /// What was listed and then gone.
    public var vanished: [[UInt8]] = []
    /// Mount points not entered; a directory is there as an empty one, a file is left out.
    public var mountPoints: [[UInt8]] = []
    /// What could not be read, wholly or in part, or is nested too deeply to be restored.
    public var unreadable: [Unreadable] = []

    /// Nothing packed yet.
    public init() {}
}
