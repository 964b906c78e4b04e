// SPDX-License-Identifier: Apache-2.0
public import Archive

/// A helper keeps no stamps: they would cross the link each time. Without them everything counts as touched, and a reset
/// sends whole archives.
extension HelperDataAccess {
    /// Writes nothing down.
    public func stamp(_ path: String, excluding exclusions: [Exclusion], into stamps: String) async throws {}

    /// Whether anything was touched; so it is where there are no stamps.
    public func isTouched(_ path: String, excluding exclusions: [Exclusion], since stamps: String) async throws -> Bool
    { true }

    /// Puts a folder back to what an archive that envsnap made holds.
    public func revert(
        _ path: String, excluding exclusions: [Exclusion], since stamps: String,
        limits: TreeExtractor.Options.Limits, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Bool {
        try await upload(
            .revert(path: path, exclusions: exclusions, limits: limits, isConfined: isConfined), open)
    }

    /// The path of what a path leads to, without symbolic links.
    public func realPath(of path: String) async throws -> String? {
        let found: Found<String> = try await ask(.realPath(of: path))
        return found.value
    }

    /// Whether two paths lead to the same object.
    public func isSame(_ path: String, as other: String) async throws -> Bool {
        try await ask(.isSame(path: path, other: other))
    }

    /// Reads small files as they are in the network namespace of a process.
    public func readFiles(_ paths: [String], inNetworkOf process: String) async throws -> [[UInt8]] {
        try await ask(.readFiles(paths: paths, process: process))
    }

    /// A descriptor does not cross the link: hosts are entered by their docker command.
    public func connect(toSocket path: String, of process: String) async throws -> CInt {
        throw LiveEnvironmentError(.dataOutOfReach, "its socket is on the machine of the helper")
    }

    /// Nothing goes from one replay to the next: what is kept lies in the store, which is not on the helper's side.
    public func move(_ path: String, to target: String) async throws {
        throw LiveEnvironmentError(.dataOutOfReach, "layers are not kept across a helper")
    }

    /// Whether nothing was changed since a time; never said by a helper.
    public func isUntouched(_ path: String, since time: Timestamp) async throws -> Bool { false }
}
