// SPDX-License-Identifier: Apache-2.0

/// The way to an engine.
enum Route: Sendable {
    /// A socket of this machine or a TCP port.
    case address(EngineAddress)
    /// A command in a container of another engine.
    case host(container: String, name: String, engine: Engine, command: [String])

    /// The way in words, for messages.
    var location: String {
        switch self {
        case .address(let address): address.description
        case .host(_, let name, let engine, _): "\(engine.location) > \(name)"
        }
    }

    /// How many hosts are entered on the way.
    var depth: Int {
        switch self {
        case .address: 0
        case .host(_, _, let engine, _): engine.depth + 1
        }
    }
}
