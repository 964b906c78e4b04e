// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension IntegrationTests {
    @Suite("Wrong usage") struct UsageTests {
        @Test(
            "ends with 64, says why on standard error, and touches nothing",
            arguments: [
                ["frobnicate"], ["capture", "--frobnicate"], ["capture", "one", "two"],
                ["capture", "--tag", "novalue"],
                ["capture", "--pause", "everything"], ["capture", "--progress", "loud"], ["replay"], ["show"], ["rm"],
                ["exec"], ["exec", "name"], ["exec", "name", "path"], ["down"], ["verify"], ["verify", "a", "b"],
                ["reset"], ["reset", "a", "b"],
                ["replay", "x", "--wait", "forever"], ["ls", "surplus"], ["capture", "--name"], ["gc", "--read-data"],
                ["forget"], ["forget", "--dry-run"], ["forget", "--keep-last", "0"], ["forget", "--keep-tag", "=x"],
                ["forget", "--keep-within", "soon"],
            ])
        func usage(arguments: [String]) throws {
            let store = "/tmp/envsnap-test-usage-\(UUID().uuidString)"
            let outcome = try Command.outcome([Settings.binary] + arguments, environment: ["ENVSNAP_STORE": store])
            #expect(outcome.status == 64, "\(outcome)")
            #expect(outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.errors.lowercased().contains("error"), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: store))
        }

        @Test("a name that no container can bear")
        func badName() throws {
            try World.with("name") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                let listing = try EngineListing()
                for name in ["a b", "", "../up", "ü", "-dash"] {
                    let outcome = try world.envsnap(
                        "replay", "before", "--as=\(name)", "--capsule-image", Settings.hostImage)
                    #expect(outcome.status == 64, "\(outcome)")
                }
                try EngineListing.expectNoChange(since: listing)
                _ = try world.envsnap("capture", project.name, "--name=").expecting(64)
            }
        }

        @Test("every verb has help with examples or exit statuses, on standard output")
        func help() throws {
            let verbs = [
                "doctor", "capture", "replay", "ps", "exec", "verify", "reset", "down", "ls", "show", "rm",
                "forget", "gc", "check",
            ]
            for verb in verbs {
                let outcome = try Command.outcome([Settings.binary, verb, "--help"]).expecting(0)
                #expect(outcome.output.contains("USAGE: envsnap \(verb)"))
                #expect(outcome.errors.isEmpty)
            }
            let version = try Command.outcome([Settings.binary, "--version"]).expecting(0).output
            #expect(version.first?.isNumber == true)
        }
    }
}
