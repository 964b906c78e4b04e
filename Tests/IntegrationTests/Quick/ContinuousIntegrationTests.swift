// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("The examples for CI") struct ContinuousIntegrationTests {
        /// The lines of an example that are commands of envsnap, as a shell gets them.
        private func commands(_ example: String) throws -> [String] {
            let folder = URL(filePath: Settings.tools).deletingLastPathComponent().path + "/docs/examples"
            let text = try String(contentsOfFile: "\(folder)/\(example)", encoding: .utf8)
            return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0.contains("envsnap ") && !$0.hasPrefix("#") }
        }

        @Test(
            "a good build passes and a broken one fails, each from the same state",
            arguments: ["github-actions.yml", "gitlab-ci.yml"])
        func example(_ example: String) throws {
            try World.with("ci") { world in
                let project = try Project.small(world)
                try Data("one\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/state"))
                try world.capture(project.name, as: "base")
                try project.remove()
                let checkout = "\(world.folder)/checkout"
                try FileManager.default.createDirectory(atPath: checkout, withIntermediateDirectories: true)
                try Command.script(#"mkdir "$1/bin"; ln -s "$2" "$1/bin/envsnap""#, world.folder, Settings.binary)
                let lines = try commands(example)
                let run = try #require(lines.first { $0.hasPrefix("envsnap run") })
                let export = try #require(lines.last)
                let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
                let environment = [
                    "PATH": "\(world.folder)/bin:\(path)", "ENVSNAP_STORE": world.store, "SNAPSHOT": "base",
                    "CAPSULE_IMAGE": Settings.hostImage, "CI_JOB_STATUS": "failed",
                ]
                func job(_ test: String) throws -> Outcome {
                    // It changes what it was given, which the next job must not see.
                    let script = "grep -qx one /srv/bind/state || exit 9\necho two >/srv/bind/state\n" + test
                    try Data(script.utf8).write(to: URL(filePath: "\(checkout)/test.sh"))
                    return try Command.outcome(
                        ["bash", "-euo", "pipefail", "-c", run], environment: environment, folder: checkout, within: 300
                    )
                }
                _ = try job("echo built\n").expecting(0)
                let broken = try job("echo wrong >&2\nexit 2\n").expecting(2)
                #expect(broken.errors.contains("wrong\n") && broken.errors.contains("captured as base-failed"))
                _ = try job("echo built\n").expecting(0)
                guard FileManager.default.isExecutableFile(atPath: "/usr/bin/jq") else { return }
                _ = try Command.outcome(
                    ["bash", "-euo", "pipefail", "-c", export], environment: environment, folder: checkout
                ).expecting(0)
                let shown = try world.envsnap("show", "\(checkout)/failed.envsnap").expecting(0).output
                #expect(shown.contains("ended with status 2 in box"))
            }
        }
    }
}
