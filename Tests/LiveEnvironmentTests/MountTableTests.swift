// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LiveEnvironment

@Suite struct MountTableTests {
    private let table = MountTable(
        """
        20 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        21 20 254:0 /var/lib/docker /var/lib/docker rw,relatime shared:1 - ext4 /dev/vda rw
        22 20 0:30 / /tmp rw - tmpfs tmpfs rw
        23 20 254:0 /srv/a\\040b /mnt/c\\040d rw - ext4 /dev/vda rw
        24 20 0:31 / /mnt/c\\040d rw - tmpfs tmpfs rw
        """)

    @Test(arguments: [
        ("/etc/passwd", "254:0", "etc/passwd"), ("/var/lib/docker", "254:0", "var/lib/docker"),
        ("/var/lib/docker/volumes/v", "254:0", "var/lib/docker/volumes/v"),
        ("/var/lib/dockers", "254:0", "var/lib/dockers"),
        ("/tmp/x", "0:30", "x"), ("/mnt/c d/x", "0:31", "x"),
    ]) func `a path lies on the innermost mount, and the last of several`(
        _ path: String, _ device: String, _ inside: String
    ) throws {
        let mount = try #require(table.mount(of: path))
        #expect(mount.device == device)
        #expect(mount.inside(path) == inside)
    }

    @Test func `a file system's kind stands behind the optional fields`() {
        #expect(table.kind(of: "/etc/passwd") == "ext4")
        #expect(table.kind(of: "/var/lib/docker/x") == "ext4")
        #expect(table.kind(of: "/tmp/x") == "tmpfs")
        #expect(MountTable("20 1 254:0 / / rw").kind(of: "/x") == nil)
    }

    @Test func `a mount of a whole file system is found where there is one`() {
        #expect(table.whole("254:0")?.point == "/")
        #expect(table.whole("0:30")?.point == "/tmp")
        #expect(table.whole("8:1") == nil)
        #expect(MountTable("21 20 254:0 /part /mnt rw - ext4 /dev/vda rw").whole("254:0") == nil)
    }
}
