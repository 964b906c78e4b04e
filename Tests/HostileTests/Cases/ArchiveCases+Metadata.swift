// SPDX-License-Identifier: Apache-2.0

extension ArchiveCases {
    /// What may be in a snapshot, and stays below its folder.
    static var special: [HostileCase] {
        let devices: [(String, Int, Int, Character)] = [
            ("null", 1, 3, "3"), ("mem", 1, 1, "3"), ("kmsg", 1, 11, "3"), ("tty", 5, 0, "3"), ("fuse", 10, 229, "3"),
            ("sda", 8, 0, "4"), ("loop", 7, 0, "4"), ("odd", 4095, 1_048_575, "3"),
        ]
        return devices.flatMap { name, major, minor, type in
            [
                one("devices", name, .harmless) { $0.device(name, major, minor, type: type) },
                one("devices", "\(name), written through") { tar in
                    tar.device(name, major, minor, type: type)
                    tar.file(name)
                },
            ]
        } + [
            one("devices", "numbers that are not octal", .harmless) { tar in
                var header = RawTar.Header("x", type: "3")
                header.major = Array("zzzzzzz\0".utf8)
                tar.add(header)
            },
            one("devices", "a pipe", .harmless) { $0.add(RawTar.Header("pipe", type: "6")) },
            one("devices", "a pipe, written through") { tar in
                tar.add(RawTar.Header("pipe", type: "6"))
                tar.file("pipe")
            },
            one("set-id", "a root shell", .harmless) { tar in
                var header = RawTar.Header("sh", size: 4)
                header.mode = Array("0006755\0".utf8)
                tar.add(header, Array("four".utf8))
            },
            one("set-id", "a folder", .harmless) { tar in
                var header = RawTar.Header("d/", type: "5")
                header.mode = Array("0007777\0".utf8)
                tar.add(header)
            },
            one("set-id", "a mode of 32 bits", .harmless) { tar in
                var header = RawTar.Header("x", size: 4)
                header.mode = Array("7777777\0".utf8)
                tar.add(header, Array("four".utf8))
            },
            one("set-id", "an owner of -1") { tar in
                tar.pax("uid", "-1")
                tar.file("x")
            },
            one("set-id", "an owner of 2^32") { tar in
                tar.pax("uid", "4294967296")
                tar.file("x")
            },
        ]
    }

    static var attributes: [HostileCase] {
        let records: [(String, String)] = [
            ("SCHILY.xattr.user.x", "1"), ("SCHILY.xattr.trusted.overlay.opaque", "y"),
            ("SCHILY.xattr.trusted.overlay.redirect", "/../../etc"), ("SCHILY.xattr.trusted.overlay.metacopy", ""),
            ("SCHILY.xattr.user.overlay.redirect", "/etc"), ("SCHILY.xattr.security.capability", "garbage"),
            ("SCHILY.xattr.security.selinux", "x"), ("SCHILY.xattr.security.ima", "x"),
            ("SCHILY.xattr.security.evm", "x"), ("SCHILY.xattr.system.posix_acl_access", "garbage"),
            ("SCHILY.xattr.nothing", "x"), ("SCHILY.xattr.", "x"), ("SCHILY.fflags", "immutable,append"),
            ("SCHILY.fflags", "uappnd,uchg"), ("LIBARCHIVE.xattr.user.x", "!!!"),
            ("SCHILY.acl.access", "user:root:rwx,garbage"), ("SCHILY.acl.default", "x"),
            ("SCHILY.xattr.user." + String(repeating: "n", count: 300), "x"),
            ("SCHILY.xattr.user.x", String(repeating: "v", count: 100_000)),
        ]
        return records.enumerated().flatMap { number, record in
            [
                one("attributes", "\(number) \(record.0.prefix(40)) on a file", .harmless) { tar in
                    tar.pax(record.0, record.1)
                    tar.file("x")
                },
                one("attributes", "\(number) \(record.0.prefix(40)) on a link", .harmless) { tar in
                    tar.pax(record.0, record.1)
                    tar.link("x", to: "../../canary/victim")
                },
            ]
        }
    }

    static var duplicates: [HostileCase] {
        [
            one("duplicates", "a file twice") { tar in
                tar.file("a")
                tar.file("a", "other")
            },
            one("duplicates", "a folder twice") { tar in
                tar.folder("a")
                tar.file("a/b")
                tar.folder("a")
            },
            one("duplicates", "a file that becomes a folder") { tar in
                tar.file("a")
                tar.folder("a")
            },
            one("duplicates", "a folder that becomes a file") { tar in
                tar.folder("a")
                tar.file("a")
            },
            one("duplicates", "a file and a link of its name") { tar in
                tar.file("a")
                tar.link("a", to: "../../canary/victim")
            },
            one("duplicates", "the root twice") { $0.folder("./") },
            one("duplicates", "the root later") { tar in
                tar.file("a")
                tar.folder("./")
            },
            one("duplicates", "names that differ in ./") { tar in
                tar.file("a")
                tar.file("./a")
            },
            one("duplicates", "a file below a file") { tar in
                tar.file("a")
                tar.file("a/b")
            },
            one("duplicates", "a file in a folder that is not there") { $0.file("missing/x") },
            one("duplicates", "a file in a folder that is done") { tar in
                tar.folder("a")
                tar.file("b")
                tar.file("a/c")
            },
        ]
    }
}
