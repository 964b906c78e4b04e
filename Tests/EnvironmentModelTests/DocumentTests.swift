// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@Suite struct DocumentTests {
    @Test func `a document survives its JSON form`() throws {
        var document = try Self.document()
        document.redaction = RedactionRecord(
            rules: 1, secrets: 2, places: 3, notInspected: [Remark(object: "images", text: "layers", weight: .note)])
        let again = try EnvironmentDocument(json: JSONValue(parsing: document.json.canonicalBytes))
        #expect(again == document)
        #expect(again.json.canonicalBytes == document.json.canonicalBytes)
    }

    @Test func `nested engines survive too`() throws {
        var document = try Self.document()
        document.engine.containers[0].engine = try Sample.engine()
        document.engine.containers[0].engine?.containers[0].engine = try Sample.engine()
        let again = try EnvironmentDocument(json: JSONValue(parsing: document.json.canonicalText))
        #expect(again == document)
        #expect(again.engine.enginesWithPaths().map(\.path.description) == [".", "app", "app/app"])
    }

    /// Snapshots must keep their ids: a change of this text is a change of the format.
    ///
    /// What older versions wrote is in `FormatVersionTests`.
    @Test func `the canonical text of a small document is fixed`() throws {
        var document = EnvironmentDocument(
            project: ProjectRecord(
                name: "foo", workingDirectory: "/srv/foo", configFiles: ["docker-compose.yml"], composeVersion: "1.29.2"
            ),
            engine: EngineRecord(version: ["Version": "26.1.5"], info: ["ID": "x"], apiVersion: "1.45"),
            capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.name = "before"
        document.tags = ["ticket": "42", "b": ""]
        document.pauseMilliseconds = 340
        document.notCaptured = [Remark(object: "/run/x", text: "a socket", weight: .note)]
        #expect(
            document.json.canonicalText
                == #"{"capturedAt":"2026-11-01T10:00:00Z","engine":{"apiVersion":"1.45","info":{"ID":"x"},"#
                + #""version":{"Version":"26.1.5"}},"formatVersion":2,"name":"before","#
                + #""notCaptured":[{"object":"/run/x","text":"a socket","weight":"note"}],"pauseMilliseconds":340,"#
                + #""project":{"composeVersion":"1.29.2","configFiles":["docker-compose.yml"],"name":"foo","#
                + #""workingDirectory":"/srv/foo"},"tags":{"b":"","ticket":"42"},"toolVersion":"0.1.0"}"#)
    }

    @Test func `the order in which members stood does not change the id`() throws {
        let one = try EnvironmentDocument(
            json: JSONValue(
                parsing: #"{"formatVersion":1,"project":{"name":"p"},"capturedAt":"t","toolVersion":"v","#
                    + #""engine":{"apiVersion":"1.41","info":{"b":1,"a":2}}}"#))
        let other = try EnvironmentDocument(
            json: JSONValue(
                parsing: #"{"engine":{"info":{"a":2,"b":1},"apiVersion":"1.41"},"toolVersion":"v","#
                    + #""capturedAt":"t","project":{"name":"p"},"formatVersion":1}"#))
        #expect(one.json.canonicalBytes == other.json.canonicalBytes)
    }

    @Test func `numbers keep their literal`() throws {
        var document = try Self.document()
        document.engine.info = try JSONValue(parsing: #"{"MemTotal":18446744073709551615,"Load":1.10,"E":1e3}"#)
        let text = document.json.canonicalText
        #expect(text.contains(#""MemTotal":18446744073709551615"#))
        #expect(text.contains(#""Load":1.10"#))
        #expect(text.contains(#""E":1e3"#))
    }

    @Test func `a newer format is refused with the advice to update`() throws {
        let json = try Self.document().json.setting("formatVersion", to: 3)
        let error = #expect(throws: ModelError.self) { try EnvironmentDocument(json: json) }
        #expect(error?.code == .newerFormat)
        #expect(error?.message.contains("format version 3") == true)
        #expect(error?.message.contains("newer envsnap") == true)
    }

    @Test func `an unknown required feature is refused by its name`() throws {
        let json = try Self.document().json.setting("requiredFeatures", to: ["holograms"])
        let error = #expect(throws: ModelError.self) { try EnvironmentDocument(json: json) }
        #expect(error?.code == .unknownFeature)
        #expect(error?.message.contains("holograms") == true)
    }

    @Test(arguments: [
        "formatVersion", "project", "engine", "capturedAt", "toolVersion", "project.name", "engine.apiVersion",
    ])
    func `a missing field is malformed`(_ field: String) throws {
        let json = try Self.document().json.removing(field)
        let error = #expect(throws: ModelError.self) { try EnvironmentDocument(json: json) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: [
        ("trees", #"[{"path":"/a"}]"#), ("trees", #"[{"path":"/a","data":{"digest":"sha256:1"}}]"#),
        ("engine.volumes", #"[{"inspect":{}}]"#), ("engine.networks", #"[{"inspect":{"Name":""}}]"#),
        ("engine.containers", #"[{"inspect":{"Id":"1"}}]"#), ("engine.containers", #"[{"inspect":{"Name":"/a"}}]"#),
        ("engine.images", #"[{"id":"sha256:1","config":"md5:1"}]"#), ("engine.rawAnswers", #""zzz""#),
    ])
    func `a malformed record is refused`(_ field: String, _ text: String) throws {
        let json = try Self.document().json.setting(field, to: JSONValue(parsing: text))
        #expect(throws: (any Error).self) { try EnvironmentDocument(json: json) }
    }

    @Test(arguments: ["", "srv", "/srv/..", "/srv/../etc", "/./srv", "/srv//foo", "/srv/", "/srv/\u{0}"])
    func `a tree at a path that leads elsewhere than it says is refused`(_ path: String) throws {
        let tree = TreeRecord(path: path, isFile: false, excluded: [], data: try Sample.archive("tree"))
        let json = try Self.document().json.setting("trees", to: .array([tree.json]))
        let error = #expect(throws: ModelError.self) { try EnvironmentDocument(json: json) }
        #expect(error?.code == .malformed)
    }

    @Test func `trees may lie beside each other and not below`() throws {
        func read(_ paths: [String]) throws -> EnvironmentDocument {
            let trees = try paths.map {
                TreeRecord(path: $0, isFile: false, excluded: [], data: try Sample.archive("tree")).json
            }
            return try EnvironmentDocument(json: Self.document().json.setting("trees", to: .array(trees)))
        }
        #expect(try read(["/srv/foo", "/srv/foobar", "/srv/foo.d", "/etc/x"]).trees.count == 4)
        for pair in [["/srv", "/srv/foo/bar"], ["/srv/foo/bar", "/srv/foo"], ["/", "/srv"]] {
            #expect(throws: ModelError.self, "\(pair)") { try read(pair) }
        }
    }

    @Test(arguments: [-1, 1 << 45, Int64.max]) func `an archive of an impossible size is refused`(_ size: Int64) throws
    {
        let json: JSONValue = .array([
            [
                "path": "/x",
                "data": [
                    "digest": try Sample.archive("x").json["digest"], "size": .int(size), "entries": 1,
                    "contentBytes": 1,
                ],
            ]
        ])
        #expect(throws: ModelError.self) {
            try EnvironmentDocument(json: Self.document().json.setting("trees", to: json))
        }
    }

    @Test func `a remark of an unknown weight counts as a loss`() throws {
        let json = try Self.document().json.setting(
            "notCaptured", to: [["object": "a", "text": "b", "weight": "catastrophe"]])
        let document = try EnvironmentDocument(json: json)
        #expect(document.notCaptured.map(\.weight) == [.loss])
        #expect(!document.isComplete)
    }

    @Test func `notes leave a snapshot complete and losses do not`() throws {
        var document = try Self.document()
        document.notCaptured = [Remark(object: "a", text: "b", weight: .note)]
        #expect(document.isComplete)
        document.notCaptured.append(Remark(object: "a", text: "b", weight: .loss))
        #expect(!document.isComplete)
    }

    @Test func `every reference to a blob is named once, at all depths`() throws {
        var document = try Self.document()
        var nested = try Sample.engine()
        nested.volumes[0].data = try Sample.archive("nested volume")
        nested.containers[0].layer = try Sample.archive("nested layer")
        nested.rawAnswers = try Sample.digest("nested answers")
        document.engine.containers[0].engine = nested
        document.engine.volumes[0].data = try Sample.archive("shared")
        let texts = [
            "tree", "config", "layer", "shared", "nested volume", "nested layer", "nested answers", "answers",
            "top layer",
        ]
        document.engine.rawAnswers = try Sample.digest("answers")
        document.engine.containers[0].layer = try Sample.archive("top layer")
        #expect(try document.referencedBlobs == texts.map(Sample.digest).sorted())
    }

    private static func document() throws -> EnvironmentDocument {
        var document = EnvironmentDocument(
            project: ProjectRecord(
                name: "foo", workingDirectory: "/srv/foo", configFiles: ["a.yml", "b.yml"], composeVersion: nil),
            engine: try Sample.engine(), capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.name = "before"
        document.message = "a message with \u{1F40B} and \"quotes\""
        document.tags = ["k": "v", "empty": ""]
        document.trees = [
            TreeRecord(path: "/srv/foo", isFile: false, excluded: ["data"], data: try Sample.archive("tree"))
        ]
        document.changedMeanwhile = [Remark(object: "container x", text: "changed", weight: .note)]
        document.engine.containers[0].interfaces = [
            InterfaceRecord(name: "eth0", macAddress: "02:42:0a:51:52:64", hasDefaultRoute: true)
        ]
        document.pauseMilliseconds = 12
        return document
    }
}
