// SPDX-License-Identifier: Apache-2.0

/// Lies in the tar around a bundle: names, types, order, headers that disagree, and what stands behind the end.
enum OuterTarCases {
    static var all: [HostileCase] { names + types + order + headers + sparse + attributes + ends }

    /// A bundle in which one member is changed.
    private static func changed(_ index: Int, _ change: (inout RawBundle.Member) -> Void) -> [UInt8] {
        var bundle = RawBundle()
        bundle.editMembers = { _ in }
        var members = bundle.members
        change(&members[index])
        return assembled(members)
    }

    private static func assembled(_ members: [RawBundle.Member]) -> [UInt8] {
        members.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024)
    }

    private static let indices = 0..<5

    private static var names: [HostileCase] {
        let changes: [(String, (String) -> String)] = [
            ("above", { "../" + $0 }), ("absolute", { "/" + $0 }), ("with dots", { "x/../" + $0 }),
            ("in capitals", { $0.uppercased() }), ("with a slash behind", { $0 + "/" }),
            ("with a control character", { "\u{1B}]0;pwn\u{7}" + $0 }), ("escaped", { "blobs/sha256/../../../" + $0 }),
            ("with another behind", { $0 + "x" }), ("empty", { _ in "" }),
        ]
        return indices.flatMap { index in
            changes.map { what, change in
                HostileCase(
                    "outer names", "member \(index) \(what)",
                    changed(index) { member in
                        member.header.name = Array(change(String(decoding: member.header.name, as: UTF8.self)).utf8)
                    })
            }
        }
    }

    private static var types: [HostileCase] {
        let refused: [Character] = ["1", "2", "3", "4", "5", "6"]
        // Old and odd ones, which tar readers take for plain files.
        let odd: [Character] = ["7", "\0", "Z", "S", "D", "M", "N", "V", "X", "A", "g", "x", "L", "K"]
        return indices.flatMap { index in
            (refused + odd).map { type in
                HostileCase(
                    "outer types", "member \(index) of type \(type.debugDescription)",
                    changed(index) { member in
                        member.header.type = type.asciiValue ?? 0
                        if "12".contains(type) { member.header.link = Array("/etc/passwd".utf8) }
                    }, refused.contains(type) ? .refused : .harmless)
            }
        }
    }

    private static var order: [HostileCase] {
        let members = RawBundle().members
        var cases: [HostileCase] = []
        for index in indices {
            var (swapped, doubled, without, besides) = (members, members, members, members)
            swapped.swapAt(index, (index + 1) % members.count)
            doubled.insert(members[index], at: index)
            without.remove(at: index)
            besides.insert(RawBundle.Member("extra", [1]), at: index)
            cases += [
                HostileCase("outer order", "member \(index) changed with its neighbour", assembled(swapped)),
                HostileCase("outer order", "member \(index) twice", assembled(doubled)),
                HostileCase("outer order", "without member \(index)", assembled(without)),
                HostileCase("outer order", "one besides before member \(index)", assembled(besides)),
            ]
        }
        return cases + [HostileCase("outer order", "one more", assembled(members + [RawBundle.Member("extra", [1])]))]
    }

    private static var headers: [HostileCase] {
        func pax(_ what: String, _ records: [(String, [UInt8])], global: Bool = false, isHarmless: Bool = false)
            -> HostileCase
        {
            var extended = RawTar()
            extended.pax(records, type: global ? "g" : "x")
            return HostileCase(
                "outer headers", what, changed(4) { $0.before = extended.bytes }, isHarmless ? .harmless : .refused)
        }
        func raw(_ what: String, _ body: String) -> HostileCase {
            var extended = RawTar()
            extended.add(RawTar.Header("PaxHeaders/x", size: body.utf8.count, type: "x"), Array(body.utf8))
            return HostileCase("outer headers", what, changed(4) { $0.before = extended.bytes })
        }
        func size(_ what: String, _ bytes: [UInt8]) -> HostileCase {
            HostileCase("outer headers", what, changed(4) { $0.header.size = bytes })
        }
        let text = { (text: String) in Array(text.utf8) }
        var long = RawTar()
        long.gnuLong("blobs/sha256/../../../../tmp/escaped")
        var longAndPax = long
        longAndPax.pax("path", "oci-layout")
        var huge = RawTar()
        huge.gnuLong(String(repeating: "n", count: 3 << 20))
        var endless = RawTar()
        endless.add(RawTar.Header("PaxHeaders/x", size: 1 << 33, type: "x"))
        var chain = RawTar()
        for _ in 0..<2000 { chain.pax("comment", "x") }
        return [
            pax("pax path of another", [("path", text("/etc/passwd"))]),
            pax("pax path with NUL", [("path", text("oci-layout\0/../../x"))]),
            pax("pax size too large", [("size", text("99999"))]), pax("pax size 0", [("size", text("0"))]),
            pax("pax size negative", [("size", text("-1"))]),
            pax("pax size beyond 2^63", [("size", text("99999999999999999999"))]),
            pax("pax size twice", [("size", text("1")), ("size", text("2"))]),
            pax("pax linkpath", [("linkpath", text("/etc/passwd"))], isHarmless: true),
            pax("global pax path", [("path", text("x"))], global: true, isHarmless: true),
            pax("global pax size", [("size", text("1"))], global: true, isHarmless: true),
            pax("pax header of 2 MiB", [("comment", [UInt8](repeating: 0x61, count: 2 << 20))]),
            raw("pax record longer than its header", "999 path=x\n"), raw("pax record of length 0", "0 path=x\n"),
            raw("pax record without end", "11 path=abcd"), raw("pax record without length", "path=x\n"),
            raw("pax record of negative length", "-9 path=x\n"),
            raw("pax length beyond 2^63", "99999999999999999999 path=x\n"),
            size("size not octal", Array("9zz".utf8)),
            size("size in base 256", [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
            size("size negative in base 256", [UInt8](repeating: 0xFF, count: 12)),
            size("size of 2^62", [0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]),
            size("size of 2^95", [0xFF] + [UInt8](repeating: 0x7F, count: 11)),
            size("size one less", RawTar.octal(RawBundle.archive.count - 1, width: 11)),
            size("size one block less", RawTar.octal(RawBundle.archive.count - 512, width: 11)),
            size("size one more", RawTar.octal(RawBundle.archive.count + 1, width: 11)),
            HostileCase("outer headers", "wrong checksum", changed(4) { $0.header.checksum = Array("0000000\0".utf8) }),
            HostileCase("outer headers", "no magic", changed(4) { $0.header.magic = [] }, .harmless),
            HostileCase("outer headers", "a prefix", changed(4) { $0.header.prefix = Array("../..".utf8) }),
            HostileCase("outer headers", "GNU long name", changed(4) { $0.before = long.bytes }),
            HostileCase("outer headers", "GNU long name and pax path", changed(4) { $0.before = longAndPax.bytes }),
            HostileCase("outer headers", "GNU long name of 3 MiB", changed(4) { $0.before = huge.bytes }),
            HostileCase(
                "outer headers", "pax header of 8 GiB that is not there", changed(4) { $0.before = endless.bytes }),
            HostileCase("outer headers", "2000 extended headers", changed(4) { $0.before = chain.bytes }, .harmless),
            HostileCase(
                "outer headers", "a set-id mode", changed(4) { $0.header.mode = Array("0006777\0".utf8) }, .harmless),
            HostileCase(
                "outer headers", "an owner of 2^32", changed(4) { $0.header.user = [0x80, 0, 0, 1, 0, 0, 0, 0] }),
        ]
    }

    private static var sparse: [HostileCase] {
        let size = RawBundle.archive.count
        let forms: [(String, [(String, String)])] = [
            (
                "0.0",
                [
                    ("GNU.sparse.size", "\(size)"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.offset", "0"),
                    ("GNU.sparse.numbytes", "\(size / 2)"),
                ]
            ),
            ("0.1", [("GNU.sparse.size", "\(size)"), ("GNU.sparse.map", "0,\(size / 2)")]),
            ("1.0", [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "\(size)")]),
            ("of 8 TiB", [("GNU.sparse.size", "8796093022208"), ("GNU.sparse.map", "0,1")]),
            ("with a negative hole", [("GNU.sparse.size", "\(size)"), ("GNU.sparse.map", "-5,10")]),
            ("with a map beyond 2^63", [("GNU.sparse.size", "1"), ("GNU.sparse.map", "9223372036854775807,2")]),
            (
                "with a name",
                [("GNU.sparse.name", "/etc/passwd"), ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")]
            ),
        ]
        return forms.map { name, records in
            var extended = RawTar()
            extended.pax(records.map { ($0.0, Array($0.1.utf8)) })
            return HostileCase("outer sparse", "sparse \(name)", changed(4) { $0.before = extended.bytes })
        }
    }

    private static var attributes: [HostileCase] {
        let records: [(String, String)] = [
            ("SCHILY.xattr.user.x", "1"), ("SCHILY.xattr.security.capability", "1"),
            ("SCHILY.xattr.trusted.overlay.opaque", "y"), ("LIBARCHIVE.xattr.user.x", "MQ"),
            ("SCHILY.acl.access", "user::rwx,group::r-x,other::---,user:1:rwx,mask::rwx"),
            ("RHT.security.selinux", "x"),
        ]
        let odd = [
            ("SCHILY.fflags", "immutable"), ("SCHILY.dev", "1"), ("LIBARCHIVE.symlinktype", "dir"), ("mtime", "x"),
        ]
        func build(_ record: (String, String), _ expectation: HostileCase.Expectation) -> HostileCase {
            var extended = RawTar()
            extended.pax(record.0, record.1)
            return HostileCase(
                "outer attributes", record.0, changed(4) { $0.before = extended.bytes }, expectation)
        }
        return records.map { build($0, $0.0.hasPrefix("SCHILY.xattr") ? .refused : .harmless) }
            + odd.map { build($0, .harmless) }
    }

    private static var ends: [HostileCase] {
        let good = RawBundle().tar
        let body = Array(good.dropLast(1024))
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
        return [
            HostileCase("outer end", "bytes behind the end", good + Array("more".utf8)),
            HostileCase("outer end", "another bundle behind the end", good + good),
            HostileCase(
                "outer end", "a member behind the end", good + RawBundle.Member("extra", [1]).bytes + zeros(1024)),
            HostileCase("outer end", "no end mark", body),
            HostileCase("outer end", "half an end mark", body + zeros(512)),
            HostileCase("outer end", "a byte behind many zeros", good + zeros(1 << 20) + [1]),
            HostileCase("outer end", "many zeros", good + zeros(1 << 20), .taken),
            HostileCase("outer end", "nothing but zeros", zeros(10240)), HostileCase("outer end", "nothing", []),
            HostileCase("outer end", "one byte", [0x6F]),
            HostileCase("outer end", "text", Array(String(repeating: "hello ", count: 1000).utf8)),
            HostileCase("outer end", "a zip", [0x50, 0x4B, 3, 4] + zeros(1000)),
            HostileCase("outer end", "gzip around it", [0x1F, 0x8B, 8, 0] + good),
            HostileCase("outer end", "zstd around it", Compressed.zstd(good)),
            HostileCase("outer end", "gzip around it that is whole", Compressed.gzip(good)),
            HostileCase("outer end", "xz magic", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + good),
            HostileCase("outer end", "cpio", Array("070701".utf8) + good),
            HostileCase("outer end", "mtree", Array("#mtree\n".utf8) + good),
            HostileCase("outer end", "SQLite", Array("SQLite format 3\0".utf8) + zeros(4080)),
        ]
    }
}
