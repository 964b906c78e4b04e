// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree

/// Lies in the layout's marker, the index and the manifest.
enum ManifestCases {
    static var all: [HostileCase] { markers + indexes + manifests + descriptors }

    private static let deep = String(repeating: "[", count: 200_000)
    private static let wide = "[" + String(repeating: "0,", count: 300_000) + "0]"
    private static let other = String(repeating: "ab", count: 32)

    private static var markers: [HostileCase] {
        let texts = [
            "", "{}", "null", #"{"imageLayoutVersion":"2.0.0"}"#, #"{"imageLayoutVersion":1}"#, deep,
            #"{"imageLayoutVersion":"1.0.0","imageLayoutVersion":"2"}"#, #"{"imageLayoutVersion":"1.0.0"} x"#,
            "{\"imageLayoutVersion\":\"1.0.0\(String(repeating: " ", count: 4096))\"}",
        ]
        return texts.enumerated().map { number, text in
            var bundle = RawBundle()
            bundle.marker = text
            return HostileCase("index", "marker \(number): \(text.prefix(40))", bundle.tar)
        }
    }

    private static var indexes: [HostileCase] {
        let edits: [(String, (String) -> String)] = [
            ("empty", { _ in "" }), ("no JSON", { _ in "hello" }), ("nested deeply", { _ in deep }),
            ("wide", { _ in wide }), ("2 MiB of spaces", { $0 + String(repeating: " ", count: 2 << 20) }),
            ("no manifest", { _ in #"{"schemaVersion":2,"manifests":[]}"# }),
            ("two manifests", { $0.replacing(#""manifests":[{"#, with: #""manifests":[{},{"#) }),
            ("manifests that are an object", { $0.replacing(#""manifests":["#, with: #""manifests":{"a":["#) + "}" }),
            ("schema version 1", { $0.replacing(#""schemaVersion":2"#, with: #""schemaVersion":1"#) }),
            ("schema version 2.0", { $0.replacing(#""schemaVersion":2"#, with: #""schemaVersion":2.0"#) }),
            ("a key twice", { $0.replacing(#"{"manifests""#, with: #"{"schemaVersion":2,"manifests""#) }),
            ("another digest", { $0.replacing("sha256:", with: "sha256:\(other.prefix(8))") }),
            ("a digest of MD5", { $0.replacing("sha256:", with: "md5:") }),
            ("a digest that is a path", { $0.replacing("sha256:", with: "sha256:../../") }),
            ("a digest in capitals", { $0.replacing("sha256:", with: "SHA256:") }),
            ("an index in the index", { $0.replacing("image.manifest.v1", with: "image.index.v1") }),
            ("a negative size", { $0.replacing(#""size":"#, with: #""size":-"#) }),
            ("a size beyond 2^63", { $0.replacing(#""size":"#, with: #""size":99999999999999999999"#) }),
            ("a size with a fraction", { $0.replacing(#""size":"#, with: #""size":0."#) }),
            ("a size that is text", { $0.replacing(#""size":"#, with: #""size":"1","x":"#) }),
            ("a wrong size", { $0.replacing(#""size":"#, with: #""size":1"#) }),
            ("a byte that is no UTF-8", { $0 + "\u{0}" }), ("text behind it", { $0 + "{}" }),
        ]
        return edits.map { name, edit in
            var bundle = RawBundle()
            bundle.editIndex = edit
            return HostileCase("index", name, bundle.tar)
        }
    }

    private static var manifests: [HostileCase] {
        let edits: [(String, (String) -> String)] = [
            ("empty", { _ in "" }), ("no JSON", { _ in "\u{1}" }), ("nested deeply", { _ in deep }),
            ("a list", { _ in "[]" }),
            ("5 MiB", { $0 + String(repeating: " ", count: 5 << 20) }), ("null", { _ in "null" }),
            ("schema version 3", { $0.replacing(#""schemaVersion":2"#, with: #""schemaVersion":3"#) }),
            ("the key layers twice", { $0.replacing(#"{"artifactType""#, with: #"{"layers":[],"artifactType""#) }),
            ("the key config twice", { $0.replacing(#"{"artifactType""#, with: #"{"config":{},"artifactType""#) }),
            (
                "an image's config",
                { $0.replacing("vnd.envsnap.environment.v1+json", with: "vnd.oci.image.config.v1+json") }
            ),
            ("a newer config", { $0.replacing("environment.v1+json", with: "environment.v2+json") }),
            ("a newer artifact", { $0.replacing("snapshot.v1", with: "snapshot.v2") }),
            ("a type with escapes", { $0.replacing("snapshot.v1", with: #"snapshot.v1\u001b[2J"#) }),
            ("no config", { $0.replacing(#""config":"#, with: #""config2":"#) }),
            ("no layers", { $0.replacing(#""layers":"#, with: #""layers2":"#) }),
            ("layers that are text", { $0.replacing(#""layers":["#, with: #""layers":"x","l":["#) }),
            ("a layer that is a number", { $0.replacing(#""layers":["#, with: #""layers":[1,"#) }),
            ("a layer that is null", { $0.replacing(#""layers":["#, with: #""layers":[null,"#) }),
            ("wide", { $0.replacing(#""layers":["#, with: #""layers":\#(wide.dropLast()),"#) }),
            (
                "a base that is no digest",
                {
                    $0.replacing(
                        #""schemaVersion""#,
                        with:
                            #""annotations":{"io.envsnap.snapshot.bases":"../x"},"schemaVersion""#)
                }
            ),
            (
                "a base that is not here",
                {
                    $0.replacing(
                        #""schemaVersion""#,
                        with:
                            #""annotations":{"io.envsnap.snapshot.bases":"sha256:\#(other)"},"schemaVersion""#)
                }
            ),
            (
                "100,000 bases",
                {
                    $0.replacing(
                        #""schemaVersion""#,
                        with:
                            #""annotations":{"io.envsnap.snapshot.bases":"\#(String(repeating: "sha256:\(other),", count: 50_000))"},"schemaVersion""#
                    )
                }
            ),
            ("a document of 1 TiB", { sized($0, "1099511627776") }), ("a document of -1 bytes", { sized($0, "-1") }),
            ("a document of one byte less", { sized($0, "1") }),
            ("a lone surrogate", { $0.replacing("snapshot.v1", with: #"snapshot.v1\udc00"#) }),
            ("a subject", { $0.replacing(#"{"artifactType""#, with: #"{"subject":{"digest":"x"},"artifactType""#) }),
        ]
        return edits.map { name, edit in
            var bundle = RawBundle()
            bundle.editManifest = edit
            return HostileCase("manifest", name, bundle.tar, name == "a subject" ? .harmless : .refused)
        }
    }

    /// The manifest with another size of the document.
    private static func sized(_ text: String, _ size: String) -> String {
        text.replacing(/("config":\{"digest":"[^"]*","mediaType":"[^"]*","size":)[0-9]+/) { "\($0.output.1)\(size)" }
    }

    private static var descriptors: [HostileCase] {
        typealias Blob = RawBundle.Blob
        let rawDigest = "io.envsnap.blob.raw-digest"
        let rawSize = "io.envsnap.blob.raw-size"
        let kind = "io.envsnap.blob.kind"
        let size = RawBundle.archive.count
        let changes: [(String, (inout Blob) -> Void)] = [
            ("no media type", { $0.descriptor["mediaType"] = .null }),
            ("an unknown media type", { $0.type = "application/x" }),
            ("a layer of an image", { $0.type = "application/vnd.oci.image.layer.v1.tar+gzip" }),
            ("a nondistributable layer", { $0.type = "application/vnd.oci.image.layer.nondistributable.v1.tar" }),
            ("no digest", { $0.descriptor["digest"] = .null }),
            ("another digest", { $0.descriptor["digest"] = .string("sha256:" + other) }),
            ("a short digest", { $0.descriptor["digest"] = "sha256:abcd" }),
            ("a digest that is a path", { $0.descriptor["digest"] = "sha256:../../../../etc/passwd" }),
            ("a size of 0", { $0.descriptor["size"] = 0 }), ("a size of -1", { $0.descriptor["size"] = -1 }),
            ("a size of 2^63", { $0.descriptor["size"] = .number("9223372036854775808") }),
            ("a size in exponents", { $0.descriptor["size"] = .number("1e3") }),
            ("one byte more", { $0.descriptor["size"] = .int(size + 1) }),
            ("one byte less", { $0.descriptor["size"] = .int(size - 1) }),
            ("more than 1 TiB", { $0.descriptor["size"] = .int(Int64(1) << 41) }),
            ("no annotations", { $0.descriptor["annotations"] = .null }),
            ("annotations that are a list", { $0.descriptor["annotations"] = [] }),
            ("no raw digest", { $0.annotations[rawDigest] = .null }),
            ("another raw digest", { $0.annotations[rawDigest] = .string("sha256:" + other) }),
            ("a raw digest that is a number", { $0.annotations[rawDigest] = 1 }),
            ("no raw size", { $0.annotations[rawSize] = .null }),
            ("a raw size that is a number", { $0.annotations[rawSize] = .int(size) }),
            ("another raw size", { $0.annotations[rawSize] = .string("1") }),
            ("a negative raw size", { $0.annotations[rawSize] = "-1" }),
            ("a raw size beyond 2^63", { $0.annotations[rawSize] = "99999999999999999999" }),
            ("a raw size in capitals", { $0.annotations[rawSize] = "0x10" }),
            ("a kind with a path", { $0.annotations[kind] = "../x" }),
            ("a long kind", { $0.annotations[kind] = .string(String(repeating: "k", count: 1000)) }),
            ("a kind with escapes", { $0.annotations[kind] = "\u{1B}[2J" }),
            ("said to be a pack", { $0.annotations[kind] = "pack" }),
            ("urls", { $0.descriptor["urls"] = ["http://127.0.0.1:1/x"] }),
            ("data", { $0.descriptor["data"] = "AAAA" }),
        ]
        var cases = changes.map { name, change in
            var bundle = RawBundle()
            change(&bundle.blobs[0])
            return HostileCase("descriptor", name, bundle.tar, ["urls", "data"].contains(name) ? .harmless : .refused)
        }
        var twice = RawBundle()
        twice.blobs += twice.blobs
        var doubled = RawBundle()
        doubled.blobs.append(Blob(Compressed.zstd(RawBundle.archive), raw: RawBundle.archive))
        var none = RawBundle()
        none.blobs = []
        var besides = RawBundle()
        besides.blobs.append(Blob(Array("nobody needs it".utf8)))
        var many = RawBundle()
        many.editManifest = { text in
            let layer = RawBundle.Blob([1]).json.canonicalText
            return text.replacing(#""layers":["#, with: #""layers":["# + String(repeating: layer + ",", count: 9_000))
        }
        cases += [
            HostileCase("descriptor", "a blob twice", twice.tar),
            HostileCase("descriptor", "one content in two forms", doubled.tar),
            HostileCase("descriptor", "a blob that is needed is not named", none.tar),
            HostileCase("descriptor", "a blob that nobody needs", besides.tar, .harmless),
            HostileCase("descriptor", "9000 times the same blob", many.tar),
        ]
        return cases
    }
}
