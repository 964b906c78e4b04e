// SPDX-License-Identifier: Apache-2.0

/// One request.
public struct HTTPRequest {
    /// Fills a part of the buffer with the next bytes of a body; 0 is its end.
    public typealias BodySource = (UnsafeMutableRawBufferPointer) throws -> Int

    /// The method, such as `GET`.
    public var method: String
    /// The absolute address, `http` or `https`.
    public var url: String
    /// The headers in their order.
    public var headers: [(name: String, value: String)]
    /// The number of bytes of the body and where they come from.
    public var body: (size: Int64, source: BodySource)?

    /// Makes a request.
    public init(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
        body: (size: Int64, source: BodySource)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// A body that is at hand.
    public static func body(_ bytes: [UInt8]) -> (size: Int64, source: BodySource) {
        var rest = bytes[...]
        return (
            Int64(bytes.count),
            { buffer in
                let portion = rest.prefix(buffer.count)
                buffer.copyBytes(from: portion)
                rest = rest.dropFirst(portion.count)
                return portion.count
            }
        )
    }
}
