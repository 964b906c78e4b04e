// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two hosts with a project in each, of which one names the other: only files, until `envsnap up` is run.
///
/// The data-root of one lies on a volume of a name, that of the other on one without; one project lies in the working
/// folder, the other in a folder that is mounted.
struct HostPair {
    /// The project's name.
    let name: String
    /// Its folder.
    let folder: String

    /// Writes the files; all that becomes of them is removed at the end.
    init(_ world: World) throws {
        name = world.name
        folder = "\(world.folder)/\(world.name)"
        for part in ["tool", "fred", "waldo"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        let (name, images) = (name, "\(world.name)/tool")
        world.cleanUp("the images") {
            // The later one is made from the earlier.
            try Command.script(#"docker image rm -f "$1:next" "$1:dev" >/dev/null 2>&1 || true"#, images)
        }
        world.cleanUp("the project \(name)") { try Project.removeObjects(of: name) }
        try write("tool/Dockerfile", "FROM \(Settings.image)\nRUN echo tool >/tool\n")
        try write("docker-compose.yml", Self.outer(world, image("tool:dev")))
        try write("fred/docker-compose.yml", Self.fred(world, image("tool:dev")))
        try write("waldo/compose.yaml", Self.waldo(image("tool:dev")))
    }

    /// The name of an image of the project's own.
    func image(_ name: String) -> String { "\(self.name)/\(name)" }

    /// The engine in one of the hosts.
    func host(_ service: String) throws -> Places {
        try Places.machine.inside(Project.container(service, of: name, docker: ["docker"]))
    }

    /// Builds an image on the outer engine.
    func build(_ name: String, _ dockerfile: String) throws {
        let folder = "\(folder)/built"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(dockerfile.utf8).write(to: URL(filePath: "\(folder)/Dockerfile"))
        try Command.run(
            "docker", "build", "-t", image(name), folder, environment: ["DOCKER_BUILDKIT": "0"])
    }

    /// The project's containers that run on the outer engine.
    func running() throws -> String {
        try Command.run("docker", "ps", "-q", "--filter", "label=com.docker.compose.project=\(name)")
    }

    /// What the outer engine and those of the hosts hold of it.
    func listings() throws -> [[String]] {
        let own = try EngineListing().lines.filter { $0.contains(name) }
        return try [own]
            + ["fred", "waldo"].map { try host($0).docker }.map { docker in
                try Command.outcome(docker + ["container", "ls", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}}"])
                    .expecting(0).output.split(separator: "\n").map(String.init)
            }
    }

    private func write(_ file: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
    }

    private static func outer(_ world: World, _ image: String) -> String {
        """
        version: "3.8"
        networks:
          default:
            ipam:
              config:
                - subnet: "10.81.\(world.number).0/24"
        volumes:
          fred-docker:
        services:
          tool:
            build: "./tool"
            image: "\(image)"
            entrypoint: ["true"]
          fred:
            image: "\(Settings.hostImage)"
            privileged: true
            stop_signal: "SIGKILL"
            networks: {default: {ipv4_address: "10.81.\(world.number).100"}}
            volumes: ["fred-docker:/var/lib/docker", "./fred:/srv/fred"]
            working_dir: "/srv/fred/"
          waldo:
            image: "\(Settings.hostImage)"
            privileged: true
            stop_signal: "SIGKILL"
            networks: {default: {ipv4_address: "10.81.\(world.number).101"}}
            volumes: ["/var/lib/docker", "./waldo:/srv/waldo"]
        """
    }

    private static func fred(_ world: World, _ image: String) -> String {
        """
        version: "3.8"
        services:
          web:
            image: "\(image)"
            command: ["sleep", "600"]
            stop_signal: "SIGKILL"
            extra_hosts: ["echo:10.81.\(world.number).101"]

        """
    }

    private static func waldo(_ image: String) -> String {
        """
        version: "3.8"
        services:
          echo:
            image: "\(image)"
            hostname: "echo-of-waldo"
            command: ["nc", "-ll", "-p", "7000", "-e", "hostname"]
            stop_signal: "SIGKILL"
            ports: ["7000:7000"]

        """
    }
}
