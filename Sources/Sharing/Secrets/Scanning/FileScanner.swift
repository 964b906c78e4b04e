// SPDX-License-Identifier: Apache-2.0

/// Finds secrets in a file of an archive, by what its path says that it is.
enum FileScanner {
    /// The largest file that is looked into.
    static let largest = 1 << 20

    /// Whether a file's content is text that can be looked into; everything else is only searched for what is known.
    static func isText(_ content: [UInt8]) -> Bool {
        content.count <= largest && !content.contains(0) && String(validating: content, as: UTF8.self) != nil
    }

    /// The secrets of a text file.
    ///
    /// - Parameter isSecret: Whether the file as a whole is known to be one.
    static func scan(_ content: [UInt8], path: [UInt8], isSecret: Bool) -> [SecretHit] {
        let parts = path.text.split(separator: "/").map(String.init)
        let name = parts.last ?? ""
        if name == ".pgpass" || name == "pgpass.conf" { return passwordFile(content) }
        if name == ".netrc" || name == "_netrc" { return netrc(content) }
        if isSecret || isSecretPlace(parts), let hit = whole(content, named: name) { return [hit] }
        return TextScanner.scan(content, as: kind(of: parts))
    }

    /// Whether files at such a path hold a secret and nothing else.
    private static func isSecretPlace(_ parts: [String]) -> Bool {
        guard let name = parts.last else { return false }
        if parts.dropLast().last == "secrets" || parts.dropLast().last == ".secrets" { return true }
        let pieces = name.split(separator: ".")
        let stem = pieces.first.map(String.init) ?? ""
        let isPlain =
            pieces.count == 1 || (pieces.count == 2 && ["txt", "secret", "token", "pass"].contains(pieces[1]))
        return isPlain && SecretNames.isSecret(stem.utf8)
    }

    /// All of a file with one line.
    private static func whole(_ content: [UInt8], named name: String) -> SecretHit? {
        let value = content[...].trimmed
        guard !value.isEmpty, value.count <= 4096, !value.contains(where: { $0.isLineEnd }), !value.contains(0x20)
        else {
            return nil
        }
        let grade = SecretGrade(Array(value), isPassword: true)
        if case .harmless = grade { return nil }
        guard !value.text.contains("://"), !value.text.hasPrefix("{") else { return nil }
        return SecretHit(
            range: value.indices, value: Array(value), writing: .plain, rule: .secretFile, name: name, grade: grade)
    }

    private static func kind(of parts: [String]) -> TextScanner.Kind {
        let name = (parts.last ?? "").lowercased()
        let suffix = name.split(separator: ".").last.map(String.init) ?? ""
        let settings: Set<String> = [
            "env", "ini", "conf", "cfg", "cnf", "properties", "yml", "yaml", "json", "toml", "xml", "npmrc", "tfvars",
            "envrc", "config", "credentials", "pypirc", "plist", "secret", "secrets", "tfstate", "htaccess", "service",
        ]
        if settings.contains(suffix) || name.hasPrefix(".env") || name.hasSuffix("rc") && name.hasPrefix(".") {
            return .settings
        }
        let commands: Set<String> = ["sh", "bash", "sql", "dockerfile", "mk"]
        if commands.contains(suffix) || name.hasSuffix("_history") || name == "makefile" { return .command }
        return .other
    }

    /// `host:port:database:user:password`, with a backslash before a colon
    /// (https://www.postgresql.org/docs/current/libpq-pgpass.html).
    private static func passwordFile(_ content: [UInt8]) -> [SecretHit] {
        lines(content).compactMap { line in
            guard line.first != UInt8(ascii: "#") else { return nil }
            var fields: [Int] = []
            var position = line.startIndex
            while position < line.endIndex, fields.count < 4 {
                if line[position] == 0x5C {
                    position += 1
                } else if line[position] == UInt8(ascii: ":") {
                    fields.append(position)
                }
                position += 1
            }
            guard fields.count == 4 else { return nil }
            let raw = line[min(position, line.endIndex)...]
            let writing: SecretWriting = raw.contains(0x5C) ? .escaped : .plain
            return hit(
                raw, writing, ".pgpass", user: SecretWriting.escaped.read(line[(fields[2] + 1)..<fields[3]]))
        }
    }

    /// `machine … login … password …` (netrc(5)).
    private static func netrc(_ content: [UInt8]) -> [SecretHit] {
        var hits: [SecretHit] = []
        let words = content[...].split { $0.isBlank || $0.isLineEnd }
        for (index, word) in words.enumerated().dropFirst() where words[index - 1].elementsEqual("password".utf8) {
            if let hit = hit(word, .plain, ".netrc", user: nil) { hits.append(hit) }
        }
        return hits
    }

    private static func hit(
        _ raw: ArraySlice<UInt8>, _ writing: SecretWriting, _ name: String, user: [UInt8]?
    ) -> SecretHit? {
        let value = writing.read(raw)
        guard !value.isEmpty else { return nil }
        let grade = SecretGrade(value, isPassword: true)
        if case .harmless = grade { return nil }
        return SecretHit(
            range: raw.indices, value: value, writing: writing, rule: .passwordFile, name: name, grade: grade,
            user: user)
    }

    private static func lines(_ content: [UInt8]) -> [ArraySlice<UInt8>] { content.split(whereSeparator: \.isLineEnd) }
}
