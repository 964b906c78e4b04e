// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// Reads the JSON values an engine sends one behind the other while it works, such as on `POST /images/load`.
enum LoadProgress {
    /// The values of an answer.
    ///
    /// - Throws: `EngineError` with `.engineFailure` where one of them reports an error: the status is 200 by then.
    static func values(in bytes: [UInt8]) throws -> [JSONValue] {
        try bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.contains(where: { $0 > 0x20 }) else { return nil }
            let value: JSONValue
            do {
                value = try JSONValue(parsing: line)
            } catch {
                throw EngineError(.protocolViolation, "a line of the engine's progress is \(error)", cause: error)
            }
            if let message = value["errorDetail"]["message"].string ?? value["error"].string {
                throw EngineError(.engineFailure, "the engine reports: \(message)")
            }
            return value
        }
    }
}
