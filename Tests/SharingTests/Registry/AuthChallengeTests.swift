// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sharing

@Suite struct AuthChallengeTests {
    @Test func `a challenge is read with and without quotes`() {
        let challenge = AuthChallenge(
            parsing: #"Bearer realm="https://a/token?x=1,2",service=reg.example, scope="repository:a\"b:pull""#)
        #expect(challenge?.scheme == "bearer")
        #expect(
            challenge?.parameters == [
                "realm": "https://a/token?x=1,2", "service": "reg.example", "scope": #"repository:a"b:pull"#,
            ])
        #expect(AuthChallenge(parsing: "Basic")?.scheme == "basic")
        #expect(AuthChallenge(parsing: "") == nil)
    }

    @Test(arguments: [
        "Bearer realm", "Bearer realm=", "Bearer =", "Bearer \"", "Bearer realm=\"x", "Bearer realm=\"\\",
    ])
    func `a challenge that is cut does no harm`(_ text: String) {
        #expect(AuthChallenge(parsing: text)?.scheme == "bearer")
    }

    @Test func `only this machine is spoken with in the clear`() throws {
        for (text, isLoopback) in [
            ("oci://localhost:1/a", true), ("oci://127.0.0.1:1/a", true), ("oci://127.9.9.9:1/a", true),
            ("oci://[::1]:1/a", true), ("oci://127.0.0.1.example.com/a", false), ("oci://localhost.example:1/a", false),
            ("oci://10.0.0.1:1/a", false),
        ] { #expect(try RegistryReference(parsing: text).isLoopback == isLoopback, "\(text)") }
    }

    @Test func `addresses are resolved as a browser would`() {
        #expect(WebAddress.resolve("/v2/x?y=1", from: "http://a:1/v2/b") == "http://a:1/v2/x?y=1")
        #expect(WebAddress.resolve("https://c/d", from: "http://a:1/v2/b") == "https://c/d")
        #expect(WebAddress.resolve("file:///etc/passwd", from: "http://a:1/") == nil)
        #expect(WebAddress.origin("https://a/x") == WebAddress.origin("https://a:443/y"))
        #expect(WebAddress.adding("digest", "sha256:a", to: "http://a/b?c=1") == "http://a/b?c=1&digest=sha256%3Aa")
    }
}
