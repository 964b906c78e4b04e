// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A piece of what envsnap and its helper say to each other.
///
/// One byte for the kind, four for the length of what follows, the most significant first. Both sides are the same
/// program, which the name of the helper's image makes sure of, so there are no versions.
struct HelperFrame {
    enum Kind: UInt8 {
        /// A `HelperRequest` as JSON; what it brings along follows as data with an end.
        case request = 1
        /// A piece of an archive or a file, compressed where the link is worth it.
        case data
        /// The end of what a request brings along.
        case end
        /// A `HelperAnswer` as JSON; what was asked for has come before it as data.
        case answer
        /// Nothing, said from time to time, so that silence means that a side is gone.
        case beat
    }

    static let headSize = 5
    /// More than any answer has; what claims to be longer is no frame.
    static let longest = 1 << 30

    let kind: Kind
    let payload: [UInt8]

    init(_ kind: Kind, _ payload: [UInt8] = []) {
        self.kind = kind
        self.payload = payload
    }

    /// A frame that holds a value as JSON.
    init(_ kind: Kind, json value: some Encodable) throws {
        self.init(kind, Array(try JSONEncoder().encode(value)))
    }

    /// The frame as it is sent.
    var bytes: [UInt8] {
        let length = UInt32(payload.count)
        return [kind.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + payload
    }

    /// The kind and the length of what follows a head.
    static func parse(head: some Collection<UInt8>) throws -> (kind: Kind, length: Int) {
        let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard let kind = head.first.flatMap({ Kind(rawValue: $0) }), length <= longest else {
            throw LiveEnvironmentError(.helperFailed, "what comes from the other side of the helper's link is no frame")
        }
        return (kind, length)
    }

    /// The value that the frame holds.
    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(payload))
    }
}
