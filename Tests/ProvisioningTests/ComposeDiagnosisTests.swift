// SPDX-License-Identifier: Apache-2.0

import JSONTree
import TestSupport
import Testing

@testable import Provisioning

/// The outputs are those of docker-compose 1.29.2 and 2.26.1.
@Suite struct ComposeDiagnosisTests {
    private static let file = ComposeText(
        file: "docker-compose.yml", text: "version: '3.8'\nservices:\n  web:\n    image: x\n    imgae: y\n")

    private static func error(of output: String...) async throws -> ProvisioningError {
        let world = FakeWorld()
        let engine = try FakeEngine { request in
            guard request.path == "/containers/json" else { return world.handler(request) }
            return .json([["Id": "1", "Names": ["/other"], "Ports": [["PublicPort": 8080, "PrivatePort": 80]]]])
        }
        return await ComposeDiagnosis(
            purpose: "bringing up foo", engine: try await engine.connect(), files: [file], status: 1, output: output
        ).error()
    }

    @Test(arguments: [
        "ERROR: for web  Cannot start service web: driver failed programming external connectivity on endpoint foo_web_1 "
            + "(0a1b): Bind for 0.0.0.0:8080 failed: port is already allocated",
        "Error response from daemon: driver failed programming external connectivity on endpoint foo-web-1 (0a1b): "
            + "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
    ])
    func `a port that is taken is told with who has it`(_ output: String) async throws {
        let error = try await Self.error(of: "Creating foo_web_1 ...", output)
        #expect(error.code == .portTaken)
        #expect(error.message == "bringing up foo: port 8080 is taken by the container other")
        #expect(error.hint?.contains("docker stop other") == true)
    }

    @Test(arguments: [
        [
            "ERROR: The Compose file './docker-compose.yml' is invalid because:",
            "Unsupported config option for services.web: 'imgae'",
        ],
        ["validating /srv/foo/docker-compose.yml: services.web Additional property imgae is not allowed"],
    ])
    func `an error in a compose file is told with file and line`(_ output: [String]) async throws {
        let error = try await Self.error(of: output[0], output.last ?? "")
        #expect(error.code == .badComposeFile)
        #expect(error.message.hasPrefix("docker-compose.yml, line 5: "), "\(error.message)")
        #expect(error.message.contains("imgae"))
    }

    @Test func `a service without image and build is found by its name`() async throws {
        let error = try await Self.error(
            of: "service \"web\" has neither an image nor a build context specified: invalid compose project")
        #expect(error.code == .badComposeFile)
        #expect(error.message.hasPrefix("docker-compose.yml, line 3: "), "\(error.message)")
    }

    @Test func `other failures are told by the lines that tell of them, with what to do`() async throws {
        let error = try await Self.error(
            of: "Creating network \"foo_default\" with the default driver",
            "ERROR: Pool overlaps with other one on this address space")
        #expect(error.code == .composeFailed)
        #expect(error.message.hasSuffix("status 1: ERROR: Pool overlaps with other one on this address space"))
        #expect(error.hint?.contains("docker network ls") == true)
    }

    @Test func `the port is the number before the words that say it is taken`() {
        #expect(ComposeDiagnosis.port(in: "Bind for [::]:53 failed: port is already allocated") == 53)
        #expect(ComposeDiagnosis.port(in: "nothing: here already") == nil)
    }
}
