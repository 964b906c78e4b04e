// SPDX-License-Identifier: Apache-2.0

/// The path of an API route, without its version.
///
/// Literal parts stand as they are; what is interpolated is percent-encoded as one segment, so that no name can
/// reach another route: `"/containers/\(id)/json"`. See RFC 3986 section 2.
public struct RequestPath: ExpressibleByStringInterpolation, Sendable, Hashable, CustomStringConvertible {
    /// The path, encoded.
    public let description: String
    /// Whether a name left a segment empty or made it a step up, either of which would reach another route.
    let isSound: Bool

    /// A path without names in it.
    public init(stringLiteral value: String) {
        description = value
        isSound = true
    }

    /// A path with names in it.
    public init(stringInterpolation: Interpolation) {
        description = stringInterpolation.text
        isSound = stringInterpolation.isSound
    }

    /// The parts of a path as the compiler hands them over.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var isSound = true

        /// Room for a path.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 64)
        }

        /// Appends a fixed part.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// Appends a name as one segment.
        public mutating func appendInterpolation(_ segment: String) {
            isSound = isSound && !segment.isEmpty && segment != "." && segment != ".."
            text += PercentEncoding.segment(segment)
        }

        /// Appends the name of an image, whose slashes stay: the engine's router takes several segments there.
        public mutating func appendInterpolation(reference: String) {
            let segments = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            isSound = isSound && segments.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
            text += segments.map(PercentEncoding.segment).joined(separator: "/")
        }
    }
}
