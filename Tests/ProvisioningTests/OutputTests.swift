// SPDX-License-Identifier: Apache-2.0

import JSONTree
import TestSupport
import Testing

@testable import Provisioning

@Suite(.timeLimit(.minutes(1))) struct OutputTests {
    @Test func `lines are cut where a program ends or rewrites them, and lose what is for terminals alone`() {
        var splitter = LineSplitter()
        #expect(splitter.add(Array("Creating a ... \r".utf8)) == ["Creating a ..."])
        #expect(splitter.add(Array("\u{1B}[2K\u{1B}[32mdone\u{1B}[0m".utf8)) == [])
        #expect(splitter.add(Array("\r\n\n  \nnext".utf8)) == ["done"])
        #expect(splitter.rest == ["next"])
    }

    @Test func `a program's outputs and status are taken`() async throws {
        let lines = LineTail()
        let process = ChildProcess(
            command: ["/bin/sh", "-c", "echo out; echo \"$MARK\" >&2; pwd; exit 3"], folder: "/tmp",
            environment: ["MARK": "err"])
        let outcome = try await process.run { lines.add($0) }
        #expect(outcome.status == 3)
        #expect(outcome.output == "out\n/tmp\n")
        #expect(Set(lines.lines) == ["out", "err", "/tmp"])
        #expect(Set(outcome.lastLines) == ["out", "err", "/tmp"])
    }

    @Test func `a program that is cancelled is ended`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let marks = LineTail()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let process = ChildProcess(
                    command: [
                        "/bin/sh", "-c", "trap 'echo ended; exit 1' TERM; echo begun; while :; do sleep 0.1; done",
                    ],
                    folder: "/", environment: ["PATH": "/usr/bin:/bin"])
                await #expect(throws: CancellationError.self) { _ = try await process.run { marks.add($0) } }
            }
            while !marks.lines.contains("begun"), clock.now - start < .seconds(20) {
                try? await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
        }
        #expect(marks.lines == ["begun", "ended"])
        #expect(clock.now - start < .seconds(20))
    }

    @Test(
        arguments: [
            ("running", "Up 2 minutes", "running", .well),
            ("running", "Up 2 minutes (healthy)", "running, healthy", .well),
            ("running", "Up 3 seconds (health: starting)", "running, starting", .changing),
            ("running", "Up 2 minutes (unhealthy)", "running, unhealthy", .failed),
            ("exited", "Exited (0) 2 minutes ago", "exited(0)", .well),
            ("exited", "Exited (137) 5 seconds ago", "exited(137)", .failed),
            ("restarting", "Restarting (1) 1 second ago", "restarting after 1", .failed),
            ("created", "Created", "created", .changing),
        ] as [(String, String, String, ServiceState.Phase)])
    func `a listed container tells how it is`(
        _ state: String, _ status: String, _ text: String, _ phase: ServiceState.Phase
    ) {
        let found = ServiceState(listed: [
            "Id": "1", "Names": ["/foo_web_1"], "State": .string(state), "Status": .string(status),
            "Labels": ["com.docker.compose.service": "web"],
            "Ports": [
                ["PublicPort": 80, "PrivatePort": 8080, "Type": "tcp", "IP": "0.0.0.0"],
                ["PublicPort": 80, "PrivatePort": 8080, "Type": "tcp", "IP": "::"], ["PrivatePort": 53, "Type": "udp"],
            ],
        ])
        #expect(found.state == text)
        #expect(found.phase == phase)
        #expect(found.service == "web")
        #expect(found.ports == ["80->8080/tcp"])
        #expect(found.isFresh == status.contains("second"))
    }

    @Test func `an engine's version is read`() {
        #expect(FreshDataRoot.major(in: "Docker version 26.1.5+dfsg1, build a72d7cd\n") == 26)
        #expect(FreshDataRoot.major(in: "Docker version 29.0.1, build eedd969") == 29)
        #expect(FreshDataRoot.major(in: "exec: dockerd: not found") == nil)
    }
}
