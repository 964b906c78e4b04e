// SPDX-License-Identifier: Apache-2.0

/// Takes all the bytes, or throws.
///
/// The memory is valid during the call only.
public typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// Fills a part of the buffer and says how much; 0 is the end.
public typealias ByteSource = (UnsafeMutableRawBufferPointer) throws -> Int
