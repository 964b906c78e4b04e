// SPDX-License-Identifier: Apache-2.0

/// Puts stand-ins in the place of secrets, wherever and however they are written, without a change of length.
final class SecretEditor {
    /// How many bytes beside a place may have to be seen to edit it.
    static let margin = 256

    private let standIns: StandIns
    private let forms: [SecretForms.Form]
    private var fixed: [[UInt8]: [UInt8]]
    private let verifiers: PostgresVerifiers?
    private var patterns: PatternSet

    /// An editor for secrets that are looked for everywhere.
    ///
    /// - Parameter fixed: Other bytes with what takes their place, of the same length.
    init(
        _ values: some Collection<[UInt8]>, standIns: StandIns, fixed: [[UInt8]: [UInt8]] = [:],
        verifiers: PostgresVerifiers? = nil
    ) {
        self.standIns = standIns
        self.fixed = fixed
        self.verifiers = verifiers
        forms = SecretForms(of: values).all
        patterns = PatternSet([])
        rebuild()
    }

    /// Also replaces these bytes from now on.
    func replace(_ old: [UInt8], with new: [UInt8]) {
        fixed[old] = new
        rebuild()
    }

    private func rebuild() {
        patterns = PatternSet(
            forms.map(\.pattern) + [PostgresVerifiers.mark] + fixed.keys.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// How many bytes have to be there to find whatever begins at the first of them.
    var reach: Int { max(patterns.longest, PostgresVerifiers.longest) + Self.margin }

    /// Edits the places that were found in a text, then everything that is known; says how many places there were.
    func edit(_ text: inout [UInt8], at hits: [SecretHit]) throws -> Int {
        var count = 0
        for hit in hits {
            let standIn = try standIns.standIn(for: hit.value)
            guard let written = hit.writing.rewrite(text[hit.range], as: standIn), written.count == hit.range.count
            else {
                throw SharingError(
                    .secretLeft, "a secret is written in a way in which it cannot be replaced (\(hit.rule.title))",
                    hint: "use --encrypt-to, or write it plainly and capture again")
            }
            text.replaceSubrange(hit.range, with: written)
            count += 1
        }
        return try count + edit(&text, from: 0, to: text.count).count
    }

    /// Edits what begins in a part of the bytes; gives the places.
    func edit(_ bytes: inout [UInt8], from start: Int, to end: Int) throws -> [Range<Int>] {
        var places: [Range<Int>] = []
        var position = start
        while let found = bytes.withUnsafeBytes({ patterns.next(in: $0, from: position) }), found.position < end {
            let pattern = patterns.patterns[found.pattern]
            let range = found.position..<found.position + pattern.count
            position = range.upperBound
            if found.pattern < forms.count {
                places.append(try put(forms[found.pattern], range, &bytes))
            } else if let new = fixed[pattern] {
                bytes.replaceSubrange(range, with: new)
                places.append(range)
            } else if let edited = try verifiers?.edit(&bytes, at: found.position, standIns) {
                position = edited.upperBound
                places.append(edited)
            }
        }
        return places
    }

    private func put(_ form: SecretForms.Form, _ range: Range<Int>, _ bytes: inout [UInt8]) throws -> Range<Int> {
        let standIn = try standIns.standIn(for: form.value)
        let written: [UInt8]?
        switch form.kind {
        case .plain: written = standIn
        case .percent: written = SecretWriting.percent.rewrite(bytes[range], as: standIn)
        case .escaped: written = SecretWriting.escaped.rewrite(bytes[range], as: standIn)
        case .dollars: written = SecretWriting.dollars.rewrite(bytes[range], as: standIn)
        case .hex:
            let isUpper = bytes[range].contains(where: \.isUpper)
            written = standIn.hexDigits.map { isUpper && $0.isLower ? $0 - 32 : $0 }
        case .base64(let skipped, let character, let isURLSafe):
            let start = range.lowerBound - character
            Base64Text.write(standIn, behind: skipped, at: start, of: &bytes, urlSafe: isURLSafe)
            return max(0, start)..<min(bytes.count, range.upperBound + 1)
        }
        guard let written, written.count == range.count else {
            throw SharingError(.secretLeft, "a secret is written in a way in which it cannot be replaced")
        }
        bytes.replaceSubrange(range, with: written)
        return range
    }
}
