// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import SystemPackage

/// What came of making a catalogue anew.
public struct RebuildReport: Sendable {
    /// What was wrong with the catalogue that was there; nil where it was sound.
    public var complaint: String?
    /// The name that it has now; nil where there was none.
    public var setAside: FilePath?
    /// How many snapshots are in the new one.
    public var snapshots = 0
    /// How many blobs, packs among them.
    public var blobs = 0
    /// How many chunks.
    public var chunks = 0
    /// How many replays were taken over from the old one.
    public var replays = 0
    /// The snapshots of which it is not known any more where they came from.
    public var foreign: [SnapshotRecord] = []
    /// What is as it may be, and still worth a word, a line each.
    public var remarks: [String] = []
    /// What is not as it should be, a line each.
    public var problems: [String] = []
}
