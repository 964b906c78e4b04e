// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A project that is captured twice, as `good` and as `bad`, with all planted differences between the two.
struct PlantedProject {
    /// The first three parts of the addresses of its network.
    let subnet: String
    let name: String

    /// Captures both; the project itself is gone then.
    init(_ world: World) throws {
        name = world.name
        subnet = "10.82.\(world.number)"
        let image = "\(world.name)/tool:dev"
        // The first image loses its name to the second, and goes with the last container.
        world.cleanUp("the images") {
            try Command.script(
                #"docker images -q --filter label=planted="$1" | xargs -r docker rmi -f >/dev/null"#, image)
        }
        try Self.build(image, world, "one")
        let project = try Project(world, compose: compose(image, Self.good)) { folder in
            try Self.fill(folder, "one")
        }
        try Self.touch(project, "one")
        try world.capture(project.name, as: "good")
        try project.compose("down")
        try Self.build(image, world, "two")
        try Data(compose(image, Self.bad).utf8).write(to: URL(filePath: "\(project.folder)/docker-compose.yml"))
        try project.up()
        try Self.fill(project.folder, "two")
        try Self.touch(project, "two")
        try Command.run("docker", "kill", project.container("ended"))
        try world.capture(project.name, as: "bad")
        try project.remove()
    }

    private static func build(_ image: String, _ world: World, _ version: String) throws {
        try Command.script(
            #"""
            mkdir -p "$2/image"; echo "$3" >"$2/image/version"
            printf 'FROM %s\nLABEL planted=%s\nCOPY version /version\n' "$4" "$1" >"$2/image/Dockerfile"
            DOCKER_BUILDKIT=0 docker build -q -t "$1" "$2/image" >/dev/null
            """#, image, world.folder, version, Settings.image)
    }

    private static func fill(_ folder: String, _ version: String) throws {
        try Command.script(
            #"""
            for i in $(seq 20); do echo "$2" >"$1/bind/file $i"; done; echo "$2" >"$1/bind/conf"
            if test "$2" = one; then touch "$1/bind/gone"; else rm "$1/bind/gone"; touch "$1/bind/new"; fi
            """#, folder, version)
    }

    private static func touch(_ project: Project, _ version: String) throws {
        let script = #"""
            for file in /data/state /data/other /anonymous/in /anonymous/other /layer /another; do echo "$0" >$file; done
            ln -sfn "$0" /data/link; touch /data/script; chmod "$1" /data/script
            """#
        try Command.run(
            "docker", "exec", "-u", "0", try project.container("box"), "sh", "-c", script, version,
            version == "one" ? "755" : "644")
    }

    /// What is different in the two compose files.
    private struct Variant {
        var variables: String
        var box: (address: Int, host: String, folder: String, hosts: String)
        var mtu: Int
        var third: (user: Int, isReadOnly: Bool, volumes: String, seconds: Int)
        var goner: String
        var memory: Int
    }

    private static let good = Variant(
        variables: #"{MODE: "plain", TOKEN: "x", OTHER: "one"}"#, box: (10, "one", "/tmp", "192.0.2.1"),
        mtu: 1500, third: (0, false, "[]", 900),
        goner: """
              goner:
                image: "\(Settings.image)"
                command: ["sleep", "900"]
                stop_signal: "SIGKILL"
                networks: {default: {ipv4_address: "SUBNET.50"}}

            """, memory: 64)
    private static let bad = Variant(
        variables: #"{MODE: "special", DEBUG: "1", OTHER: "two"}"#, box: (20, "two", "/", "192.0.2.2"),
        mtu: 1400, third: (1000, true, #"["more:/more"]"#, 901), goner: "", memory: 80)

    private func compose(_ image: String, _ variant: Variant) -> String {
        """
        version: "3.8"
        networks:
          default:
            ipam:
              config:
                - subnet: "\(subnet).0/25"
          side:
            driver_opts:
              com.docker.network.driver.mtu: "\(variant.mtu)"
            ipam:
              config:
                - subnet: "\(subnet).128/25"
        volumes:
          data:
          more:
        services:
          box:
            image: "\(image)"
            command: ["sleep", "900"]
            stop_signal: "SIGKILL"
            hostname: "\(variant.box.host)"
            working_dir: "\(variant.box.folder)"
            environment: \(variant.variables)
            extra_hosts: ["elsewhere:\(variant.box.hosts)"]
            mem_limit: "\(variant.memory)m"
            networks: {default: {ipv4_address: "\(subnet).\(variant.box.address)"}}
            volumes: ["data:/data", "/anonymous", "./bind:/srv/bind"]
          third:
            image: "\(Settings.image)"
            command: ["sleep", "\(variant.third.seconds)"]
            stop_signal: "SIGKILL"
            user: "\(variant.third.user)"
            read_only: \(variant.third.isReadOnly)
            networks: {side: {ipv4_address: "\(subnet).160"}}
            volumes: \(variant.third.volumes)
          ended:
            image: "\(Settings.image)"
            command: ["sleep", "900"]
            stop_signal: "SIGKILL"
            networks: {default: {ipv4_address: "\(subnet).40"}}
        \(variant.goner.replacing("SUBNET", with: subnet))
        """
    }
}
