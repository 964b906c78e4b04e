// SPDX-License-Identifier: Apache-2.0

/// A command to be run in a container of an environment, whose outcome is recorded.
public struct ProbeRequest: Sendable, Equatable {
    /// The container, as `foo-host-corge/foo-app`.
    public let container: String
    /// What its shell is to run.
    public let command: String

    /// Reads `HOST/CONTAINER: COMMAND`; nil where one of the two is missing.
    ///
    /// No name of a container or a service has a colon in it.
    public init?(parsing text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        container = text[..<colon].trimmed
        command = text[text.index(after: colon)...].trimmed
        let names = container.split(separator: "/", omittingEmptySubsequences: false)
        guard !command.isEmpty, !names.contains("") else { return nil }
    }

    /// The names on the way to the container, the outermost host first.
    public static func names(in path: String) -> [String] { path.split(separator: "/").map(String.init) }
}

extension Substring {
    /// The text without the white space around it.
    fileprivate var trimmed: String {
        let rest = drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
