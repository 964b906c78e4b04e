// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

/// What a program did.
struct Outcome: Error, CustomStringConvertible {
    /// The command line.
    let arguments: [String]
    /// Its exit status; negative where a signal ended it.
    let status: Int32
    /// What it wrote to standard output.
    let output: String
    /// What it wrote to standard error.
    let errors: String

    var description: String {
        "\(arguments.joined(separator: " ")) ended with \(status)\n\(output.suffix(4000))\n\(errors.suffix(4000))"
    }

    /// The `data` of an envelope on standard output.
    var data: JSONValue {
        get throws {
            let envelope = try JSONValue(parsing: output)
            #expect(envelope["version"] == 1, "no envelope: \(self)")
            #expect(envelope["warnings"].array != nil, "no envelope: \(self)")
            return envelope["data"]
        }
    }

    /// The `error` of an envelope on standard error, which comes last and with nothing on standard output.
    var error: JSONValue {
        get throws {
            #expect(output.isEmpty, "a failure wrote results: \(self)")
            let last = errors.split(separator: "\n").last.map(String.init) ?? ""
            let envelope = try JSONValue(parsing: last)
            #expect(envelope["version"] == 1, "no envelope: \(self)")
            #expect(envelope["error"]["code"].string?.isEmpty == false, "no code: \(self)")
            #expect(envelope["error"]["message"].string?.isEmpty == false, "no message: \(self)")
            return envelope["error"]
        }
    }

    /// The outcome, when it ended with a status; otherwise the test ends here.
    func expecting(_ status: Int32, _ location: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(self.status == status, "\(self)", sourceLocation: location)
        return self
    }
}
