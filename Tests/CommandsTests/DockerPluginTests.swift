// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import Commands

@Suite struct DockerPluginTests {
    private static let path = "/usr/libexec/docker/cli-plugins/docker-envsnap"

    @Test func `under its own name it is no plugin`() throws {
        #expect(try DockerPlugin(program: "/usr/bin/envsnap", arguments: ["envsnap", "ls"]) == nil)
    }

    @Test func `docker's question is told from a verb`() throws {
        let plugin = try #require(try DockerPlugin(program: Self.path, arguments: [DockerPlugin.question]))
        #expect(plugin.arguments == [DockerPlugin.question])
        #expect(DockerPlugin.metadata["SchemaVersion"].string == "0.1.0")
        #expect(DockerPlugin.metadata["Version"].string == EnvSnapCommand.version)
    }

    @Test func `the plugin's name goes, everything behind it stays`() throws {
        let plugin = try DockerPlugin(
            program: Self.path, arguments: ["envsnap", "exec", "a", ".", "--", "-H", "envsnap"])
        #expect(plugin?.arguments == ["exec", "a", ".", "--", "-H", "envsnap"])
        #expect(plugin?.environment.isEmpty == true)
    }

    @Test func `docker's own options choose the engine`() throws {
        let plugin = try DockerPlugin(
            program: Self.path,
            arguments: ["--host=tcp://a:1", "-c", "there", "-D", "-l", "debug", "--tlsverify", "envsnap", "ps"])
        #expect(plugin?.arguments == ["ps"])
        #expect(
            plugin?.environment
                == ["DOCKER_HOST": "tcp://a:1", "DOCKER_CONTEXT": "there", "DOCKER_TLS_VERIFY": "1"])
        #expect(try DockerPlugin(program: Self.path, arguments: ["--tls=false", "envsnap"])?.environment == [:])
    }

    @Test func `an option that would be lost is refused`() throws {
        #expect(throws: Failure.self) {
            try DockerPlugin(program: Self.path, arguments: ["--tlscacert", "x", "envsnap", "ps"])
        }
    }
}
