// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Whether a container can bear the name (moby's `RestrictedNameChars`), and an image as its tag
    /// (distribution/reference: up to 128 characters).
    var isReplayName: Bool {
        guard utf8.count <= 128, let first = utf8.first,
            Character(Unicode.Scalar(first)).isLetter || Character(Unicode.Scalar(first)).isNumber
        else { return false }
        return allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// A replay's name made of any text.
    var replayStem: String {
        let safe = prefix(100).map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
        let cut = String(safe.drop { !$0.isLetter && !$0.isNumber })
        return cut.isEmpty ? "replay" : cut
    }
}
