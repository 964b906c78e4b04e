// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Sharing") struct SharingTests {
        @Test("a bundle is shown, imported and replayed in a store that never saw the project")
        func bundle() throws {
            try World.with("bundle") { world in
                let project = try Project.small(world)
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                let exported = try world.envsnap("export", "before", "-o", "x.envsnap", "--json").expecting(0).data
                #expect(exported["snapshot"].string == id)
                #expect(exported["files"].strings == ["x.envsnap"])
                #expect(
                    try world.envsnap("export", "before", "-o", "x.envsnap", "--json").expecting(1).error["code"]
                        == "exists")
                _ = try world.envsnap("export", "before", "-o", "y.envsnap").expecting(0)
                try Command.run("cmp", "\(world.folder)/x.envsnap", "\(world.folder)/y.envsnap")
                try project.remove()

                let other = ["ENVSNAP_STORE": "\(world.folder)/other"]
                let shown = try world.envsnap("show", "x.envsnap", environment: other).expecting(0).output
                #expect(shown.contains(id) && shown.contains(project.name))
                #expect(try world.envsnap("ls", "--json", environment: other).expecting(0).data.isEmpty)

                world.cleanUp("the replay") {
                    _ = try world.envsnap("down", world.name, environment: other).expecting(0)
                }
                let replayed = try world.envsnap(
                    "replay", "x.envsnap", "--as", world.name, "--capsule-image", Settings.hostImage, "--json",
                    environment: other, within: 300
                ).expecting(0)
                #expect(try replayed.data["verdict"]["exact"] == true)
                #expect(
                    try JSONValue(parsing: replayed.output)["warnings"].strings.contains { $0.contains("imported") })
                let listed = try world.envsnap("ls", "--json", environment: other).expecting(0).data[0]
                #expect(listed["id"].string == id && listed["origin"]["kind"] == "imported")
                #expect(listed["origin"]["source"].string == "\(world.folder)/x.envsnap")
                let again = try world.envsnap("import", "x.envsnap", "--json", environment: other).expecting(0).data
                #expect(again["wasPresent"] == true && again["bytes"]["stored"] == 0)
            }
        }

        @Test("through pipes, in parts, and without what a base has")
        func ways() throws {
            try World.with("ways") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "one")
                let file = "\(project.folder)/later"
                try Data("later".utf8).write(to: URL(filePath: file))
                try world.capture(project.name, as: "two")
                let (piped, parts) = ("\(world.folder)/piped", "\(world.folder)/parts")
                try Command.script(
                    #""$1" export one -o - --store "$2" | "$1" import - --store "$3" --progress none"#,
                    Settings.binary, world.store, piped)
                let there = ["ENVSNAP_STORE": piped]
                #expect(
                    try world.envsnap("show", "one", environment: there).expecting(0).output.contains("standard input"))

                _ = try world.envsnap("export", "two", "-o", "new.envsnap", "--since", "one").expecting(0)
                let empty = ["ENVSNAP_STORE": "\(world.folder)/empty"]
                let refused = try world.envsnap("import", "new.envsnap", "--json", environment: empty).expecting(10)
                #expect(try refused.error["code"] == "needsBase")
                #expect(try world.envsnap("ls", "--json", environment: empty).expecting(0).data.isEmpty)
                _ = try world.envsnap("import", "new.envsnap", environment: there).expecting(0)
                #expect(
                    try world.envsnap("check", "--read-data", environment: there).expecting(0).output.contains(
                        "nothing wrong"))

                let cut = try world.envsnap("export", "two", "-o", "cut", "--max-part", "256K", "--json").expecting(0)
                    .data
                let names = cut["files"].strings
                #expect(names.count > 1)
                try FileManager.default.moveItem(
                    atPath: "\(world.folder)/\(names[1])", toPath: "\(world.folder)/aside")
                let missing = try world.envsnap("import", names[0], "--json", environment: ["ENVSNAP_STORE": parts])
                    .expecting(1)
                #expect(try missing.error["message"].string?.contains(names[1]) == true)
                try FileManager.default.moveItem(
                    atPath: "\(world.folder)/aside", toPath: "\(world.folder)/\(names[1])")
                _ = try world.envsnap("import", names[1], environment: ["ENVSNAP_STORE": parts]).expecting(0)
            }
        }

        @Test("wrong usage, nothing there, and a terminal")
        func usage() throws {
            try World.with("sharing-usage") { world in
                _ = try world.envsnap("export", "none", "-o", "x").expecting(10)
                _ = try world.envsnap("export", "none", "-o", "-", "--json").expecting(64)
                _ = try world.envsnap("export", "none").expecting(64)
                _ = try world.envsnap("import", "none").expecting(1)
                _ = try world.envsnap("import", "/etc/passwd").expecting(1)
                _ = try world.envsnap("push", "none", "oci://127.0.0.1:1/x").expecting(10)
                _ = try world.envsnap("pull", "127.0.0.1:1/x").expecting(64)
                let nobody = try world.envsnap("pull", "oci://127.0.0.1:1/x", "--json", "-q").expecting(1)
                #expect(try nobody.error["code"] == "unreachableRegistry")
                #expect(try !FileManager.default.contentsOfDirectory(atPath: world.folder).contains("x"))
            }
        }
    }
}
