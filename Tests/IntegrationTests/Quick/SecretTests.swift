// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Secrets") struct SecretTests {
        private static let secret = "q8Zt&x7/kL2mN"

        private static func project(_ world: World) throws -> Project {
            let folder = "\(world.folder)/\(world.name)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("API_TOKEN=\(secret)\nHARMLESS=here\n".utf8).write(to: URL(filePath: "\(folder)/app.env"))
            let coded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return try Project(
                world,
                compose: """
                    version: "3.8"
                    services:
                      box:
                        image: "\(Settings.image)"
                        command: ["sleep", "600"]
                        stop_signal: "SIGKILL"
                        network_mode: "none"
                        env_file: ["./app.env"]
                        environment:
                          DATABASE_URL: "postgres://app:\(coded)@db/x"
                        volumes: ["./app.env:/srv/app.env"]
                    """)
        }

        @Test("export and push stop at secrets, tell the places and never the value")
        func refusal() throws {
            try World.with("secrets") { world in
                try world.capture(Self.project(world).name, as: "before")
                let refused = try world.envsnap("export", "before", "-o", "x.envsnap", "--json").expecting(5)
                let error = try refused.error
                #expect(error["code"] == "secretsFound")
                let findings = error["details"]["findings"].array ?? []
                #expect(findings.contains { $0["object"] == "container box" && $0["name"] == "API_TOKEN" })
                #expect(findings.contains { $0["place"] == "app.env" && $0["rule"] == "name" })
                #expect(findings.contains { $0["rule"] == "url" })
                #expect(!findings.contains { $0["name"] == "HARMLESS" })
                #expect(error["details"]["notInspected"].array?.contains { $0["object"] == "images" } == true)
                let told = try world.envsnap("export", "before", "-o", "x.envsnap").expecting(5)
                #expect(told.errors.contains("API_TOKEN") && told.errors.contains("--redact"))
                let pushed = try world.envsnap("push", "before", "oci://127.0.0.1:1/x", "--json", "-q").expecting(5)
                #expect(try pushed.error["code"] == "secretsFound")
                for outcome in [refused, told, pushed] {
                    #expect(!(outcome.errors + outcome.output).contains(Self.secret), "a value is told")
                }
                #expect(try !FileManager.default.contentsOfDirectory(atPath: world.folder).contains("x.envsnap"))
                _ = try world.envsnap("export", "before", "-o", "x.envsnap", "--include-secrets").expecting(0)
                _ = try world.envsnap("export", "before", "-o", "y", "--redact", "--include-secrets").expecting(64)
                _ = try world.envsnap("export", "before", "-o", "y", "--redact", "--since", "before").expecting(64)
                _ = try world.envsnap("push", "before", "oci://127.0.0.1:1/x", "--encrypt-to", "age1x").expecting(64)
            }
        }

        @Test("a redacted bundle replays exactly, with stand-ins that agree with each other")
        func redaction() throws {
            try World.with("redacted") { world in
                let project = try Self.project(world)
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                let exported = try world.envsnap("export", "before", "-o", "x.envsnap", "--redact", "--json").expecting(
                    0
                ).data
                #expect(exported["snapshot"].string != id && exported["secrets"]["replaced"] == 1)
                #expect((exported["secrets"]["places"].int ?? 0) >= 4 && exported["secrets"]["left"] == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.store)/tmp").isEmpty)
                _ = try world.envsnap("check", "--read-data").expecting(0)
                try project.remove()

                let other = ["ENVSNAP_STORE": "\(world.folder)/other"]
                world.cleanUp("the replay") {
                    _ = try world.envsnap("down", world.name, environment: other).expecting(0)
                }
                let replayed = try world.envsnap(
                    "replay", "x.envsnap", "--as", world.name, "--capsule-image", Settings.hostImage, "--json",
                    environment: other, within: 300
                ).expecting(0)
                #expect(try replayed.data["verdict"]["exact"] == true)
                let shown = try world.envsnap(
                    "exec", world.name, "box", "--", "sh", "-c",
                    "echo $API_TOKEN; sed -n s/API_TOKEN=//p /srv/app.env; echo $DATABASE_URL", environment: other
                ).expecting(0).output.split(separator: "\n").map(String.init)
                try #require(shown.count == 3)
                #expect(
                    shown[0] != Self.secret && shown[0].utf8.count == Self.secret.utf8.count && shown[0] == shown[1])
                let password = shown[2].split(separator: ":").last?.split(separator: "@").first ?? ""
                #expect(String(password).removingPercentEncoding == shown[0])
                #expect(
                    try world.envsnap("show", "x.envsnap", environment: other).expecting(0).output.contains("redacted"))
            }
        }

        @Test("an encrypted bundle is imported by whoever has the key, and by nobody else")
        func encryption() throws {
            try World.with("encrypted") { world in
                let id = try #require(world.capture(Self.project(world).name, as: "before").data["id"].string)
                let key = "\(world.folder)/key"
                try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
                _ = try world.envsnap(
                    "export", "before", "-o", "x.age", "--encrypt-to", "\(key).pub", "--max-part", "300K"
                )
                .expecting(0)
                let other = ["ENVSNAP_STORE": "\(world.folder)/other", "HOME": world.folder]
                let refused = try world.envsnap("import", "x.age.part001", "--json", environment: other).expecting(1)
                #expect(try refused.error["code"] == "encryption")
                _ = try world.envsnap("import", "x.age.part001", "--identity", key, environment: other).expecting(0)
                #expect(try world.envsnap("ls", "--json", environment: other).expecting(0).data[0]["id"].string == id)
            }
        }
    }
}
