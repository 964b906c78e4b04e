// SPDX-License-Identifier: Apache-2.0
import CLinux

/// The file system of a tree's root, where it shows every change of a file in the file's change time.
///
/// Those on disks do: files in memory are written to through mappings without a trace, and what a network or a program
/// serves has times of its own. What is mounted below the root is on another one, which was not written back.
struct RootDisk {
    private let filesystem: UInt64?

    init(root: CInt) throws(CallFailure) {
        filesystem = envsnap_is_on_disk(root) != 0 ? try FileStatus(root).identity.filesystem : nil
    }

    /// Whether a file is on it.
    func holds(_ status: FileStatus) -> Bool { status.identity.filesystem == filesystem }
}
