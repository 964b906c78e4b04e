// SPDX-License-Identifier: Apache-2.0

/// Data archives that lie; their bundles are sound, so that a replay would unpack them as root.
///
/// The groups are the classes of attacks that were seen on tar extractors. `../../canary` is where the canary is.
enum ArchiveCases {
    static var all: [HostileCase] {
        paths + links + hardLinks + special + attributes + duplicates + headers + sizes + names + roots + whiteouts
            + encodings
    }

    static func one(
        _ group: String, _ name: String, _ expectation: HostileCase.Expectation = .refused,
        _ build: (inout RawTar) -> Void
    ) -> HostileCase {
        HostileCase(
            group, name,
            RawTar.archive { tar in
                tar.folder("./")
                build(&tar)
            }, expectation)
    }

    private static var paths: [HostileCase] {
        let names = [
            "../victim", "../../canary/victim", "a/../../../canary/victim", "..", "a/..", "a/../..", "/tmp/victim",
            "//tmp/victim", "/", "a//b", "a/./b", "./../victim", "a/b/../../../x", "/../victim", "../", "a/../../",
        ]
        return names.flatMap { name in
            [
                one("paths", "file \(name)", ["./a/./b"].contains(name) ? .harmless : .refused) { tar in
                    tar.folder("a")
                    tar.file(name)
                },
                one("paths", "folder \(name)") { tar in
                    tar.folder("a")
                    tar.folder(name)
                    tar.file(name.hasSuffix("/") ? name + "x" : name + "/x")
                },
                one("paths", "by pax \(name)") { tar in
                    tar.folder("a")
                    tar.pax("path", name)
                    tar.file("harmless")
                },
                one("paths", "by a GNU long name \(name)") { tar in
                    tar.folder("a")
                    tar.gnuLong(name)
                    tar.file("harmless")
                },
            ]
        } + [
            one("paths", "by the ustar prefix") { tar in
                var header = RawTar.Header("victim", size: 4)
                header.prefix = Array("../../canary".utf8)
                tar.add(header, Array("four".utf8))
            }
        ]
    }

    private static let targets = ["..", "../../canary", "/tmp", "/etc", "/proc/self/root", "/proc/self/cwd/..", "."]

    private static var links: [HostileCase] {
        targets.flatMap { target in
            [
                one("through links", "a file through a link to \(target)") { tar in
                    tar.link("link", to: target)
                    tar.file("link/victim")
                },
                one("through links", "a folder through a link to \(target)") { tar in
                    tar.link("link", to: target)
                    tar.folder("link/folder")
                },
                one("through links", "a folder in the place of a link to \(target)") { tar in
                    tar.link("link", to: target)
                    tar.folder("link")
                    tar.file("link/victim")
                },
                one("through links", "a file in the place of a link to \(target)") { tar in
                    tar.link("link", to: target + "/victim")
                    tar.file("link")
                },
                one("through links", "a link in the place of a folder, to \(target)") { tar in
                    tar.folder("a")
                    tar.link("a", to: target)
                    tar.file("a/victim")
                },
                one("through links", "a chain of links to \(target)") { tar in
                    tar.link("a", to: "b")
                    tar.link("b", to: target)
                    tar.file("a/victim")
                },
                one("through links", "a link to \(target), and nothing more", .taken) { $0.link("link", to: target) },
            ]
        } + [
            one("through links", "a link to nothing") { $0.link("link", to: "") },
            one("through links", "a link to itself, and through it") { tar in
                tar.link("link", to: "link")
                tar.file("link/x")
            },
            one("through links", "the root as a link") { $0.link(".", to: "../../canary") },
            one("through links", "a target of 5000 bytes", .harmless) { tar in
                tar.pax("linkpath", String(repeating: "x", count: 5000))
                tar.link("link", to: "x")
            },
            one("through links", "a folder's time after its link") { tar in
                tar.folder("a")
                tar.file("a/x")
                tar.link("a/../b", to: "/")
            },
        ]
    }

    private static var hardLinks: [HostileCase] {
        let targets = [
            "../victim", "../../canary/victim", "/etc/passwd", "missing", "folder", "link/victim", ".", "..", "",
            "folder/../../victim", "self",
        ]
        return targets.flatMap { target in
            [
                one("hard links", "to \(target)") { tar in
                    tar.folder("folder")
                    tar.link("link", to: "../../canary")
                    tar.link("self", to: target, type: "1")
                },
                one("hard links", "to \(target), with data") { tar in
                    tar.folder("folder")
                    tar.link("link", to: "../../canary")
                    var header = RawTar.Header("self", size: 4, type: "1")
                    header.link = Array(target.utf8)
                    tar.add(header, Array("four".utf8))
                },
            ]
        } + [
            one("hard links", "to a link outside, written through", .refused) { tar in
                tar.link("link", to: "../../canary/victim")
                tar.link("hard", to: "link", type: "1")
                tar.file("hard")
            },
            one("hard links", "by pax linkpath") { tar in
                tar.file("a")
                tar.pax("linkpath", "../../canary/victim")
                tar.link("b", to: "a", type: "1")
            },
            one("hard links", "by a GNU long link") { tar in
                tar.file("a")
                tar.gnuLong("../../canary/victim", type: "K")
                tar.link("b", to: "a", type: "1")
            },
        ]
    }
}
