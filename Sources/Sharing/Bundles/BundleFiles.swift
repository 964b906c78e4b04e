// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import SystemPackage

/// The file, or the parts, into which a bundle is written.
///
/// The bytes go to files with temporary names beside the final ones; `publish` makes them durable and then gives them
/// their names, the first part last. So a file under a final name is whole, whatever happens. Others may not read it:
/// a snapshot holds secrets.
public final class BundleFiles {
    private let path: FilePath
    private let largestPart: Int64?
    private let overwrites: Bool
    private let mark = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    private var temporary: [FilePath] = []
    private var current: FileDescriptor?
    /// Locked while the temporary files are this run's.
    private var owned: FileDescriptor?
    private var room: Int64 = 0

    /// Files at a path; nothing is made yet.
    ///
    /// - Throws: `SharingError` with `.exists` where something has the name and is not to be replaced.
    public init(at path: FilePath, largestPart: Int64?, overwrites: Bool) throws {
        self.path = path
        self.largestPart = largestPart
        self.overwrites = overwrites
        BundleLeftovers(of: path).remove()
        let taken = try existing()
        guard overwrites || taken.isEmpty else {
            throw SharingError(
                .exists, "\(taken[0]) is there already", hint: "choose another name, or replace it with --force")
        }
    }

    deinit { discard() }

    /// Writes bytes to the end.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if room == 0 { try beginFile() }
            guard let current else { return }
            let portion = rest.prefix(Int(min(room, Int64(rest.count))))
            do { try current.writeAll(portion) } catch let error as Errno { throw Self.failure("write to", error) }
            room -= Int64(portion.count)
            rest = rest.dropFirst(portion.count)
        }
    }

    /// Makes everything durable under its final name, and gives the names.
    public func publish() throws -> [FilePath] {
        try endFile()
        let targets = temporary.indices.map { target($0 + 1) }
        do {
            for stale in try existing() where overwrites && !targets.contains(stale) { try Self.remove(stale) }
            for (from, to) in zip(temporary, targets).reversed() { try rename(from, to) }
            try synchronizeFolder()
        } catch let error as Errno { throw Self.failure("rename", error) }
        temporary = []
        disown()
        return targets
    }

    /// What was written, to be read again before it is published.
    public func written(_ cancellation: Cancellation) throws -> BundleParts {
        try endFile()
        return BundleParts(inOrder: temporary, cancellation: cancellation)
    }

    /// Removes what was not published.
    public func discard() {
        try? current?.close()
        current = nil
        for file in temporary { try? Self.remove(file) }
        temporary = []
        disown()
    }

    private func beginFile() throws {
        try endFile()
        let file = FilePath(target(temporary.count + 1).string + ".\(mark)" + BundleLeftovers.suffix)
        do {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            current = descriptor
            temporary.append(file)
            if owned == nil { owned = try BundleLeftovers.own(descriptor) }
        } catch let error as Errno { throw Self.failure("create \(file)", error) }
        room = largestPart ?? .max
    }

    private func disown() {
        try? owned?.close()
        owned = nil
    }

    /// Waits until the file's bytes are on the disk; a failure is final, as in the store.
    private func endFile() throws {
        guard let descriptor = current else { return }
        current = nil
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw Self.failure("write", Errno(rawValue: errno)) }
    }

    private func target(_ number: Int) -> FilePath {
        largestPart == nil ? path : FilePath(BundleParts.part(number, of: path.string))
    }

    /// What has a name that the bundle, whole or in parts, would be found by.
    private func existing() throws -> [FilePath] {
        let folder = path.removingLastComponent()
        guard FileManager.default.fileExists(atPath: folder.isEmpty ? "." : folder.string) else {
            throw SharingError(.system, "there is no folder \(folder)", hint: "make it first")
        }
        let parts =
            largestPart == nil
            ? [] : try BundleParts.siblings(of: path.string).map(\.path).sorted { $0.string < $1.string }
        guard largestPart == nil, FileManager.default.fileExists(atPath: path.string) else { return parts }
        return [path]
    }

    /// Renames without replacing anything unless that is wanted.
    private func rename(_ from: FilePath, _ to: FilePath) throws {
        if !overwrites {
            if link(from.string, to.string) == 0 { return try Self.remove(from) }
            if errno == EEXIST { throw SharingError(.exists, "\(to) was made by somebody else meanwhile") }
            // Not every file system has links; the name was free when this began.
        }
        guard Glibc.rename(from.string, to.string) == 0 else { throw Errno(rawValue: errno) }
    }

    private func synchronizeFolder() throws {
        let folder = path.removingLastComponent()
        let descriptor = try FileDescriptor.open(folder.isEmpty ? "." : folder, .readOnly, options: .directory)
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func remove(_ path: FilePath) throws {
        guard path.withPlatformString({ unlink($0) }) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }

    private static func failure(_ action: String, _ error: Errno) -> SharingError {
        SharingError(
            error == .noSpace || error == .diskQuotaExceeded ? .noSpace : .system,
            "cannot \(action) the bundle: \(error)", hint: error == .noSpace ? "write it elsewhere" : nil)
    }
}
