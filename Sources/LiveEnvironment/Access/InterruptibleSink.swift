// SPDX-License-Identifier: Apache-2.0
import Archive

/// Hands an archive on until the task that waits for it is cancelled.
final class InterruptibleSink: ArchiveSink {
    private let sink: any ArchiveSink

    init(_ sink: any ArchiveSink) { self.sink = sink }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try BlockingWork.checkInterruption()
        try sink.write(bytes)
    }

    func contentBegins(_ version: ContentVersion?) throws -> Bool { try sink.contentBegins(version) }

    func contentEnds(isReliable: Bool) throws { try sink.contentEnds(isReliable: isReliable) }
}
