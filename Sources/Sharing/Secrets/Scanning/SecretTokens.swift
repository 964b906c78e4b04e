// SPDX-License-Identifier: Apache-2.0

/// Tokens that are known by their form.
enum SecretTokens {
    private struct Form {
        let prefix: StaticString
        let length: ClosedRange<Int>
        var allows: @Sendable (UInt8) -> Bool = { $0.isLetter || $0.isDigit }
    }

    private static let wide: @Sendable (UInt8) -> Bool = { $0.isNamePart }
    private static let joined: @Sendable (UInt8) -> Bool = { $0.isLetter || $0.isDigit || $0 == 0x5F }
    private static let dashed: @Sendable (UInt8) -> Bool = { $0.isNamePart && $0 != 0x2E }

    /// The forms, by the services that give them out; the length is that of what stands behind the prefix.
    private static let forms: [Form] = [
        Form(prefix: "AKIA", length: 16...16), Form(prefix: "ASIA", length: 16...16),
        Form(prefix: "ghp_", length: 36...36), Form(prefix: "gho_", length: 36...36),
        Form(prefix: "ghu_", length: 36...36), Form(prefix: "ghs_", length: 36...36),
        Form(prefix: "ghr_", length: 36...76), Form(prefix: "github_pat_", length: 60...100, allows: joined),
        Form(prefix: "glpat-", length: 20...64, allows: dashed), Form(prefix: "gldt-", length: 20...64, allows: dashed),
        Form(prefix: "xoxb-", length: 20...100, allows: dashed),
        Form(prefix: "xoxp-", length: 20...100, allows: dashed),
        Form(prefix: "xoxa-", length: 20...100, allows: dashed),
        Form(prefix: "xoxs-", length: 20...100, allows: dashed),
        Form(prefix: "xapp-", length: 20...120, allows: dashed), Form(prefix: "sk_live_", length: 16...128),
        Form(prefix: "rk_live_", length: 16...128), Form(prefix: "sk_test_", length: 16...128),
        Form(prefix: "sk-", length: 32...200, allows: dashed), Form(prefix: "AIza", length: 35...35, allows: dashed),
        Form(prefix: "npm_", length: 36...36), Form(prefix: "pypi-", length: 60...250, allows: dashed),
        Form(prefix: "SG.", length: 60...70, allows: wide), Form(prefix: "hvs.", length: 24...120, allows: dashed),
        Form(prefix: "dop_v1_", length: 64...64), Form(prefix: "shpat_", length: 32...32),
        Form(prefix: "AGE-SECRET-KEY-1", length: 58...58),
    ]

    /// The length of the token that a run of name characters is; nil where it is none.
    static func length(_ run: ArraySlice<UInt8>) -> Int? {
        guard run.count >= 19, let first = run.first, "AaegsghnxprdS".utf8.contains(first) else { return nil }
        if run.hasPrefixIgnoringCase("eyJ") { return webToken(run) }
        for form in forms where form.prefix.utf8Start[0] == first {
            let isPrefix = form.prefix.withUTF8Buffer { run.starts(with: $0) }
            guard isPrefix else { continue }
            var rest = run.dropFirst(form.prefix.utf8CodeUnitCount)
            while let last = rest.last, !(last.isLetter || last.isDigit) { rest = rest.dropLast() }
            guard form.length.contains(rest.count), rest.allSatisfy(form.allows), rest.contains(where: \.isDigit) else {
                continue
            }
            return form.prefix.utf8CodeUnitCount + rest.count
        }
        return nil
    }

    /// Three parts in base64, the first two of them JSON objects (RFC 7519).
    private static func webToken(_ run: ArraySlice<UInt8>) -> Int? {
        let parts = run.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].count > 8, parts[1].hasPrefixIgnoringCase("eyJ"), parts[2].count >= 16,
            !parts[..<3].joined().contains(UInt8(ascii: "."))
        else { return nil }
        return parts[0].count + parts[1].count + parts[2].count + 2
    }
}
