// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Engines on other machines", .enabled(if: FileManager.default.fileExists(atPath: "/usr/sbin/sshd")))
    struct RemoteTests {
        @Test("captured and replayed by ssh and by TLS, exactly, with nothing left behind")
        func roundTrips() throws {
            try World.with("remote") { world in
                let machine = try Machine(world)
                for image in [Settings.image, Settings.remoteImage] { try machine.bring(image) }
                for (name, environment) in [("ssh", machine.ssh), ("tls", machine.tls)] {
                    try makeProject(on: machine)
                    let before = try machine.run(listing)
                    let held = try EngineListing(machine.docker).lines
                    let captured = try world.envsnap(
                        "capture", "far", "--name", name, "--json", environment: environment
                    ).expecting(0).data
                    #expect(captured["complete"] == true)
                    #expect(try EngineListing(machine.docker).lines == held)
                    #expect(try helpers(on: machine).isEmpty)
                    try removeProject(from: machine)

                    let replayed = try world.envsnap(
                        "replay", name, "--capsule-image", Settings.remoteImage, "--json", environment: environment,
                        within: 300
                    ).expecting(0).data
                    #expect(replayed["verdict"]["exact"] == true)
                    let after = try Command.outcome(machine.docker + ["exec", "envsnap-\(name)", "sh", "-c", listing])
                    #expect(after.output == before + "\n")
                    _ = try world.envsnap("verify", name, "--data", environment: environment).expecting(0)
                    let said = try world.envsnap(
                        "exec", name, "box", "--", "cat", "/data/word", environment: environment)
                    #expect(said.output == "kept\n")
                    _ = try world.envsnap("down", name, environment: environment).expecting(0)
                    #expect(try helpers(on: machine).isEmpty)
                }
            }
        }

        @Test("what stands in the way is said, with the next step")
        func troubles() throws {
            try World.with("remotetrouble") { world in
                let machine = try Machine(world)
                func expect(_ words: String, _ environment: [String: String]) throws {
                    let outcome = try world.envsnap("doctor", environment: environment, within: 60)
                    #expect(outcome.status == 20, "\(outcome)")
                    #expect((outcome.output + outcome.errors).contains(words), "\(outcome)")
                }
                let (tls, ssh) = (machine.tls, machine.ssh)
                func changing(_ base: [String: String], _ key: String, _ value: String) -> [String: String] {
                    base.merging([key: value]) { $1 }
                }
                try expect("does not prove who it is", changing(tls, "DOCKER_CERT_PATH", "\(machine.folder)/other"))
                try expect("is not for 127.0.0.1", changing(tls, "DOCKER_HOST", "tcp://127.0.0.1:\(machine.port)"))
                try Command.script(#"rm "$1"/client/cert.pem "$1"/client/key.pem"#, machine.folder)
                try expect("take this client's certificate", tls)
                try expect("no engine answers there", changing(ssh, "DOCKER_HOST", (ssh["DOCKER_HOST"] ?? "") + "x"))
                try Command.script(#"rm "$1/known_hosts""#, machine.folder)
                try expect("does not know the machine's host key", ssh)
                try Command.script(
                    #"cd "$1"; echo 'StrictHostKeyChecking no' >>ssh_config; cp key.pub other.pub; echo >key.pub"#,
                    machine.folder)
                try expect("ssh may not log in", ssh)
            }
        }

        private let listing = #"find /srv/far -printf "%p %m %U %G %T@ %s %l\n" | sort"#

        /// Containers and images of helpers on the machine, which nobody else uses.
        private func helpers(on machine: Machine) throws -> String {
            try machine.run("docker ps -aq --filter label=io.envsnap.helper; docker images -q envsnap/helper")
        }

        private func makeProject(on machine: Machine) throws {
            try machine.run(
                """
                mkdir -p /srv/far/bind; cd /srv/far
                cat >docker-compose.yml <<END
                services:
                  box:
                    image: \(Settings.image)
                    command: ["sh", "-c", "test -e /made || echo kept >/data/word; test -e /made || echo layer >/made; exec sleep 600"]
                    stop_signal: SIGKILL
                    volumes: ["data:/data", "./bind:/bind"]
                volumes:
                  data:
                END
                truncate -s 1G bind/hole; printf end >>bind/hole; ln -sf /nowhere bind/link
                head -c 3000000 /dev/urandom >bind/random; chown 7:8 bind/random; chmod 2751 bind
                docker-compose -p far up -d
                for i in $(seq 50); do docker exec far-box-1 test -e /made && break; sleep 0.1; done
                """)
        }

        private func removeProject(from machine: Machine) throws {
            try machine.run("cd /srv/far; docker-compose -p far down -v; rm -r /srv/far")
        }
    }
}
