// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// Reads JSON text.
    ///
    /// - Throws: `JSONError` with the place, also for duplicate keys and for nesting deeper than `maximumDepth`.
    public init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(JSONError) {
        let contiguous = ContiguousArray(bytes)
        let parsed = contiguous.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
            var parser = JSONParser(buffer, maximumDepth: maximumDepth)
            do throws(JSONError) { return .success(try parser.parseDocument()) } catch { return .failure(error) }
        }
        self = try parsed.get()
    }

    /// Reads JSON text.
    public init(parsing text: String) throws(JSONError) { try self.init(parsing: text.utf8) }

    /// The one canonical text of the value: keys in the order of their bytes, no white space, `/` not escaped.
    ///
    /// Digests depend on it, so it never changes (RFC 8785, except that numbers keep their literal).
    public var canonicalBytes: [UInt8] {
        var writer = JSONWriter(indentation: nil)
        writer.write(self)
        return writer.bytes
    }

    /// Gives the canonical text and a line's end in pieces, so that a long list needs no memory for its text.
    public func writeCanonicalLine(to sink: @escaping ([UInt8]) -> Void) {
        var writer = JSONWriter(indentation: nil, sink: sink)
        writer.write(self)
        sink(writer.bytes + [UInt8(ascii: "\n")])
    }

    /// The value as indented text for people, keys in the order of their bytes.
    public var prettyText: String {
        var writer = JSONWriter(indentation: 2)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The canonical text as a string.
    public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }
}
