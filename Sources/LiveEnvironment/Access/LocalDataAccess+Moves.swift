// SPDX-License-Identifier: Apache-2.0
public import Archive
import CLinux
import Glibc
import SystemPackage

extension LocalDataAccess {
    /// Gives what stands at a path another one on the same file system.
    ///
    /// rename(2) refuses to go from one mount to another even of the same file system, and an engine may mount its
    /// data-root onto itself. Then it is done below a mount of the whole file system that stands nowhere (open_tree(2)).
    public func move(_ path: String, to target: String) async throws {
        do { try Self.rename(path, to: target, below: AT_FDCWD) } catch Errno.improperLink {
            let table = MountTable(String(decoding: try await readFile("/proc/self/mountinfo"), as: UTF8.self))
            guard let from = table.mount(of: path), let to = table.mount(of: target), from.device == to.device,
                let whole = table.whole(from.device), let source = from.inside(path), let goal = to.inside(target)
            else { throw Errno.improperLink }
            let number = envsnap_clone_mount(whole.point)
            guard number >= 0 else { throw Errno(rawValue: errno) }
            try FileDescriptor(rawValue: number).closeAfter { try Self.rename(source, to: goal, below: number) }
        }
    }

    /// The kind of file system on which a path lies that leads through no symbolic link, as `ext4`.
    public func fileSystem(of path: String) async throws -> String? {
        MountTable(String(decoding: try await readFile("/proc/self/mountinfo"), as: UTF8.self)).kind(of: path)
    }

    private static func rename(_ path: String, to target: String, below base: CInt) throws {
        let (from, to) = (FilePath(path), FilePath(target))
        guard let name = from.lastComponent?.string, let newName = to.lastComponent?.string else {
            throw Errno.invalidArgument
        }
        let flags = envsnap_o_path | O_DIRECTORY
        try openWithoutLinks(from.removingLastComponent().string, flags, below: base).closeAfter { folder in
            try openWithoutLinks(to.removingLastComponent().string, flags, below: base).closeAfter { newFolder in
                guard renameat(folder.rawValue, name, newFolder.rawValue, newName) == 0 else {
                    throw Errno(rawValue: errno)
                }
            }
        }
    }

    /// Whether nothing was changed in a folder or a file since a time: whatever changes something sets its change time,
    /// which nothing but the kernel can do (inode(7)).
    public func isUntouched(_ path: String, since time: Timestamp) async throws -> Bool {
        try await BlockingWork.run {
            try Self.openWithoutLinks(path, O_RDONLY, below: AT_FDCWD).closeAfter { root in
                try TreeSurvey(root, options: TreePacker.Options()).lastChange <= time
            }
        }
    }

    /// Whether a relative path leads through a symbolic link below a folder, or is one.
    public func hasLink(in path: String, below folder: String) async throws -> Bool {
        guard !path.isEmpty else { return false }
        let root = try FileDescriptor.open(
            FilePath(folder), .readOnly, options: [.init(rawValue: envsnap_o_path), .directory, .closeOnExec])
        return try root.closeAfter {
            let number = envsnap_openat2(
                root.rawValue, path, UInt64(envsnap_o_path | O_CLOEXEC), 0,
                envsnap_resolve_beneath | envsnap_resolve_no_symlinks | envsnap_resolve_no_magiclinks)
            guard number < 0 else {
                close(number)
                return false
            }
            switch errno {
            case ELOOP, EXDEV: return true
            case ENOENT, ENOTDIR: return false
            default: throw Errno(rawValue: errno)
            }
        }
    }

    /// Opens a path that leads through no symbolic link, which might lead anywhere.
    private static func openWithoutLinks(_ path: String, _ flags: CInt, below base: CInt) throws -> FileDescriptor {
        let number = envsnap_openat2(
            base, path, UInt64(flags | O_CLOEXEC), 0, envsnap_resolve_no_symlinks | envsnap_resolve_no_magiclinks)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }
}
