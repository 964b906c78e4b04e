// SPDX-License-Identifier: Apache-2.0
public import JSONTree
import OCI

/// A record of the environment document, with one JSON form.
public protocol JSONRepresentable {
    /// Reads the record from its JSON form.
    init(json: JSONValue) throws
    /// The record's JSON form; members without a value are left out.
    var json: JSONValue { get }
}

extension JSONValue {
    func requiredString(_ key: String) throws -> String {
        guard let value = self[key].string else { throw ModelError.malformed("\"\(key)\" is missing or no string") }
        return value
    }

    func requiredInt(_ key: String) throws -> Int64 {
        guard let value = self[key].int else { throw ModelError.malformed("\"\(key)\" is missing or no integer") }
        return value
    }

    func requiredDigest(_ key: String) throws -> Digest {
        guard let digest = try? Digest(parsing: requiredString(key)) else {
            throw ModelError.malformed("\"\(key)\" is missing or no SHA-256 digest")
        }
        return digest
    }

    func records<Record: JSONRepresentable>(_ key: String, _ type: Record.Type = Record.self) throws -> [Record] {
        try (self[key].array ?? []).map(Record.init(json:))
    }

    func record<Record: JSONRepresentable>(_ key: String, _ type: Record.Type = Record.self) throws -> Record? {
        self[key].isNull ? nil : try Record(json: self[key])
    }

    /// An object of the members that have a value: null, and what is empty, is left out.
    static func compact(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var object = JSONObject()
        for (key, value) in members where !value.isEmpty { object[key] = value }
        return .object(object)
    }
}

extension Array where Element: JSONRepresentable {
    var json: JSONValue { .array(map(\.json)) }
}

extension Array where Element == String {
    var json: JSONValue { .array(map(JSONValue.string)) }
}
