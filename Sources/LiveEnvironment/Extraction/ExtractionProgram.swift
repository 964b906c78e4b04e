// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// The program that confined processes run: envsnap itself.
public struct ExtractionProgram: Sendable {
    /// The argument by which it knows what it is to be.
    public static let argument = "extract"

    /// The folder that its paths begin at; negative for this process's own root.
    let root: CInt
    /// The program with its arguments.
    let command: [String]

    /// The program of this path.
    public init(path: String) {
        root = -1
        command = [path, Self.argument]
    }

    /// The program that runs.
    public static let running = ExtractionProgram(path: "/proc/self/exe")

    /// The program that runs in a helper's image, which is found after this process has left it.
    ///
    /// - Throws: `Errno` where the image's root cannot be opened.
    static func ofHelperImage() throws -> ExtractionProgram {
        let root = try FileDescriptor.open("/", .readOnly, options: [.directory, .closeOnExec])
        return ExtractionProgram(root: root.rawValue, command: ProgramFiles().command + [Self.argument])
    }

    private init(root: CInt, command: [String]) {
        self.root = root
        self.command = command
    }
}
