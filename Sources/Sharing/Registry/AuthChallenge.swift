// SPDX-License-Identifier: Apache-2.0
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1

import HTTPTransfer

/// What a registry wants to see, from a `WWW-Authenticate` header.
struct AuthChallenge: Equatable, Sendable {
    /// The scheme in lower case, such as `bearer`.
    let scheme: String
    /// Its parameters, by their names in lower case.
    let parameters: [String: String]

    /// The best challenge of an answer that this program can meet: a token, else a password.
    static func best(of head: HTTPHead) -> AuthChallenge? {
        let all = head.values("WWW-Authenticate").compactMap(AuthChallenge.init(parsing:))
        return all.first { $0.scheme == "bearer" && $0.parameters["realm"] != nil }
            ?? all.first { $0.scheme == "basic" }
    }

    /// Parses one challenge: a scheme, then `name=value` or `name="value"` with commas between.
    init?(parsing text: String) {
        let head = text.prefix { $0 != " " }
        guard !head.isEmpty else { return nil }
        scheme = head.lowercased()
        var rest = text.dropFirst(head.count)
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," }
            guard let equals = rest.firstIndex(of: "=") else { break }
            let name = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            parameters[name] = Self.takeValue(&rest)
        }
        self.parameters = parameters
    }

    private static func takeValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != "," && $0 != " " }
            rest = rest.dropFirst(value.count)
            return String(value)
        }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
        }
        return value
    }
}
