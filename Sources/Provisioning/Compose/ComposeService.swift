// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// What a compose file says of a service, as far as bringing it up needs to know.
struct ComposeService: Sendable, Equatable {
    let name: String
    /// The image that it names.
    let image: String?
    /// Whether it can be built.
    let isBuilt: Bool
    /// Whether `up` starts it without being asked for it: it belongs to no profile.
    let isStarted: Bool
    /// The services of the same project that it depends on.
    let dependencies: [String]
    /// What `extra_hosts` leads to.
    let extraHosts: [String]
    /// The words of its environment and commands, in which an address or a host's name may stand.
    let words: Set<String>
    /// The files of variables that have to be there.
    let environmentFiles: [String]
    /// What it tells envsnap.
    var remarks: JSONValue

    init(name: String, _ tree: JSONValue) {
        self.name = name
        image = tree["image"].string.flatMap { $0.isEmpty ? nil : $0 }
        isBuilt = !tree["build"].isNull
        isStarted = tree["profiles"].isEmpty
        let needed = ["depends_on", "links", "volumes_from"].flatMap { Self.names(tree[$0]) }
        // `service:alias` and `service:ro`; `container:` is none of the project's.
        dependencies = needed.filter { !$0.hasPrefix("container:") }
            .map { String($0.split(separator: ":").first ?? "") }
        extraHosts = Self.addresses(tree["extra_hosts"])
        let texts = ["environment", "command", "entrypoint", "args"].flatMap { Self.texts(tree[$0]) }
        words = Set(texts.flatMap(Self.words))
        environmentFiles = Self.files(tree["env_file"])
        remarks = tree["x-envsnap"]
    }

    /// Those of a list, or the keys of a mapping.
    private static func names(_ value: JSONValue) -> [String] { value.object?.keys ?? value.strings }

    /// What stands behind the names of `extra_hosts`: `name:address` or `name=address`, or a mapping.
    private static func addresses(_ value: JSONValue) -> [String] {
        if let members = value.object?.members {
            return members.flatMap { $0.value.string.map { [$0] } ?? $0.value.strings }.map(unbracketed)
        }
        return value.strings.compactMap { entry in
            guard let separator = entry.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
            return unbracketed(String(entry[entry.index(after: separator)...]))
        }
    }

    private static func unbracketed(_ address: String) -> String {
        address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
    }

    /// A text, the texts of a list, or the values of a mapping.
    private static func texts(_ value: JSONValue) -> [String] {
        if let text = value.string { return [text] }
        if let members = value.object?.members { return members.compactMap(\.value.string) }
        return value.strings.map { entry in
            // Of `NAME=value` only the value says anything.
            entry.firstIndex(of: "=").map { String(entry[entry.index(after: $0)...]) } ?? entry
        }
    }

    /// The words in which addresses and names of machines are written (RFC 1123 section 2.1).
    private static func words(_ text: String) -> [String] {
        text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) && !".-_".contains($0) }.map(String.init)
    }

    private static func files(_ value: JSONValue) -> [String] {
        if let file = value.string { return [file] }
        return (value.array ?? []).compactMap { entry in
            entry.string ?? (entry["required"].bool == false ? nil : entry["path"].string)
        }
    }
}
