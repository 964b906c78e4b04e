// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// A compose project as its files describe it.
struct ComposeModel: Sendable {
    /// The project's name, where a file gives one.
    let name: String?
    let services: [ComposeService]

    /// Reads what the compose tool made of the files, in which everything is resolved and `$$` stands for `$`.
    init(resolved text: ComposeText) throws {
        self.init(try text.tree(), variables: ComposeVariables([:]))
    }

    /// Reads the files themselves, the later ones over the earlier.
    ///
    /// What they extend or include is not looked at: this is
    /// for what has to be known before the tool can be asked.
    init(files: [ComposeText], variables: [String: String]) throws {
        let trees = try files.map { try $0.tree() }
        let merged = trees.dropFirst().reduce(trees.first ?? .null) { Self.merge($0, $1) }
        self.init(merged, variables: ComposeVariables(variables))
    }

    private init(_ tree: JSONValue, variables: ComposeVariables) {
        let tree = Self.replace(in: tree, variables)
        name = tree["name"].string
        services = (tree["services"].object?.members ?? []).map { ComposeService(name: $0.key, $0.value) }
    }

    private init(name: String?, services: [ComposeService]) {
        self.name = name
        self.services = services
    }

    /// A project without services.
    static let empty = ComposeModel(name: nil, services: [])

    /// The model with what the files themselves say beyond it: version 2 of the tool leaves out services that belong to
    /// a profile.
    func completed(by files: ComposeModel) -> ComposeModel {
        let known = services.map { service in
            guard service.remarks.isNull, let file = files.service(service.name) else { return service }
            var service = service
            service.remarks = file.remarks
            return service
        }
        return ComposeModel(name: name, services: known + files.services.filter { self.service($0.name) == nil })
    }

    /// The services that `up` starts.
    var started: [ComposeService] { services.filter(\.isStarted) }

    /// The service of a name.
    func service(_ name: String) -> ComposeService? { services.first { $0.name == name } }

    private static func replace(in value: JSONValue, _ variables: ComposeVariables) -> JSONValue {
        switch value {
        case .string(let text): return .string(variables.replace(in: text))
        case .array(let elements): return .array(elements.map { replace(in: $0, variables) })
        case .object(let object):
            var replaced = JSONObject()
            for member in object.members { replaced[member.key] = replace(in: member.value, variables) }
            return .object(replaced)
        default: return value
        }
    }

    /// One file over another: mappings are joined, lists are put together, everything else is replaced
    /// (https://github.com/compose-spec/compose-spec/blob/main/13-merge.md).
    private static func merge(_ below: JSONValue, _ above: JSONValue) -> JSONValue {
        switch (below, above) {
        case (.object(var merged), .object(let upper)):
            for member in upper.members {
                merged[member.key] = merged[member.key].map { merge($0, member.value) } ?? member.value
            }
            return .object(merged)
        case (.array(let lower), .array(let upper)): return .array(lower + upper)
        default: return above
        }
    }
}
