// SPDX-License-Identifier: Apache-2.0

import LiveEnvironment
import Testing

@Suite struct PathTextTests {
    @Test(
        arguments: [
            ("/a/b/c", "/a", "b/c"), ("/a", "/a", ""), ("/a/", "/a", ""), ("/a", "/a/", ""), ("/a/b/", "/a/", "b"),
            ("/a", "/", "a"), ("/", "/", ""), ("/ab", "/a", nil), ("/a", "/a/b", nil), ("/b", "/a", nil),
        ] as [(String, String, String?)])
    func `what remains below a folder`(_ path: String, _ folder: String, _ expected: String?) {
        #expect(path.below(folder) == expected)
    }

    @Test(arguments: [
        ("/a", "b", "/a/b"), ("/", "b", "/b"), ("/a/", "b/c", "/a/b/c"), ("/a", "", "/a"), ("/", "", "/"),
    ])
    func `a path grows by a relative one`(_ path: String, _ rest: String, _ expected: String) {
        #expect(path.appendingPath(rest) == expected)
    }

    @Test(arguments: [("/a/", "/a"), ("/a///", "/a"), ("/", "/"), ("//", "/"), ("a", "a"), ("", "")])
    func `slashes at the end go`(_ path: String, _ expected: String) {
        #expect(path.withoutTrailingSlash == expected)
    }

    @Test(arguments: [
        ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/../../b", "/b"), ("//a//b/", "/a/b"), ("/", "/"), ("/a/..", "/"),
        ("/a/...", "/a/..."), ("/a/.b", "/a/.b"),
    ])
    func `dots are resolved without looking at links`(_ path: String, _ expected: String) {
        #expect(path.resolvingDots == expected)
    }
}
