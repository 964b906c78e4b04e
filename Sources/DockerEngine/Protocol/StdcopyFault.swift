// SPDX-License-Identifier: Apache-2.0

/// How a multiplexed stream broke its rules.
enum StdcopyFault: Error, Equatable, CustomStringConvertible {
    /// The bytes are no header of a frame.
    case notAFrame(header: [UInt8])
    /// The frame is longer than any engine writes.
    case tooLong(Int)
    /// The stream ended within a frame.
    case cut

    var description: String {
        switch self {
        case .notAFrame(let header):
            "the stream holds \(header) where a frame should begin; a container with a terminal (Tty) sends no frames"
        case .tooLong(let length): "a frame of the stream claims a length of \(length) bytes"
        case .cut: "the stream ended within a frame"
        }
    }
}
