// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A compose project of busybox containers on the engine.
struct Project {
    /// Its name.
    let name: String
    /// Its folder.
    let folder: String

    /// Writes a project's compose file and brings it up; it is removed at the end.
    init(
        _ world: World, name: String? = nil, folder: String? = nil, compose: String,
        prepare: (_ folder: String) throws -> Void = { _ in }
    ) throws {
        self.name = name ?? world.name
        self.folder = "\(world.folder)/\(folder ?? self.name)"
        try FileManager.default.createDirectory(atPath: "\(self.folder)/bind", withIntermediateDirectories: true)
        try Data(compose.utf8).write(to: URL(filePath: "\(self.folder)/docker-compose.yml"))
        try prepare(self.folder)
        let project = self.name
        world.cleanUp("the project \(project)") { try Self.removeObjects(of: project) }
        try up()
    }

    /// One container that sleeps, for tests that are about something else.
    static func small(_ world: World, name: String? = nil, folder: String? = nil) throws -> Project {
        try Project(
            world, name: name, folder: folder,
            compose: """
                version: "3.8"
                services:
                  box:
                    image: "\(Settings.image)"
                    command: ["sleep", "600"]
                    stop_signal: "SIGKILL"
                    network_mode: "none"
                    volumes: ["./bind:/srv/bind"]
                """)
    }

    /// Something of everything.
    static func rich(_ world: World) throws -> Project {
        try Project(
            world,
            compose: """
                version: "3.8"
                networks:
                  default:
                    ipam:
                      config:
                        - subnet: "10.81.\(world.number).0/24"
                volumes:
                  data:
                services:
                  box:
                    image: "\(Settings.image)"
                    command: ["sleep", "600"]
                    stop_signal: "SIGKILL"
                    hostname: "the-box"
                    environment:
                      MARK: "a = 'b' \\"c\\" $$d"
                    healthcheck:
                      test: ["CMD", "true"]
                      interval: "1s"
                    networks:
                      default:
                        ipv4_address: "10.81.\(world.number).10"
                    volumes: ["data:/data", "/anonymous", "./bind:/srv/bind"]
                  gone:
                    image: "\(Settings.image)"
                    command: ["sh", "-c", "echo left >/left; exit 3"]
                """)
    }

    private static let tool: [String] =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/docker-compose")
        ? ["docker-compose"] : ["docker", "compose"]

    @discardableResult
    func compose(_ arguments: String...) throws -> String {
        let outcome = try Command.outcome(Self.tool + ["-p", name] + arguments, folder: folder)
        guard outcome.status == 0 else { throw outcome }
        return outcome.output
    }

    /// Brings it up.
    func up() throws { try compose("up", "-d") }

    /// The id of a service's container.
    func container(_ service: String) throws -> String {
        try Self.container(service, of: name, docker: ["docker"])
    }

    /// The id of a service's container on the engine that a docker command speaks with.
    static func container(_ service: String, of project: String, docker: [String]) throws -> String {
        let outcome = try Command.outcome(
            docker + [
                "container", "ls", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project=\(project)",
                "--filter", "label=com.docker.compose.service=\(service)",
            ])
        return try #require(outcome.output.split(separator: "\n").first.map(String.init), "no \(service): \(outcome)")
    }

    /// Waits until a container is healthy.
    func awaitHealthy(_ service: String) throws {
        let id = try container(service)
        for _ in 0..<100 {
            if try Command.run("docker", "inspect", "-f", "{{.State.Health.Status}}", id) == "healthy" { return }
            usleep(200_000)
        }
        Issue.record("\(service) did not become healthy")
    }

    /// Removes it with everything, also its folder.
    func remove() throws {
        try Self.removeObjects(of: name)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Removes all that bears a project's label, whatever became of its compose file.
    static func removeObjects(of name: String) throws {
        try Command.script(
            """
            label=label=com.docker.compose.project=$1
            docker container ls -aq --filter "$label" | xargs -r docker rm -fv >/dev/null
            docker network ls -q --filter "$label" | xargs -r docker network rm >/dev/null
            docker volume ls -q --filter "$label" | xargs -r docker volume rm >/dev/null
            """, name)
    }
}
