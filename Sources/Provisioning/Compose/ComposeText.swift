// SPDX-License-Identifier: Apache-2.0
import JSONTree
import Yams

/// The text of a compose file.
struct ComposeText: Sendable {
    /// How the file is called in messages.
    let file: String
    let text: String

    /// The file as a tree, merge keys resolved (https://yaml.org/type/merge.html).
    ///
    /// - Throws: `ProvisioningError` with the file and the line where it is no YAML.
    func tree() throws -> JSONValue {
        do {
            return try Yams.compose(yaml: text).map(Self.value) ?? .null
        } catch let error as YamlError {
            throw ProvisioningError(.badComposeFile, Self.message(of: error, file), hint: "mend the file, then again")
        }
    }

    /// The line on which a key stands that is named by those above it, as `["services", "web", "imgae"]`; where the last
    /// is not found, the line of the nearest above it; nil where not even the second is found.
    func line(of path: [String]) -> Int? {
        guard var node = try? Yams.compose(yaml: text) else { return nil }
        var lines: [Int] = []
        for key in path {
            guard let pair = node.mapping?.first(where: { $0.key.string == key }), let mark = pair.key.mark else {
                break
            }
            lines.append(mark.line)
            node = pair.value
        }
        return lines.count >= min(2, path.count) ? lines.last : nil
    }

    private static func message(of error: YamlError, _ file: String) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "\(file), line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            return "\(file), line \(before.count { $0.isNewline } + 1): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            return "\(file), line \(context.mark.line): \(duplicates.joined(separator: ", ")) stands there twice"
        default: return "\(file) cannot be read as YAML"
        }
    }

    private static func value(_ node: Node) -> JSONValue {
        if let mapping = node.mapping { return .object(object(mapping)) }
        if let sequence = node.sequence { return .array(sequence.map(value)) }
        guard let scalar = node.scalar else { return .null }
        // Only what was not quoted can be anything but text.
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return .string(scalar.string)
        }
    }

    private static func object(_ mapping: Node.Mapping) -> JSONObject {
        var object = JSONObject()
        for pair in mapping where pair.key.string == "<<" {
            let merged = pair.value.sequence.map(Array.init) ?? [pair.value]
            // Of several the first counts.
            for node in merged.reversed() {
                guard let inner = node.mapping else { continue }
                for member in Self.object(inner).members { object[member.key] = member.value }
            }
        }
        for pair in mapping where pair.key.string != "<<" {
            guard let key = pair.key.string else { continue }
            object[key] = value(pair.value)
        }
        return object
    }
}
