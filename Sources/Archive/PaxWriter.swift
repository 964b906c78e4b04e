// SPDX-License-Identifier: Apache-2.0

/// Writes a pax archive whose bytes depend on the entries alone.
///
/// The format is written here and not by libarchive, whose bytes change from version to version, and which (3.6.2)
/// writes -4.5 s as "-5.5" and escapes attribute names so that GNU tar restores other ones. Names are raw bytes without
/// `hdrcharset`, as GNU tar writes them. GNU tar, libarchive and Go read the result.
public final class PaxWriter {
    private enum State {
        case ready, failed, finished
    }

    private let sink: any ArchiveSink
    private let output: OutputBuffer
    private var state = State.ready

    /// An empty archive that goes to `sink` in chunks of about 256 KiB.
    public convenience init(sink: @escaping ByteSink) { self.init(into: PlainArchiveSink(sink)) }

    /// An empty archive that goes to `sink`, which is told of the content of large files.
    public init(into sink: any ArchiveSink) {
        self.sink = sink
        output = OutputBuffer(sink: sink)
    }

    /// Adds an entry whose data `body` hands over: all of a dense file, the extents one after the other of a sparse one.
    ///
    /// When anything throws, the archive is spoilt and every later call throws.
    public func append(_ entry: ArchiveEntry, body: (_ write: ByteSink) throws -> Void) throws {
        try append(entry, version: nil, isReliable: { false }, body: body)
    }

    /// The same; `body` is left out where the sink knows the version, else `isReliable` is asked after it.
    func append(
        _ entry: ArchiveEntry, version: ContentVersion?, isReliable: () -> Bool,
        body: (_ write: ByteSink) throws -> Void
    ) throws {
        guard state == .ready else {
            throw ArchiveError(.misuse, "the archive takes no entry: it failed, is finished or has an entry open")
        }
        state = .failed
        let form = try PaxForm(entry)
        try output.write(form.header)
        let expected = entry.dataSize
        let isLarge = expected >= ChunkRules.largeContent
        var written: Int64 = 0
        if isLarge {
            try output.flush()
            if try sink.contentBegins(version) { written = expected }
        }
        let isKnown = isLarge && written == expected
        if !isKnown {
            try body { bytes in
                written += Int64(bytes.count)
                guard written <= expected else {
                    throw ArchiveError(
                        .misuse, "more data than announced for \(Name.text(entry.path))", path: entry.path)
                }
                try output.write(bytes)
            }
        }
        guard written == expected else {
            throw ArchiveError(.misuse, "less data than announced for \(Name.text(entry.path))", path: entry.path)
        }
        if isLarge {
            try output.flush()
            try sink.contentEnds(isReliable: !isKnown && isReliable())
        }
        try output.writeZeros(form.padding)
        state = .ready
    }

    /// Adds an entry without data.
    public func append(_ entry: ArchiveEntry) throws {
        try append(entry) { _ in }
    }

    /// Adds an entry whose data is at hand.
    public func append(_ entry: ArchiveEntry, bytes: [UInt8]) throws {
        try append(entry) { write in
            try bytes.withUnsafeBytes { try write($0) }
        }
    }

    /// Writes the end mark; an archive without it reads as truncated.
    public func finish() throws {
        guard state == .ready else {
            throw ArchiveError(.misuse, "the archive cannot be finished: it failed, is finished or has an entry open")
        }
        state = .failed
        try output.writeZeros(Int64(2 * UstarHeader.blockSize))
        try output.flush()
        state = .finished
    }
}
