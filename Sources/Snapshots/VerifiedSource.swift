// SPDX-License-Identifier: Apache-2.0

/// Bytes out of the store that are verified in the pass that reads them.
///
/// The end is only reached when all bytes were found right; else reading throws.
public protocol VerifiedSource: AnyObject {
    /// How many bytes there are.
    var size: Int64 { get }
    /// Fills a part of the buffer; 0 at the verified end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension VerifiedSource {
    /// The next bytes; nil at the verified end.
    public func readChunk(upTo limit: Int = 1 << 18) throws -> [UInt8]? {
        let chunk = try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return chunk.isEmpty ? nil : chunk
    }

    /// Reads to the end, so that everything is verified.
    public func drain() throws { while try readChunk() != nil {} }
}
