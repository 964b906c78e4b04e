// SPDX-License-Identifier: Apache-2.0

extension ArchiveCases {
    static var headers: [HostileCase] {
        [
            one("header disagreements", "pax and GNU names", .harmless) { tar in
                tar.gnuLong("gnu")
                tar.pax("path", "pax")
                tar.file("ustar")
            },
            one("header disagreements", "GNU name that leaves, pax name that stays", .harmless) { tar in
                tar.gnuLong("../../canary/victim")
                tar.pax("path", "inside")
                tar.file("ustar")
            },
            one("header disagreements", "pax name that leaves, GNU name that stays", .harmless) { tar in
                tar.pax("path", "../../canary/victim")
                tar.gnuLong("inside")
                tar.file("ustar")
            },
            one("header disagreements", "a global path", .harmless) { tar in
                tar.pax("path", "../../canary/victim", type: "g")
                tar.file("a")
            },
            one("header disagreements", "a NUL in the pax path", .harmless) { tar in
                tar.pax([("path", Array("safe\0/../../../canary/victim".utf8))])
                tar.file("a")
            },
            one("header disagreements", "pax size 0, ustar size 1024", .harmless) { tar in
                tar.pax("size", "0")
                tar.file(
                    "a", String(decoding: RawTar.Header("../victim").block + RawTar.Header("x").block, as: UTF8.self))
            },
            one("header disagreements", "pax size 1024, ustar size 0", .harmless) { tar in
                tar.pax("size", "1024")
                tar.add(RawTar.Header("a"))
                tar.bytes += RawTar.Header("../victim").block + RawTar.Header("x").block
            },
            one("header disagreements", "a folder with data", .harmless) { tar in
                let header = RawTar.Header("d/", size: 512, type: "5")
                tar.add(header, RawTar.Header("../victim").block)
            },
            one("header disagreements", "a link with data", .harmless) { tar in
                var header = RawTar.Header("l", size: 512, type: "2")
                header.link = Array("x".utf8)
                tar.add(header, RawTar.Header("../victim").block)
            },
            one("header disagreements", "a negative size") { tar in
                tar.pax("size", "-512")
                tar.file("a")
            },
            one("header disagreements", "an endless pax header") { tar in
                tar.add(RawTar.Header("PaxHeaders/x", size: 1 << 40, type: "x"))
            },
            one("header disagreements", "a pax header of a pax header", .harmless) { tar in
                tar.pax("path", "x")
                tar.pax("path", "y")
                tar.file("a")
            },
            one("header disagreements", "no end mark after the last file") {
                $0.bytes += RawTar.Header("a", size: 9999).block
            },
        ]
    }

    static var sizes: [HostileCase] {
        func sparse(_ name: String, _ records: [(String, String)], _ expectation: HostileCase.Expectation = .refused)
            -> HostileCase
        {
            one("sizes", name, expectation) { tar in
                tar.pax(records.map { ($0.0, Array($0.1.utf8)) })
                tar.file("a", "x")
            }
        }
        return [
            sparse("8 EiB of hole", [("GNU.sparse.size", "9223372036854775807"), ("GNU.sparse.map", "0,1")]),
            sparse("8 TiB of hole", [("GNU.sparse.size", "8796093022208"), ("GNU.sparse.map", "0,1")], .harmless),
            sparse("a map that goes back", [("GNU.sparse.size", "10"), ("GNU.sparse.map", "5,1,0,1")], .harmless),
            sparse("a map beyond the size", [("GNU.sparse.size", "1"), ("GNU.sparse.map", "100,1")]),
            sparse(
                "a map that overflows",
                [("GNU.sparse.size", "10"), ("GNU.sparse.map", "9223372036854775807,9223372036854775807")]),
            sparse("a map of garbage", [("GNU.sparse.size", "10"), ("GNU.sparse.map", "a,b,c")], .harmless),
            sparse(
                "a map of 200,000 pieces",
                [
                    ("GNU.sparse.size", "1000000000"),
                    ("GNU.sparse.map", (0..<90_000).map { "\($0 * 4096),0" }.joined(separator: ",")),
                ], .harmless),
            sparse(
                "blocks without number", [("GNU.sparse.numblocks", "99999999999"), ("GNU.sparse.size", "1")], .harmless),
            one("sizes", "a file of 8 GiB that is not there") {
                $0.bytes += RawTar.Header("a", size: 0o77777777777).block
            },
            one("sizes", "a file of 2^63 bytes") { tar in
                var header = RawTar.Header("a")
                header.size = [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)
                tar.add(header)
            },
            one("sizes", "100,000 folders", .harmless) { tar in
                for number in 0..<20_000 { tar.folder("f\(number)") }
            },
            one("sizes", "a pax header of 2 MiB") { tar in
                tar.pax("comment", String(repeating: "c", count: 2 << 20))
                tar.file("a")
            },
            one("sizes", "a GNU name of 2 MiB") { tar in
                tar.gnuLong(String(repeating: "n", count: 2 << 20))
                tar.file("a")
            },
        ]
    }

    static var names: [HostileCase] {
        let deep = (1...140).map { Array(repeating: "d", count: $0).joined(separator: "/") }
        let long = (1...40).map {
            Array(repeating: String(repeating: "n", count: 200), count: $0).joined(separator: "/")
        }
        return [
            one("names", "a component of 256 bytes") { tar in
                tar.pax("path", String(repeating: "n", count: 256))
                tar.file("a")
            },
            one("names", "140 folders deep") { tar in
                for path in deep { tar.folder(path.utf8.count < 99 ? path : path) }
            },
            one("names", "8000 bytes deep") { tar in
                for path in long {
                    tar.pax("path", path + "/")
                    tar.folder("x")
                }
            },
            one("names", "empty") { $0.file("") },
            one("names", "escape sequences", .taken) { $0.file("\u{1B}]0;pwn\u{7}\u{1B}[2J") },
            one("names", "a newline", .taken) { $0.file("a\nb") },
            one("names", "right to left", .taken) { $0.file("\u{202E}gpj.exe") },
            one("names", "one name in two Unicode forms", .taken) { tar in
                tar.file("caf\u{E9}")
                tar.file("cafe\u{301}")
            },
            one("names", "bytes that are no UTF-8", .taken) { tar in
                tar.add(RawTar.Header([0x66, 0xFE], size: 1), [1])
                tar.add(RawTar.Header([0x66, 0xFF], size: 1), [2])
            },
            one("names", "a backslash and a drive", .taken) { $0.file("..\\..\\C:evil") },
            one("names", "a dash", .taken) { $0.file("-rf *") },
        ]
    }

    static var roots: [HostileCase] {
        func root(_ name: String, _ mode: String, _ expectation: HostileCase.Expectation = .harmless) -> HostileCase {
            HostileCase(
                "root entry", name,
                RawTar.archive { tar in
                    var header = RawTar.Header("./", type: "5")
                    header.mode = Array((mode + "\0").utf8)
                    header.user = Array("0001750\0".utf8)
                    tar.add(header)
                    tar.file("a")
                }, expectation)
        }
        return [
            root("of mode 7777 and another owner", "0007777"), root("of mode 0", "0000000"),
            HostileCase("root entry", "a file", RawTar.archive { $0.file(".") }),
            HostileCase("root entry", "a device", RawTar.archive { $0.device(".", 1, 1) }),
            HostileCase("root entry", "a hard link", RawTar.archive { $0.link(".", to: "../../canary", type: "1") }),
            HostileCase("root entry", "none", RawTar.archive { $0.file("a") }, .taken),
            HostileCase("root entry", "an archive of nothing", RawTar.archive { _ in }, .harmless),
            HostileCase("root entry", "no bytes", [], .refused),
        ]
    }

    static var whiteouts: [HostileCase] {
        let names = [".wh...", ".wh.", ".wh..", ".wh..wh..opq", ".wh..wh.plnk", ".wh.a", "a/.wh.../x", ".wh.../victim"]
        return names.map { name in
            one("whiteouts", name, .harmless) { tar in
                tar.folder("a")
                tar.file(name, "")
            }
        } + [
            one("whiteouts", "a device 0:0 in the place of a folder") { tar in
                tar.folder("a")
                tar.device("a", 0, 0)
                tar.file("a/victim")
            },
            one("whiteouts", "an opaque folder through a link") { tar in
                tar.link("link", to: "../../canary")
                tar.file("link/.wh..wh..opq", "")
            },
            one("whiteouts", "a deletion through a link") { tar in
                tar.link("link", to: "../../canary")
                tar.file("link/.wh.victim", "")
            },
        ]
    }

    static var encodings: [HostileCase] {
        let inner = RawTar.archive { $0.file("a") }
        let bytes: [(String, [UInt8])] = [
            ("gzip", Compressed.gzip(inner)), ("zstd", Compressed.zstd(inner)),
            ("gzip twice", Compressed.gzip(Compressed.gzip(inner))),
            ("xz magic", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + inner), ("bzip2 magic", Array("BZh9".utf8) + inner),
            ("lzop magic", [0x89, 0x4C, 0x5A, 0x4F, 0, 0x0D, 0x0A, 0x1A, 0x0A] + inner),
            ("lrzip magic", Array("LRZI".utf8) + inner),
            ("uuencode", Array("begin 644 x\n".utf8) + inner), ("rpm", [0xED, 0xAB, 0xEE, 0xDB] + inner),
            ("cpio", Array("07070100000000".utf8) + inner), ("ar", Array("!<arch>\n".utf8) + inner),
            ("zip", [0x50, 0x4B, 3, 4] + inner), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C] + inner),
            ("rar", Array("Rar!\u{1A}\u{7}\u{1}\0".utf8) + inner),
            ("iso", [UInt8](repeating: 0, count: 32768) + Array("\u{1}CD001".utf8) + inner),
            ("mtree", Array("#mtree\nx type=file\n".utf8)), ("xar", Array("xar!".utf8) + inner),
            ("cab", Array("MSCF".utf8) + inner),
            ("warc", Array("WARC/1.0\r\n".utf8) + inner), ("a tar behind a tar", inner + inner),
            ("text behind a tar", inner + Array("more".utf8)),
        ]
        return bytes.map { HostileCase("encodings", $0.0, $0.1) }
    }
}
