// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

@testable import Archive

extension FuzzTarget {
    /// Extraction in all the ways of a replay: nothing beside the folder is touched.
    static let extract = FuzzTarget(name: "extract") { bytes in
        var input = Input(bytes)
        let options = input.choice(below: 5)
        let rest = input.rest
        guard let ground = try attempt({ try ExtractionGround() }) else {
            throw Broken(description: "no temporary folder")
        }
        defer { ground.remove() }
        _ = try attempt { try ground.extract(rest, Self.options[options]) }
        try hold(try attempt(ground.isUntouched) == true, "something beside the folder was touched")
    }

    private static let options: [TreeExtractor.Options] = {
        let limits = TreeExtractor.Options.Limits(entries: 1000, dataBytes: 1 << 22, apparentBytes: 1 << 32, depth: 32)
        let revert = TreeExtractor.Options(existing: .revert(nil), devices: .allow, attributes: .all)
        return [.ownSnapshot, .ownSnapshotBesideRunning, .layer, .upperLayer, revert].map { options in
            var options = options
            options.limits = limits
            return options
        }
    }()
}

/// A folder with links that lead out of it, and beside it what nothing may touch.
private struct ExtractionGround {
    private static let words = Array("secret".utf8)
    private let folder: String

    init() throws {
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var name = Array("\(base)/envsnap-fuzz-XXXXXX".utf8CString)
        guard let made = name.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw Errno(rawValue: errno)
        }
        folder = String(cString: made)
        for path in ["root", "root/a", "canary", "canary/deep"] { mkdir("\(folder)/\(path)", 0o755) }
        symlink("../canary", "\(folder)/root/link")
        symlink("../canary/victim", "\(folder)/root/x")
        let victim = try FileDescriptor.open(
            FilePath("\(folder)/canary/victim"), .writeOnly, options: .create, permissions: .ownerReadWrite)
        try victim.closeAfter { _ = try victim.writeAll(Self.words) }
    }

    func extract(_ archive: ArraySlice<UInt8>, _ options: TreeExtractor.Options) throws {
        let root = try FileDescriptor.open(FilePath("\(folder)/root"), .readOnly, options: .directory)
        defer { try? root.close() }
        _ = try TreeExtractor(options: options).extract(PaxReader(source: Input.source(archive)), into: root)
    }

    func isUntouched() throws -> Bool {
        var status = stat()
        guard lstat("\(folder)/canary/victim", &status) == 0, status.st_size == Self.words.count,
            status.st_mode == S_IFREG | 0o600, status.st_nlink == 1
        else { return false }
        return try names("canary") == ["deep", "victim"] && names("canary/deep").isEmpty
            && names(".") == ["canary", "root"]
    }

    private func names(_ path: String) throws -> [String] {
        let directory = try FileDescriptor.open(FilePath("\(folder)/\(path)"), .readOnly, options: .directory)
        defer { try? directory.close() }
        return try DirectoryListing.names(directory.rawValue).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    func remove() {
        let path = FilePath(folder)
        guard let parent = try? FileDescriptor.open(path.removingLastComponent(), .readOnly, options: .directory),
            let name = path.lastComponent
        else { return }
        defer { try? parent.close() }
        try? removeTree(named: Array(name.string.utf8), in: parent)
    }
}
