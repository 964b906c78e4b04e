// SPDX-License-Identifier: Apache-2.0
import Archive
import CLinux
import Glibc
import Hashing
import OCI
import SystemPackage

/// The files that this program runs from: itself, the libraries it is linked with, and their loader.
struct ProgramFiles: Sendable {
    struct File: Sendable {
        /// Its path in the image, without a slash before it.
        let name: String
        /// Its path on this machine.
        let path: String
    }

    /// The program's path in the image.
    static let program = "envsnap"
    /// The folder of the libraries in the image, all of them in one.
    static let folder = "lib"

    let files: [File]
    /// The name of the loader in that folder; nil where the program needs none.
    let loader: String?

    /// The files of the running process, as its own loader found them.
    init() {
        var libraries: [String] = []
        withUnsafeMutablePointer(to: &libraries) { list in
            envsnap_loaded_libraries(
                { context, path in
                    guard let path else { return }
                    context?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: path))
                }, list)
        }
        let loader = envsnap_loader().map { String(cString: $0) }
        // What has no path is the program itself, or the kernel's vdso(7).
        let paths = Set(libraries.filter { $0.hasPrefix("/") } + [loader].compactMap(\.self)).sorted()
        let named = paths.map { File(name: "\(Self.folder)/\(Self.lastComponent($0))", path: $0) }
        let unique = Dictionary(named.map { ($0.name, $0) }) { first, _ in first }
        files = [File(name: Self.program, path: "/proc/self/exe")] + unique.values.sorted { $0.name < $1.name }
        self.loader = loader.map(Self.lastComponent)
    }

    /// The command that runs the program in the image.
    var command: [String] {
        guard let loader else { return ["/\(Self.program)"] }
        // Whatever paths the program looks for its libraries in, here they are.
        return ["/\(Self.folder)/\(loader)", "--library-path", "/\(Self.folder)", "/\(Self.program)"]
    }

    /// The digest of all names and contents.
    func digest() throws -> Digest {
        let hasher = try SHA256Hasher()
        for file in files {
            hasher.update(Array("\(file.name)\0".utf8))
            try TreeAccess.copyFile(file.path) { hasher.update($0) }
        }
        return try hasher.finalize()
    }

    /// Writes the files as a tar.
    func write(to sink: @escaping ByteSink) throws {
        let writer = PaxWriter(sink: sink)
        for file in files {
            let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly, options: [.closeOnExec])
            try descriptor.closeAfter {
                let size = try descriptor.seek(offset: 0, from: .end)
                let entry = ArchiveEntry(path: Array(file.name.utf8), kind: .file(size: size), mode: 0o755)
                try writer.append(entry) { write in try TreeAccess.copyFile(file.path, to: write) }
            }
        }
        try writer.finish()
    }

    private static func lastComponent(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
