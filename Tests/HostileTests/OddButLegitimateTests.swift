// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Sharing
import Snapshots
import Steps
import SystemPackage
import TestSupport
import Testing

/// What is odd and can be captured: nothing of it is refused, and all of it comes back as it was.
///
/// Projects that hardened their extractors refused good archives afterwards (moby/go-archive 0.3.1 to 0.3.3).
@Suite(.timeLimit(.minutes(5)), .enabled(if: geteuid() == 0, "devices and owners need root"))
struct OddButLegitimateTests {
    private static let long = String(repeating: "n", count: 255)

    static let trees: [(name: String, script: String)] = [
        ("nothing", "true"), ("an empty file", "touch empty"), ("an empty folder", "mkdir empty"),
        ("a name of 255 bytes", "touch \(long)"), ("folders 120 deep", "mkdir -p $(printf 'd/%.0s' $(seq 120))"),
        ("a path of 4000 bytes", "p=.; for i in $(seq 15); do p=$p/\(long); mkdir $p || exit 1; done; touch $p/f"),
        ("names that are no UTF-8", "touch $(printf 'f\\376') $(printf 'f\\377')"),
        ("one name in two Unicode forms", "touch $(printf 'caf\\303\\251') $(printf 'cafe\\314\\201')"),
        ("a newline in a name", "touch \"$(printf 'a\\nb')\""),
        ("escape sequences in a name", "touch \"$(printf '\\033[31m')\""),
        ("names with spaces, quotes and dashes", "touch -- ' ' \"'\" '\"' -rf '*' '$x' '`'"),
        ("names that look like whiteouts", "touch .wh.file .wh..wh..opq"), ("dots in names", "touch ... ..x x.. .x"),
        ("a backslash", "touch '\\' 'a\\b'"),
        (
            "names that tar uses itself",
            "mkdir PaxHeaders; touch PaxHeaders/x '././@LongLink' 2>/dev/null || touch PaxHeaders/x"
        ),
        ("a link to a folder above", "ln -s .. up; ln -s ../../.. further"),
        ("a link to an absolute path", "ln -s /etc/shadow shadow"),
        ("a link to nothing", "ln -s nowhere dangling"), ("a link to itself", "ln -s loop loop"),
        ("a link of 4000 bytes", "ln -s $(printf 'x/%.0s' $(seq 2000)) far"),
        ("a link with an owner and a time", "ln -s x l; chown -h 5:6 l; touch -h -d @7 l"),
        ("hard links", "echo x >a; ln a b; mkdir d; ln a d/c"), ("a hard link to a link", "ln -s x a; ln a b"),
        ("a hard link to a device", "mknod a c 1 3; ln a b"),
        ("a sparse file", "truncate -s 1G hole; echo x | dd of=hole bs=1 seek=5000000 conv=notrunc 2>/dev/null"),
        ("nothing but a hole", "truncate -s 3T hole"),
        ("a sparse file that begins with data", "echo x >s; truncate -s 1M s"),
        ("devices", "mknod null c 1 3; mknod disk b 8 0; mknod odd c 4000 1000000"),
        ("a pipe", "mkfifo pipe; chmod 640 pipe"),
        ("a whiteout of overlayfs", "mknod gone c 0 0"),
        ("set-id and sticky bits", "touch a; chmod 6755 a; mkdir t; chmod 1777 t"),
        ("mode 0", "touch a; chmod 0 a; mkdir d; touch d/x; chmod 0 d"),
        ("owners of 32 bits", "touch a; chown 4294967294:3000000000 a"),
        (
            "user attributes",
            "touch a; setfattr -n user.x -v y a; setfattr -n user.empty a; mkdir d; setfattr -n user.$(printf 'n%.0s' $(seq 200)) -v z d"
        ),
        ("a binary attribute", "touch a; setfattr -n user.b -v 0x00ff000a3d a"),
        ("an attribute of 3000 bytes", "touch a; setfattr -n user.b -v $(printf 'v%.0s' $(seq 3000)) a"),
        ("trusted attributes", "mkdir d; setfattr -n trusted.overlay.opaque -v y d; setfattr -n trusted.x -v y d"),
        ("a capability", "touch a; setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 a"),
        ("ACLs", "touch a; setfacl -m u:7:rwx,g:8:r a; mkdir d; setfacl -d -m u:9:rx d"),
        ("times before 1970", "touch -d '1901-12-14' a; touch -d '1969-12-31 23:59:59.5 UTC' b"),
        ("times after 2106", "touch -d '2300-01-01' a"),
        ("nanoseconds", "touch -d '2001-02-03 04:05:06.123456789' a"),
        ("3000 files", "for i in $(seq 3000); do : >$i; done"),
        ("a root of its own mode and owner", "chmod 2751 .; chown 33:44 .; touch -d @99 ."),
        ("64 MiB of zeros", "head -c 67108864 /dev/zero >z"),
        ("a tar in a file", "echo x >f; tar cf t.tar f"),
        ("compressed files", "echo x | gzip >a.gz; head -c 100000 /dev/urandom >r"),
    ]

    @Test func `there are enough of them`() {
        #expect(Self.trees.count >= 30)
    }

    @Test(arguments: trees.indices)
    func `it is captured, sent, taken in and restored as it was`(_ number: Int) async throws {
        let (name, script) = Self.trees[number]
        let folder = try TemporaryFolder()
        let source = try folder.makeFolder("source")
        try Tool.run("sh", "-c", "cd \"$1\" && { \(script)\n}", "sh", source)
        let here = try SnapshotLibrary(at: FilePath(folder.path("here")))
        let there = try SnapshotLibrary(at: FilePath(folder.path("there")))
        let access = LocalDataAccess()
        let transaction = try here.begin()
        let archive = try await access.pack(source, excluding: []) { produce in
            try transaction.putArchive { sink in try produce(sink) }.archive
        }
        var document = try EnvironmentDocument(json: RawBundle.document(archive: RawBundle.archive))
        document.trees = [TreeRecord(path: "/srv/odd", isFile: false, excluded: [], data: archive)]
        let id = try transaction.commit(document)

        var bundle: [UInt8] = []
        try BundleWriter(here.find(id.hex), since: [], library: here, report: .silent)
            .write(to: { bytes in bundle += bytes }, cancellation: Cancellation())
        try Self.take(bundle, into: there)
        let target = folder.path("target")
        try await access.unpack(.folder(target)) {
            let source = try there.openArchive(archive)
            return { try source.read(into: $0) }
        }
        #expect(try Self.facts(target) == Self.facts(source), "\(name)")
        try Tool.run("chmod", "-R", "u+rwx", source, target)
    }

    private static func take(_ bundle: [UInt8], into library: SnapshotLibrary) throws {
        var rest = bundle[...]
        let reader = try BundleReader(source: { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        })
        _ = try BundleImporter(library: library, report: .silent).take(
            reader, origin: SnapshotOrigin(kind: .imported, source: "/x", receivedAt: "2026-11-24T10:00:00Z"),
            cancellation: Cancellation())
    }

    /// What GNU find, stat, getfattr and sha256sum say of a tree; of folders no size.
    private static func facts(_ path: String) throws -> String {
        try Tool.run(
            "sh", "-c",
            """
            cd "$1" && {
            find . -type d -printf '%P %y %m %U:%G %T@\\n' -o -printf '%P %y %m %U:%G %T@ %s %l %n %D\\n' | sed 's/ [0-9]*$//' | LC_ALL=C sort
            find . \\( -type c -o -type b \\) -print0 | LC_ALL=C sort -z | xargs -0 -r stat -c '%n %t:%T'
            getfattr -R -P -h -d -m - -e hex . 2>/dev/null | LC_ALL=C sort
            find . -type f -size -70M -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
            find . -type f -size +70M -print0 | LC_ALL=C sort -z | xargs -0 -r stat -c '%n %s %b'
            }
            """, "sh", path)
    }
}
