// SPDX-License-Identifier: Apache-2.0
// The layout is design.md §5; blobs lie as in an OCI image layout:
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md

import Glibc
public import SystemPackage

/// A folder of blobs and environment documents, each named by its digest and never modified.
public struct Store: Sendable {
    /// The store's folder, free of symbolic links.
    public let root: FilePath

    let files: FileOperations
    var layout: StoreLayout { StoreLayout(root: root) }

    /// Where the catalogue lies.
    public var cataloguePath: FilePath { layout.catalogue }

    /// Opens a store that exists and belongs to this user alone.
    public static func open(
        at path: FilePath, files: FileOperations = .system
    ) throws(ContentStoreError) -> Store {
        guard let root = try resolve(path) else {
            throw ContentStoreError(.notAStore, "there is no store at \(path): 'envsnap capture' makes one")
        }
        let store = Store(root: root, files: files)
        try store.verifyRoot()
        guard case .store = try store.layout.content() else {
            throw ContentStoreError(
                .notAStore, "\(path) is not an envsnap store: choose the right folder with --store or ENVSNAP_STORE")
        }
        // A store copied by a tool that skips empty folders lacks some of them.
        try store.layout.complete(files: files)
        try store.layout.verifyOwnership()
        return store
    }

    /// Opens a store, which is made where there is nothing or an empty folder.
    ///
    /// An empty folder of this user's that others may enter is closed to them.
    public static func openOrCreate(
        at path: FilePath, files: FileOperations = .system
    ) throws(ContentStoreError) -> Store {
        if try resolve(path) == nil { try makeParents(of: path, files: files) }
        guard let root = try resolve(path) else { throw .system("create", path, .noSuchFileOrDirectory) }
        let store = Store(root: root, files: files)
        if case .nothing = try store.layout.content() {
            if let status = try FileStatus.of(root) { try StoreLayout.verifyOwner(status, root) }
            guard root.withPlatformString({ chmod($0, 0o700) }) == 0 else {
                throw .system("set the permissions of", root, Errno(rawValue: errno))
            }
            try store.verifyRoot()
            try store.layout.complete(files: files)
        }
        return try open(at: root, files: files)
    }

    /// How many more bytes this user may write to the store's file system.
    public func availableBytes() throws(ContentStoreError) -> Int64 {
        var status = statvfs()
        guard root.withPlatformString({ statvfs($0, &status) }) == 0 else {
            throw .system("look at", root, Errno(rawValue: errno))
        }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    private func verifyRoot() throws(ContentStoreError) {
        guard let status = try FileStatus.of(root), status.isFolder else {
            throw ContentStoreError(.notAStore, "\(root) is not a folder: choose another with --store or ENVSNAP_STORE")
        }
        try StoreLayout.verify(status, root)
    }

    /// The path without symbolic links; nil when there is nothing.
    private static func resolve(_ path: FilePath) throws(ContentStoreError) -> FilePath? {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else {
            let errno = Errno(rawValue: errno)
            if errno == .noSuchFileOrDirectory { return nil }
            throw .system("look at", path, errno)
        }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// Makes a folder and those above it, with the mode that the XDG base directory specification asks for.
    private static func makeParents(of path: FilePath, files: FileOperations) throws(ContentStoreError) {
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path, try resolve(parent) == nil {
            try makeParents(of: parent, files: files)
        }
        try StoreLayout.makeFolder(path, files: files)
    }
}
