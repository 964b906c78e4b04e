// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import SystemPackage

/// The file or the numbered parts of a bundle, read as one stream.
///
/// A part is named like the bundle with `.part001`, `.part002` and so on behind; the parts one after the other are the
/// bundle.
public final class BundleParts {
    private let stem: String
    private let files: [FilePath]
    private let cancellation: Cancellation
    private var opened = 0
    private var current: FileDescriptor?

    /// The bundle that the paths stand for: one file, one part with its neighbours in the same folder, or all parts.
    ///
    /// - Throws: `SharingError` where a part is missing or the paths do not belong together.
    public init(_ paths: [FilePath], cancellation: Cancellation) throws {
        self.cancellation = cancellation
        let numbered = paths.compactMap(Self.split)
        guard let first = numbered.first else {
            guard paths.count == 1 else {
                throw SharingError(.notASnapshot, "one bundle at a time, please", hint: "import them one by one")
            }
            stem = ""
            files = paths
            return
        }
        stem = first.stem
        guard numbered.count == paths.count, numbered.allSatisfy({ Self.name($0.stem) == Self.name(first.stem) })
        else {
            throw SharingError(
                .notASnapshot, "the files are not the parts of one bundle", hint: "name one part, or all of one bundle")
        }
        let all = paths.count == 1 ? try Self.siblings(of: first.stem) : numbered.map { ($0.number, $0.path) }
        files = all.sorted { $0.0 < $1.0 }.map(\.1)
        for (index, part) in all.sorted(by: { $0.0 < $1.0 }).enumerated() where part.0 != index + 1 {
            throw Self.missing(Self.part(index + 1, of: first.stem))
        }
    }

    /// The bundle that lies in these files, one after the other.
    init(inOrder files: [FilePath], cancellation: Cancellation) {
        self.cancellation = cancellation
        self.files = files
        stem = ""
    }

    /// The bundle that comes through a descriptor, which is closed at the end.
    public init(reading descriptor: FileDescriptor, cancellation: Cancellation) {
        self.cancellation = cancellation
        stem = ""
        files = []
        current = descriptor
    }

    deinit { try? current?.close() }

    /// Fills a part of the buffer from the first to the last file; 0 at the end of the last.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            guard let descriptor = try current ?? openNext() else {
                return 0
            }
            try Readiness.wait(for: descriptor, POLLIN, cancellation)
            let count = try descriptor.read(into: buffer)
            if count > 0 { return count }
            try descriptor.close()
            current = nil
        }
    }

    /// The error of a bundle that ends too early: the part after the last is missing, where there are parts.
    public func explaining(_ error: any Error) -> any Error {
        guard let sharing = error as? SharingError, sharing.code == .incomplete, !stem.isEmpty else { return error }
        return Self.missing(Self.part(files.count + 1, of: stem))
    }

    /// The path of a part.
    static func part(_ number: Int, of stem: String) -> String {
        let digits = String(number)
        return stem + ".part" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    /// The parts of a bundle in its folder, in no order.
    static func siblings(of stem: String) throws -> [(number: Int, path: FilePath)] {
        let path = FilePath(stem)
        let folder = path.removingLastComponent()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder.string)
        return names.compactMap { Self.split(folder.appending($0)) }.filter { $0.stem == stem }
            .map { ($0.number, $0.path) }
    }

    private func openNext() throws -> FileDescriptor? {
        guard opened < files.count else { return nil }
        let path = files[opened]
        do { current = try FileDescriptor.open(path, .readOnly, options: .closeOnExec) } catch let error as Errno {
            throw SharingError(.system, "cannot open \(path): \(error)")
        }
        opened += 1
        return current
    }

    private static func missing(_ part: String) -> SharingError {
        SharingError(.incomplete, "\(part) is missing", hint: "fetch it, or name all parts where they lie apart")
    }

    private static func name(_ path: String) -> String { FilePath(path).lastComponent?.string ?? path }

    /// The stem and the number of a part's path; nil of any other.
    private static func split(_ path: FilePath) -> (stem: String, number: Int, path: FilePath)? {
        guard let range = path.string.range(of: ".part", options: .backwards) else { return nil }
        let digits = path.string[range.upperBound...]
        guard digits.count >= 3, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let stem = String(path.string[..<range.lowerBound])
        return stem.isEmpty ? nil : (stem, number, path)
    }
}
