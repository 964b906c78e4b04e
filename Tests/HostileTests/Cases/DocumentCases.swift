// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree

/// Lies in the environment document, under its true digest.
enum DocumentCases {
    static var all: [HostileCase] { texts + members + paths }

    private static func bundle(_ document: [UInt8]) -> [UInt8] {
        var bundle = RawBundle()
        bundle.document = document
        return bundle.tar
    }

    private static var good: String { RawBundle.document(archive: RawBundle.archive).canonicalText }

    private static var texts: [HostileCase] {
        let bytes = Array(good.utf8)
        let cases: [(String, [UInt8])] = [
            ("empty", []), ("null", Array("null".utf8)), ("a list", Array("[]".utf8)), ("text", Array("hello".utf8)),
            ("a byte order mark", [0xEF, 0xBB, 0xBF] + bytes), ("a newline behind it", bytes + [0x0A]),
            ("white space", Array(good.replacing(":", with: ": ").utf8)), ("bytes that are no UTF-8", bytes + [0xFF]),
            ("UTF-16", bytes.flatMap { [$0, 0] }), ("NUL behind it", bytes + [0]),
            ("escapes that need none", Array(good.replacing("/srv", with: #"\/srv"#).utf8)),
            ("a key twice", Array(good.replacing(#"{"capturedAt""#, with: #"{"capturedAt":"x","capturedAt""#).utf8)),
            ("keys out of order", Array(good.replacing(#"{"capturedAt""#, with: #"{"z":1,"capturedAt""#).utf8)),
            ("nested 129 deep", nested(129)), ("nested 100,000 deep", nested(100_000)),
            ("a lone surrogate", Array(good.replacing("foo", with: #"\ud800"#).utf8)),
            ("half of it", Array(bytes.prefix(bytes.count / 2))),
        ]
        return cases.map { HostileCase("document", $0.0, bundle($0.1)) }
    }

    /// A member that this version does not know, nested so deeply.
    private static func nested(_ depth: Int) -> [UInt8] {
        let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        return Array((good.dropLast() + #","x":"# + value + "}").utf8)
    }

    private static func changed(_ path: [String], _ value: JSONValue) -> [UInt8] {
        func set(_ json: JSONValue, _ path: ArraySlice<String>) -> JSONValue {
            guard let key = path.first else { return value }
            var object = json.object ?? JSONObject()
            object[key] = set(json[key], path.dropFirst())
            return .object(object)
        }
        return set(RawBundle.document(archive: RawBundle.archive), path[...]).canonicalBytes
    }

    private static var members: [HostileCase] {
        let digest = JSONValue.string("sha256:" + RawBundle.digest(RawBundle.archive))
        func tree(_ data: JSONValue) -> JSONValue { [["path": "/x", "data": data]] }
        let cases: [(String, [String], JSONValue)] = [
            ("a newer format", ["formatVersion"], 99), ("format -1", ["formatVersion"], -1),
            ("format 2.5", ["formatVersion"], .number("2.5")), ("a format that is text", ["formatVersion"], "2"),
            ("an unknown feature", ["requiredFeatures"], ["time-travel"]), ("no project", ["project"], .null),
            ("a project that is text", ["project"], "foo"), ("an engine that is text", ["engine"], "x"),
            ("an engine without API version", ["engine"], [:]), ("a time that is none", ["capturedAt"], "yesterday"),
            ("a time that is SQL", ["capturedAt"], "2026-11-01T10:00:00Z'); DROP TABLE snapshot; --"),
            ("a time that is a number", ["capturedAt"], 1), ("a tag with an empty key", ["tags"], ["": "x"]),
            ("a tree without data", ["trees"], [["path": "/x"]]), ("a tree that is null", ["trees"], [.null]),
            ("data without a digest", ["trees"], tree(["size": 1, "entries": 1, "contentBytes": 1])),
            (
                "data that is not there", ["trees"],
                tree([
                    "digest": .string("sha256:" + String(repeating: "0", count: 64)), "size": 1, "entries": 1,
                    "contentBytes": 1,
                ])
            ),
            (
                "a digest that is a path", ["trees"],
                tree([
                    "digest": "sha256:../../../etc/passwd", "size": 1, "entries": 1, "contentBytes": 1,
                ])
            ),
            ("a size of -1", ["trees"], tree(["digest": digest, "size": -1, "entries": 1, "contentBytes": 1])),
            ("-1 entries", ["trees"], tree(["digest": digest, "size": 1, "entries": -1, "contentBytes": 1])),
            (
                "sizes that overflow", ["trees"],
                [
                    [
                        "path": "/x",
                        "data": [
                            "digest": digest, "size": .int(Int64.max), "entries": .int(Int64.max),
                            "contentBytes": .int(Int64.max),
                        ],
                    ],
                    [
                        "path": "/y",
                        "data": [
                            "digest": digest, "size": .int(Int64.max), "entries": .int(Int64.max),
                            "contentBytes": .int(Int64.max),
                        ],
                    ],
                ]
            ),
            (
                "a whole archive said to be chunks", ["trees"],
                tree(["chunks": digest, "size": 1, "entries": 1, "contentBytes": 1])
            ),
            ("a pause of -1 ms", ["pauseMilliseconds"], -1),
            ("an image without configuration", ["engine", "images"], [["id": "x"]]),
            (
                "an image whose layer is not there", ["engine", "images"],
                [
                    [
                        "id": "x", "config": digest, "layers": [.string("sha256:" + String(repeating: "1", count: 64))],
                    ]
                ]
            ),
            ("a container without a name", ["engine", "containers"], [["inspect": ["Id": "1"]]]),
            ("a container that is text", ["engine", "containers"], ["x"]),
            ("a volume without a name", ["engine", "volumes"], [["inspect": [:]]]),
            ("a network without a name", ["engine", "networks"], [["inspect": ["Name": ""]]]),
            (
                "answers that are not there", ["engine", "rawAnswers"],
                .string("sha256:" + String(repeating: "2", count: 64))
            ),
            ("a probe without result", ["probes"], [["container": "a", "command": "x", "timeLimitMilliseconds": 1]]),
            (
                "a probe that may take for ever", ["probes"],
                [
                    [
                        "container": "a", "command": "x", "timeLimitMilliseconds": .int(Int64.max),
                        "result": ["exitStatus": 0, "milliseconds": 1],
                    ]
                ]
            ),
        ]
        let harmless = ["a pause of -1 ms", "a probe that may take for ever", "format -1"]
        return cases.map {
            HostileCase("document", $0.0, bundle(changed($0.1, $0.2)), harmless.contains($0.0) ? .harmless : .refused)
        }
    }

    /// Paths out of which a replay would make paths of this machine.
    private static var paths: [HostileCase] {
        let bad = [
            "", ".", "..", "x", "srv/foo", "../etc", "/srv/../../etc", "/..", "/srv/..", "/srv/./foo", "/./srv",
            "/srv//foo",
            "//etc", "/srv/foo/", "/srv/\0/x", "/srv/\u{0}",
        ]
        let trees = bad.map { path in
            HostileCase(
                "document paths", "a tree at \(path.debugDescription)",
                bundle(RawBundle.document(archive: RawBundle.archive, path: path).canonicalBytes))
        }
        let data = RawBundle.document(archive: RawBundle.archive)["trees"][0]["data"]
        func pair(_ one: String, _ other: String) -> [UInt8] {
            bundle(
                changed(["trees"], [["path": .string(one), "data": data], ["path": .string(other), "data": data]]))
        }
        let excluded: [String] = ["..", "../x", "/etc", "a/../../x", ""]
        return trees + [
            HostileCase("document paths", "a tree below another", pair("/srv", "/srv/foo/bar")),
            HostileCase("document paths", "a tree above another", pair("/srv/foo/bar", "/srv")),
            HostileCase("document paths", "a tree twice", pair("/srv", "/srv"), .harmless),
            HostileCase("document paths", "a tree at the root and another", pair("/", "/srv")),
        ]
            + excluded.map { path in
                HostileCase(
                    "document paths", "left out: \(path.debugDescription)",
                    bundle(changed(["trees"], [["path": "/srv", "excluded": [.string(path)], "data": data]])), .harmless
                )
            }
    }
}
