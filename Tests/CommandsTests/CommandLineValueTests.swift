// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Commands

@Suite struct CommandLineValueTests {
    @Test(
        arguments: [
            ("src:/src", "src", "/src"), ("./a: b:/x y", "./a: b", "/x y"), ("/a:/b:/c", "/a:/b", "/c"),
            ("a:/", "a", "/"),
        ])
    func `a mount is a path here and an absolute one there`(
        _ text: String, _ local: String, _ path: String
    ) throws {
        let mount = try #require(LocalMount(argument: text))
        #expect((mount.local, mount.path) == (local, path))
    }

    @Test(arguments: ["src", "src:", "src:there", ":/x", "src:/a/../b", ""])
    func `what is no mount is refused`(_ text: String) {
        #expect(LocalMount(argument: text) == nil)
    }

    @Test func `a file of a replay is told from one of this machine`() throws {
        let file = try #require(ReplayFile(parsing: "before:foo-host-corge/foo-app:/var/log/a:b"))
        #expect((file.replay, file.container, file.path) == ("before", "foo-host-corge/foo-app", "/var/log/a:b"))
        #expect(ReplayFile(parsing: "before:.:/etc/hosts")?.container == ".")
        for text in ["before:/x", "./before:box:/x", "before:box:x", "before::/x", "/a:b:/c", "x", "a b:box:/x"] {
            #expect(ReplayFile(parsing: text) == nil, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("10m", "1400.000"), ("1h30s", "-1630.000"), ("1234", "1234"), ("1970-01-01T00:10:00Z", "600.000"),
            ("1970-01-01T01:10:00+01:00", "600.000"), ("1970-01-01T00:10:00.5Z", "600.500"),
            ("1970-01-02", "86400.000"),
        ])
    func `a moment is a span before now, a time or a number`(_ text: String, _ seconds: String) {
        #expect(LogMoment(text, now: Date(timeIntervalSince1970: 2000))?.seconds == seconds)
    }

    @Test(arguments: ["", "yesterday", "m", "1x", "-5m", "1970-13-01"])
    func `other moments are refused`(_ text: String) {
        #expect(LogMoment(text, now: .now) == nil)
    }

    @Test func `a command that was not started is told from one that ended so`() {
        let beginning = "OCI runtime exec failed: exec failed: unable to start container process: exec: "
        func refusal(_ text: String) -> CommandRefusal? { CommandRefusal(engineSays: text, command: ["x"]) }
        #expect(refusal(beginning + "\"x\": executable file not found in $PATH: unknown\r\n")?.status == 127)
        let answer = "unix:///x answered 400 to POST: \"\(beginning)\"/x\": stat /x: no such file or directory\""
        #expect(refusal(answer)?.status == 127)
        #expect(refusal(beginning + "\"/etc\": permission denied: unknown")?.status == 126)
        #expect(refusal(beginning + "chdir to cwd (\"/a\") failed: no such file or directory: unknown")?.status == 126)
        #expect(refusal(beginning + "read init-p: connection reset by peer: unknown")?.isPassing == true)
        #expect(refusal("x: not found") == nil)
        #expect(CommandRefusal.mayBegin(Array(beginning.utf8)) && !CommandRefusal.mayBegin(Array("OCI".utf8)))
    }

    @Test func `variables are set as each shell has it`() {
        #expect(ShellSyntax(environment: ["SHELL": "/usr/bin/fish"]) == .fish)
        #expect(ShellSyntax(environment: ["SHELL": "/bin/zsh"]) == .sh && ShellSyntax(environment: [:]) == .sh)
        #expect(
            ShellSyntax.sh.leading(to: "unix:///a b.sock") == [
                "export DOCKER_HOST='unix:///a b.sock';", "unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH;",
            ])
        #expect(ShellSyntax.fish.leading(to: "unix:///a.sock").first == "set -gx DOCKER_HOST unix:///a.sock;")
        #expect(ShellSyntax.fish.leadingBack == ["set -e DOCKER_HOST;"])
    }

    @Test(arguments: ["before", "Ähm: x", "", "---", String(repeating: "é", count: 300)])
    func `a replay's name can be made of any text`(_ text: String) {
        #expect("run-\(text.replayStem)-0000".isReplayName)
        #expect(text.replayStem.isReplayName)
    }
}
