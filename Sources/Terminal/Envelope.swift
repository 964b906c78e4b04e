// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// The one shape of everything that `--json` prints; `docs/json.md` describes it.
public enum Envelope {
    /// The version of the envelope.
    public static let version: Int64 = 1

    /// A result with the warnings that came with it, for standard output.
    public static func result(_ data: JSONValue, warnings: [String]) -> JSONValue {
        ["version": .int(version), "data": data, "warnings": .array(warnings.map(JSONValue.string))]
    }

    /// A failure, for standard error; details are for programs, and left out where there are none.
    public static func failure(
        code: String, message: String, hint: String?, details: JSONValue = .null
    ) -> JSONValue {
        var error = JSONObject([
            "code": .string(code), "message": .string(message), "hint": .optional(hint),
        ])
        if !details.isNull { error["details"] = details }
        return ["version": .int(version), "error": .object(error)]
    }
}
