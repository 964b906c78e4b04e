// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// One network interface as a running container sees it, which inspect does not show.
public struct InterfaceRecord: Sendable, Equatable, JSONRepresentable {
    /// The name of the interface, as `eth0`.
    public var name: String
    /// Its MAC address, by which it is matched with an endpoint.
    public var macAddress: String
    /// Whether the default route leaves by it.
    public var hasDefaultRoute: Bool

    /// An interface of a container.
    public init(name: String, macAddress: String, hasDefaultRoute: Bool) {
        self.name = name
        self.macAddress = macAddress
        self.hasDefaultRoute = hasDefaultRoute
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        name = try json.requiredString("name")
        macAddress = try json.requiredString("macAddress")
        hasDefaultRoute = json["hasDefaultRoute"].bool ?? false
    }

    /// The record's JSON form.
    public var json: JSONValue {
        ["name": .string(name), "macAddress": .string(macAddress), "hasDefaultRoute": .bool(hasDefaultRoute)]
    }
}
