// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONTree

/// A request as a fake engine saw it.
public struct FakeRequest: Sendable {
    /// The method.
    public let method: String
    /// The path without the API version, percent-decoded.
    public let path: String
    /// The API version in the path, as `1.45`; empty where there is none.
    public let version: String
    /// The query's items.
    public let query: [String: [String]]
    /// The content.
    public let body: [UInt8]

    init(method: String, target: String, body: [UInt8]) {
        self.method = method
        self.body = body
        let components = URLComponents(string: target)
        var path = components?.path ?? target
        var version = ""
        if path.hasPrefix("/v1."), let slash = path.dropFirst().firstIndex(of: "/") {
            version = String(path[..<slash].dropFirst(2))
            path = String(path[slash...])
        }
        self.path = path
        self.version = version
        query = Dictionary(grouping: components?.queryItems ?? [], by: \.name).mapValues { $0.compactMap(\.value) }
    }

    /// The method and the path: `GET /info`.
    public var line: String { "\(method) \(path)" }

    /// The content as JSON; null where it is none.
    public var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
}

/// An answer of a fake engine.
public struct FakeAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The content.
    public var body: [UInt8]
    /// Further headers.
    public var headers: [String: String]

    /// An answer with text.
    public init(status: Int = 200, text: String, headers: [String: String] = [:]) {
        self.init(status: status, body: Array(text.utf8), headers: headers)
    }

    /// An answer with bytes.
    public init(status: Int = 200, body: [UInt8], headers: [String: String] = [:]) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    /// An answer with JSON.
    public static func json(_ value: JSONValue, status: Int = 200) -> FakeAnswer {
        FakeAnswer(status: status, body: value.canonicalBytes)
    }

    /// An answer without content.
    public static let done = FakeAnswer(status: 204, body: [])

    /// A failure as engines report it.
    public static func failure(_ status: Int, _ message: String) -> FakeAnswer {
        .json(["message": .string(message)], status: status)
    }
}
