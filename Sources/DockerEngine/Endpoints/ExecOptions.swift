// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// How a command is run in a container.
public struct ExecOptions: Sendable {
    /// The user, or user:group; the container's own unless given.
    public var user: String?
    /// The working directory; the container's own unless given.
    public var workingDirectory: String?
    /// Variables beside the container's own, as `NAME=value`.
    public var environment: [String]
    /// Whether the command gets all capabilities.
    public var privileged: Bool
    /// Whether standard input is connected.
    public var input: Bool
    /// Whether the command gets a terminal; its output is then one stream.
    public var terminal: Bool

    /// Options; without any, a command runs as the container's own process does, without input.
    public init(
        user: String? = nil, workingDirectory: String? = nil, environment: [String] = [], privileged: Bool = false,
        input: Bool = false, terminal: Bool = false
    ) {
        self.user = user
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.privileged = privileged
        self.input = input
        self.terminal = terminal
    }

    func body(command: [String]) -> JSONValue {
        var object: JSONObject = JSONObject()
        object["AttachStdin"] = .bool(input)
        object["AttachStdout"] = true
        object["AttachStderr"] = true
        object["Tty"] = .bool(terminal)
        object["Privileged"] = .bool(privileged)
        object["Cmd"] = .array(command.map(JSONValue.string))
        object["User"] = user.map(JSONValue.string)
        object["WorkingDir"] = workingDirectory.map(JSONValue.string)
        if !environment.isEmpty { object["Env"] = .array(environment.map(JSONValue.string)) }
        return .object(object)
    }
}
