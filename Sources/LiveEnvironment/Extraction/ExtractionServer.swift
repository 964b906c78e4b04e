// SPDX-License-Identifier: Apache-2.0
import Archive
import CLinux
import Foundation
import Glibc
import SystemPackage

/// The inside of a confined process: it gives up its rights before it reads the first byte of an archive.
public enum ExtractionServer {
    /// Whether this process was started to be one.
    public static var isAskedFor: Bool {
        CommandLine.arguments.dropFirst().first == ExtractionProgram.argument
    }

    /// Takes an archive apart and returns the process's status.
    ///
    /// No thread may have been started: rights are those of threads (capabilities(7)).
    public static func run() -> Int32 {
        let answer: HelperAnswer<ExtractSummary>
        do { answer = .value(try serve()) } catch { answer = .failure(HelperFailure(error)) }
        // The other side stops sending, where there is more.
        close(FileDescriptor.standardInput.rawValue)
        guard let bytes = try? JSONEncoder().encode(answer),
            (try? FileDescriptor.standardOutput.writeAll(bytes)) != nil
        else { return EXIT_FAILURE }
        return EXIT_SUCCESS
    }

    private static func serve() throws -> ExtractSummary {
        let order = try readOrder()
        try confine(order)
        let input = FileDescriptor.standardInput
        let folder = FileDescriptor(rawValue: ExtractionProcess.folder)
        let source: ByteSource = { try input.read(into: $0) }
        let (extractor, reader) = (TreeExtractor(options: order.options), try PaxReader(source: source))
        let summary =
            if let name = order.file { try extractor.extractFile(reader, named: name, in: folder) } else {
                try extractor.extract(reader, into: folder)
            }
        try TreeAccess.drain(source)
        return summary
    }

    private static func readOrder() throws -> ExtractionOrder {
        let head = try read(ExtractionProcess.headSize)
        let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
        return try JSONDecoder().decode(ExtractionOrder.self, from: Data(try read(length)))
    }

    private static func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try bytes.withUnsafeMutableBytes {
                try FileDescriptor.standardInput.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard got > 0 else {
                throw LiveEnvironmentError(
                    .extractionFailed, "\(ExtractionProgram.argument) is what envsnap runs itself, not people")
            }
            filled += got
        }
        return bytes
    }

    private static func confine(_ order: ExtractionOrder) throws {
        guard TreeAccess.names(in: "/proc/self/task").count == 1 else {
            throw LiveEnvironmentError(.extractionFailed, "an archive cannot be unpacked beside other threads")
        }
        var limits = order.limits
        if let call = envsnap_confine(ExtractionProcess.folder, &limits) {
            throw LiveEnvironmentError(
                .extractionFailed, "rights cannot be given up: \(String(cString: call))", cause: Errno(rawValue: errno))
        }
    }
}
