// SPDX-License-Identifier: Apache-2.0

/// Takes an archive as it is written, and is told where the content of large files begins and ends.
public protocol ArchiveSink: AnyObject {
    /// Takes the next bytes; the memory is valid during the call only.
    func write(_ bytes: UnsafeRawBufferPointer) throws
    /// The next byte is the first of the content of a file with `ChunkRules.largeContent` bytes of it or more.
    ///
    /// - Parameter version: What tells the content from others; nil where nothing does.
    /// - Returns: whether the sink has the content already and is given none of its bytes.
    func contentBegins(_ version: ContentVersion?) throws -> Bool
    /// The byte before was the last of that content.
    ///
    /// - Parameter isReliable: Whether all of it was read and did not change meanwhile.
    func contentEnds(isReliable: Bool) throws
}

/// Takes an archive as mere bytes.
public final class PlainArchiveSink: ArchiveSink {
    private let sink: ByteSink

    /// An archive that goes to `sink`.
    public init(_ sink: @escaping ByteSink) { self.sink = sink }

    /// Hands the bytes on.
    public func write(_ bytes: UnsafeRawBufferPointer) throws { try sink(bytes) }
    /// Wants every byte.
    public func contentBegins(_ version: ContentVersion?) -> Bool { false }
    /// Nothing.
    public func contentEnds(isReliable: Bool) {}
}
