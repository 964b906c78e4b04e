// SPDX-License-Identifier: Apache-2.0
// https://www.rfc-editor.org/rfc/rfc3986

import Foundation

/// The parts of addresses that matter to a registry's client.
enum WebAddress {
    /// The address that a `Location` header means, seen from the one that was asked.
    static func resolve(_ location: String, from base: String) -> String? {
        guard let base = URL(string: base), let url = URL(string: location, relativeTo: base)?.absoluteURL,
            ["http", "https"].contains(url.scheme), url.host() != nil
        else { return nil }
        return url.absoluteString
    }

    /// Scheme, host and port: credentials for one origin are for no other.
    static func origin(_ address: String) -> String? {
        guard let url = URL(string: address), let scheme = url.scheme, let host = url.host() else { return nil }
        return "\(scheme)://\(host):\(url.port ?? (scheme == "https" ? 443 : 80))"
    }

    /// The address with something more in its query.
    static func adding(_ name: String, _ value: String, to address: String) -> String {
        address + (address.contains("?") ? "&" : "?") + "\(name)=\(escaped(value))"
    }

    /// A value as a query has it.
    static func escaped(_ value: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return value.addingPercentEncoding(withAllowedCharacters: plain) ?? value
    }
}
