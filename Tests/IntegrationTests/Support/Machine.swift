// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Another machine: a container with an engine that listens behind TLS, and on a socket that a real sshd here leads to.
struct Machine {
    /// The container that stands for the machine.
    let container: String
    /// The folder with certificates and keys.
    let folder: String
    /// The port of the engine's TLS on this machine's loopback.
    let port: String
    private let sshPort: Int

    /// Makes a machine, which goes with the test.
    init(_ world: World) throws {
        let folder = "\(world.folder)/machine"
        self.folder = folder
        container = "\(world.name)-machine"
        sshPort = 20_000 + Int.random(in: 0..<10_000)
        try Command.script(Self.makeKeys, folder, String(sshPort))
        try Command.run(
            "docker", "run", "-d", "--privileged", "--name", container, "--entrypoint", "dockerd",
            "-p", "127.0.0.1::2376", "-v", "\(folder):/machine", "-v", "/var/lib/docker", "-v", "/srv",
            Settings.remoteImage, "--host", "unix:///machine/docker.sock", "--host", "unix:///var/run/docker.sock",
            "--host", "tcp://0.0.0.0:2376", "--tlsverify", "--tlscacert", "/machine/ca.pem",
            "--tlscert", "/machine/server.pem", "--tlskey", "/machine/server-key.pem")
        let container = container
        world.cleanUp("the machine") { try Command.run("docker", "rm", "-fv", container) }
        let published = try Command.run("docker", "port", container, "2376/tcp")
        port = try #require(published.split(separator: ":").last.map(String.init))
        try Command.script(
            #"for i in $(seq 300); do test -S "$1/docker.sock" && exit; sleep 0.2; done; exit 1"#, folder)
        try Command.run("/usr/sbin/sshd", "-f", "\(folder)/sshd_config")
        world.cleanUp("the sshd") { try Command.script(#"kill "$(cat "$1/sshd.pid")""#, folder) }
        try Command.script(
            #"ssh-keyscan -p "$2" 127.0.0.1 2>/dev/null | grep -v '^#' >"$1/known_hosts""#, folder, String(sshPort))
    }

    /// What makes envsnap use the machine's engine by TLS.
    var tls: [String: String] {
        ["DOCKER_HOST": "tcp://localhost:\(port)", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "\(folder)/client"]
    }

    /// What makes envsnap use the machine's engine by ssh, with the test's own configuration of ssh.
    var ssh: [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "DOCKER_HOST": "ssh://root@127.0.0.1:\(sshPort)\(folder)/docker.sock", "PATH": "\(folder)/bin:\(path)",
        ]
    }

    /// The docker command on the machine.
    var docker: [String] { ["docker", "exec", "-i", container, "docker"] }

    /// Runs a script on the machine.
    @discardableResult
    func run(_ script: String) throws -> String {
        try Command.run("docker", "exec", container, "sh", "-euc", script)
    }

    /// Brings an image from the engine here onto that of the machine.
    func bring(_ image: String) throws {
        try Command.script(#"docker save "$2" | docker exec -i "$1" docker load >/dev/null"#, container, image)
    }

    private static let makeKeys = #"""
        mkdir -p "$1/client" "$1/other" "$1/bin"; cd "$1"
        authority() {
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.pem"
        }
        sign() {
            openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.csr"
            openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out "$1.pem" \
                -extfile <(printf "$2")
        }
        { authority ca; authority stranger; sign server "subjectAltName=DNS:localhost\n"
          sign user "extendedKeyUsage=clientAuth\n"; } 2>/dev/null
        cp ca.pem client/ca.pem; cp user.pem client/cert.pem; cp user-key.pem client/key.pem
        cp stranger.pem other/ca.pem; cp user.pem other/cert.pem; cp user-key.pem other/key.pem
        ssh-keygen -q -t ed25519 -N '' -f host_key; ssh-keygen -q -t ed25519 -N '' -f key
        mkdir -p /run/sshd
        cat >sshd_config <<END
        Port $2
        ListenAddress 127.0.0.1
        HostKey $1/host_key
        AuthorizedKeysFile $1/key.pub
        PidFile $1/sshd.pid
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        StrictModes no
        END
        cat >ssh_config <<END
        IdentityFile $1/key
        IdentitiesOnly yes
        UserKnownHostsFile $1/known_hosts
        END
        printf '#!/bin/sh\nexec /usr/bin/ssh -F %s "$@"\n' "$1/ssh_config" >bin/ssh
        chmod 755 bin/ssh
        """#
}
