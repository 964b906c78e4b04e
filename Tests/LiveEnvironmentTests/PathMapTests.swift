// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import LiveEnvironment
import Testing

@Suite struct PathMapTests {
    @Test(arguments: ["/", "/srv/foo", "/var/lib/docker"]) func `the outermost engine's paths stay`(_ path: String) {
        #expect(PathMap.outermost.resolve(path) == path)
    }

    @Test(arguments: [
        ("/data/a", "/srv/foo/data/a"), ("/data", "/srv/foo/data"), ("/data/", "/srv/foo/data"),
        // A mount within a mount wins, and a name that only begins alike is none.
        ("/data/cache/x", "/mnt/cache/x"), ("/data/cached", "/srv/foo/data/cached"),
        ("/etc/hosts", "/var/lib/docker/overlay2/h/merged/etc/hosts"), ("/", "/var/lib/docker/overlay2/h/merged"),
        ("/database", "/var/lib/docker/overlay2/h/merged/database"),
    ])
    func `a path in a host lies on its deepest mount, else in its root`(_ path: String, _ expected: String) {
        let map = PathMap.outermost.inside(
            Sample.container(mounts: [
                ("bind", "/srv/foo/data", "/data"), ("bind", "/mnt/cache", "/data/cache"),
            ]))
        #expect(map.resolve(path) == expected)
    }

    @Test(arguments: ["/data/..", "/data/../../etc", "/..", "/data/x/../y"]) func `a path that climbs leads nowhere`(
        _ path: String
    ) {
        let map = PathMap.outermost.inside(Sample.container(mounts: [("bind", "/srv/foo/data", "/data")]))
        #expect(map.resolve(path) == nil)
        #expect(PathMap.outermost.resolve(path) == nil)
    }

    @Test func `levels are resolved one by one`() {
        let outer = PathMap.outermost.inside(Sample.container(mounts: [("bind", "/srv/foo/data", "/var/lib/docker")]))
        let inner = outer.inside(
            Sample.container(
                mounts: [("volume", "/var/lib/docker/volumes/v/_data", "/v"), ("bind", "/etc", "/host-etc")],
                merged: "/var/lib/docker/overlay2/n/merged"))
        #expect(inner.resolve("/v/file") == "/srv/foo/data/volumes/v/_data/file")
        #expect(inner.resolve("/host-etc/passwd") == "/var/lib/docker/overlay2/h/merged/etc/passwd")
        #expect(inner.resolve("/root") == "/srv/foo/data/overlay2/n/merged/root")
    }

    @Test func `what lies in a tmpfs is out of reach, and so is all that lies on it`() {
        let outer = PathMap.outermost.inside(
            Sample.container(mounts: [("tmpfs", "", "/run"), ("bind", "/srv/keep", "/run/keep")]))
        #expect(outer.resolve("/run/a") == nil)
        #expect(outer.resolve("/run/keep/a") == "/srv/keep/a")
        let inner = outer.inside(Sample.container(mounts: [("bind", "/run/sockets", "/sockets")]))
        #expect(inner.resolve("/sockets/a") == nil)
    }

    @Test func `without overlay2 only the mounts can be reached`() {
        let map = PathMap.outermost.inside(
            Sample.container(mounts: [("bind", "/srv/a", "/a")], merged: nil, driver: "overlayfs"))
        #expect(map.resolve("/a/b") == "/srv/a/b")
        #expect(map.resolve("/etc") == nil)
    }
}
