// SPDX-License-Identifier: Apache-2.0
import Archive
import CLinux
import Foundation
import Glibc
import SystemPackage

/// A process that takes one archive apart, and has no rights, files or ways to the world beyond that.
///
/// It gets an order and the archive on its standard input and answers on its standard output.
struct ExtractionProcess {
    /// The descriptor by which it gets the folder.
    static let folder: CInt = 3
    /// An order's length comes before it, in eight bytes, the least significant first.
    static let headSize = 8

    private let program: ExtractionProgram

    init(_ program: ExtractionProgram) { self.program = program }

    /// Runs it to its end.
    ///
    /// - Throws: what it failed of, or what the source threw; then it is ended.
    func run(_ order: ExtractionOrder, on source: ByteSource, in folder: FileDescriptor) throws {
        let (input, output) = (try Pipe(), try Pipe())
        let process = spawn([input.reading, output.writing, FileDescriptor.standardError, folder])
        let failure = Errno(rawValue: errno)
        try? input.reading.close()
        try? output.writing.close()
        defer { try? output.reading.close() }
        guard process > 0 else {
            try? input.writing.close()
            throw failure
        }
        let isFed: Bool
        do {
            isFed = try input.writing.closeAfter { try feed(order, source, to: input.writing) }
        } catch {
            kill(process, SIGKILL)
            _ = wait(process)
            throw error
        }
        let answer = Result { Data(try readAll { try output.reading.read(into: $0) }) }
        let status = wait(process)
        guard status == 0, let answer = try? answer.get() else { throw ended(status) }
        let _: ExtractSummary = try JSONDecoder().decode(HelperAnswer<ExtractSummary>.self, from: answer).get()
        guard isFed else { throw ended(status) }
    }

    private func spawn(_ descriptors: [FileDescriptor]) -> pid_t {
        let arguments = program.command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        return envsnap_spawn(
            program.root, arguments + [nil], descriptors.map(\.rawValue), CInt(descriptors.count))
    }

    /// Sends the order and the archive; false where the process did not take all.
    private func feed(_ order: ExtractionOrder, _ source: ByteSource, to input: FileDescriptor) throws -> Bool {
        do {
            let order = try JSONEncoder().encode(order)
            _ = try input.writeAll((0..<Self.headSize).map { UInt8(truncatingIfNeeded: order.count >> (8 * $0)) })
            _ = try input.writeAll(order)
            try forEachChunk(of: source) { _ = try input.writeAll($0) }
            return true
        } catch Errno.brokenPipe {
            return false
        }
    }

    /// Waits for its end; its status as in wait(2).
    private func wait(_ process: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private func ended(_ status: CInt) -> LiveEnvironmentError {
        let signal = status & 0x7f
        let how = signal == 0 ? "with status \(status >> 8 & 0xff)" : "by signal \(signal)"
        return LiveEnvironmentError(
            .extractionFailed, "the process that unpacked an archive ended \(how)",
            hint: "the archive may be made to do harm; do not replay it where that matters")
    }

    /// Both ends of a pipe.
    private struct Pipe {
        let reading: FileDescriptor
        let writing: FileDescriptor

        init() throws {
            var ends: [CInt] = [-1, -1]
            guard envsnap_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
            reading = FileDescriptor(rawValue: ends[0])
            writing = FileDescriptor(rawValue: ends[1])
        }
    }
}
