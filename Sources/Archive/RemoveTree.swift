// SPDX-License-Identifier: Apache-2.0

import Glibc
public import SystemPackage

/// Removes `name` in an open directory with all below it; a missing one is fine.
///
/// Symbolic links are never followed, and a mount point below makes it throw before anything on that mount is touched.
public func removeTree(named name: [UInt8], in directory: FileDescriptor) throws {
    try EntryPath.check(name)
    guard name != Name.root, !name.contains(Name.slash) else {
        throw ArchiveError(.misuse, "\(Name.text(name)) is not a file name")
    }
    try removeTree(named: name, in: directory.rawValue)
}

/// Empties an open directory, which itself stays.
public func removeContents(of directory: FileDescriptor) throws {
    try removeAll(in: directory.rawValue)
}

func removeTree(named name: [UInt8], in directory: CInt) throws {
    do {
        try TreeRemoval(directory).remove([name])
    } catch let failure as CallFailure {
        throw failure.failure("remove", name)
    }
}

func removeAll(in directory: CInt) throws {
    do {
        try TreeRemoval(directory).remove(try DirectoryListing.names(directory))
    } catch let failure as CallFailure {
        throw failure.failure("empty the folder", nil)
    }
}
