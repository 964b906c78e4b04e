// SPDX-License-Identifier: Apache-2.0

/// A way of writing a value into a text, and how another value of the same form takes its place without a change of
/// length.
indirect enum SecretWriting {
    /// As it is.
    case plain
    /// With `%xx` (RFC 3986).
    case percent
    /// With a backslash before some characters, as in JSON, C and shells.
    case escaped
    /// With `$$` for `$`, as in compose files.
    case dollars
    /// As the end of what is written in base64 (RFC 4648), behind so many bytes.
    case base64(behind: Int)
    /// Written in one way into a text which is written in another.
    case within(SecretWriting, SecretWriting)

    /// The value that is written.
    func read(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        switch self {
        case .plain: Array(raw)
        case .percent, .escaped, .dollars: TextUnits(raw, self).decoded
        case .base64(let behind): Array((Base64Text(Array(raw))?.bytes ?? []).dropFirst(behind))
        case .within(let inner, let outer): inner.read(outer.read(raw)[...])
        }
    }

    /// The text with another value in it; nil where that cannot be written in the same length.
    func rewrite(_ raw: ArraySlice<UInt8>, as value: [UInt8]) -> [UInt8]? {
        switch self {
        case .plain: return value.count == raw.count ? value : nil
        case .percent, .escaped, .dollars: return TextUnits(raw, self).rewritten(as: value)
        case .base64(let behind):
            guard let text = Base64Text(Array(raw)) else { return nil }
            return text.replacing(behind..<text.bytes.count, with: value)
        case .within(let inner, let outer):
            let text = outer.read(raw)
            return inner.rewrite(text[...], as: value).flatMap { outer.rewrite(raw, as: $0) }
        }
    }
}
