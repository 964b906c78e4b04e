// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A network of an engine.
public struct NetworkRecord: Sendable, Equatable, JSONRepresentable {
    /// The engine's answer to `GET /networks/ID`.
    public var inspect: JSONValue

    /// A network as an engine shows it.
    public init(inspect: JSONValue) { self.inspect = inspect }

    /// The network's name.
    public var name: String { inspect["Name"].string ?? "" }
    /// The network's id on the engine that was asked.
    public var id: String { inspect["Id"].string ?? "" }
    /// Whether every engine has this network by itself.
    public var isPredefined: Bool { ["bridge", "host", "none"].contains(name) }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        inspect = json["inspect"]
        guard !name.isEmpty else { throw ModelError.malformed("a network without a name") }
    }

    /// The record's JSON form.
    public var json: JSONValue { ["inspect": inspect] }
}
