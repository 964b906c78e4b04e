// SPDX-License-Identifier: Apache-2.0

/// The way to an engine.
enum Route: Sendable {
    /// A socket of this machine or a TCP port.
    case address(EngineAddress)
    /// A container of another engine: straight to the socket in it where that opens, else through a command.
    case host(container: String, name: String, engine: Engine, command: [String], socket: SocketOpener?)

    /// The way in words, for messages.
    var location: String {
        switch self {
        case .address(let address): address.description
        case .host(_, let name, let engine, _, _): "\(engine.location) > \(name)"
        }
    }

    /// The address at which the way begins.
    var address: EngineAddress {
        switch self {
        case .address(let address): address
        case .host(_, _, let engine, _, _): engine.transport.route.address
        }
    }

    /// How many hosts are entered on the way.
    var depth: Int {
        switch self {
        case .address: 0
        case .host(_, _, let engine, _, _): engine.depth + 1
        }
    }
}
