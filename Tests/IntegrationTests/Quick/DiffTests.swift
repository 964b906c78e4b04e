// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Differences") struct DiffTests {
        @Test("two captures of what stands still are equal; env, file and state that changed are named, and no more")
        func captures() throws {
            try World.with("diff") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                try Data("one\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/conf"))
                try world.capture(project.name, as: "before")
                try world.capture(project.name, as: "same")
                let equal = try world.envsnap("diff", "before", "same", "--json", "-q").expecting(0).data
                #expect(equal["equal"] == true)

                let compose = "\(project.folder)/docker-compose.yml"
                let text = try String(contentsOfFile: compose, encoding: .utf8)
                try text.replacing("\"the-box\"", with: "\"the-box\"\n    user: \"0\"").replacing(
                    "MARK:", with: "OTHER:"
                )
                .write(toFile: compose, atomically: false, encoding: .utf8)
                try Data("two\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/conf"))
                try project.up()
                try project.awaitHealthy("box")
                try Command.run("docker", "exec", try project.container("box"), "sh", "-c", "echo x >/data/new")
                try project.compose("pause", "box")
                try world.capture(project.name, as: "after")
                try project.compose("unpause", "box")

                let data = try world.envsnap("diff", "before", "after", "--files", "--json", "-q").expecting(3).data
                let fields = (data["different"].array ?? []).compactMap { $0["field"].string }
                #expect(
                    Set(fields) == ["Config.Env.MARK", "Config.Env.OTHER", "Config.User", "State"], "\(fields)")
                let files = (data["data"].array ?? []).flatMap { object in
                    (object["files"].array ?? []).map { "\(object["object"].string ?? ""): \($0["path"].string ?? "")" }
                }
                let named = Set(files.filter { !$0.hasSuffix(": .") && !$0.contains("layer of") })
                #expect(
                    named == [
                        "\(project.folder): bind/conf", "\(project.folder): docker-compose.yml",
                        "volume \(project.name)_data: new",
                    ], "\(files)")
                let lines = try world.envsnap("diff", "before", "after", "--files", "-q").expecting(3).output
                #expect(lines.contains("-one") && lines.contains("+two"))
                #expect(lines.contains("~ state        running, healthy → paused"))
                #expect(
                    lines.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("        ") }, "\(lines)")
                let without = try world.envsnap("diff", "before", "after", "--no-data", "--json", "-q").expecting(3)
                #expect(try without.data["data"].isEmpty)
                try drift(world, project)
            }
        }

        private func drift(_ world: World, _ project: Project) throws {
            let running = try world.envsnap("diff", "after", project.name, "--no-data", "--json", "-q").expecting(3)
                .data
            #expect((running["different"].array ?? []).compactMap { $0["field"].string } == ["State"])
            #expect(
                try world.envsnap("diff", "before", "no-such", "--json", "-q").expecting(1).error["code"]
                    == "environment")
            #expect(
                try world.envsnap("diff", "no-such", "before", "--json", "-q").expecting(10).error["code"] == "notFound"
            )
        }

        @Test("a replay has not drifted, until a file is changed and a container stopped in it")
        func replay() throws {
            try World.with("drift") { world in
                let project = try Project.small(world)
                try Data("one\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/conf"))
                try world.capture(project.name, as: world.name)
                try project.remove()
                try world.replay(world.name, as: world.name)
                // A snapshot is not compared with itself: its replay of that name is meant.
                let still = try world.envsnap("diff", world.name, world.name, "--json", "-q").expecting(0).data
                #expect(still["equal"] == true)

                let change = "echo two >/srv/bind/conf"
                _ = try world.envsnap("exec", world.name, "box", "--", "sh", "-c", change).expecting(0)
                let compose = try world.envsnap(
                    "exec", world.name, ".", "--", "docker", "kill", "\(project.name)_box_1")
                if compose.status != 0 {
                    _ = try world.envsnap("exec", world.name, ".", "--", "docker", "kill", "\(project.name)-box-1")
                        .expecting(0)
                }
                let data = try world.envsnap("diff", world.name, "replay:\(world.name)", "--json", "-q").expecting(3)
                    .data
                #expect((data["different"].array ?? []).compactMap { $0["field"].string } == ["State"])
                let files = (data["data"].array ?? []).flatMap { $0["files"].array ?? [] }
                #expect(files.compactMap { $0["path"].string } == ["bind/conf"])
                #expect(files.first?["lines"] == ["added": 1, "removed": 1])
            }
        }
    }
}
