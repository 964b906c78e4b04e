// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A compose project with one host, in which one container runs beside one of the project itself.
struct NestedProject {
    /// The project.
    let project: Project

    /// Brings it up; inside the host runs a container `inner`.
    init(_ world: World) throws {
        project = try Project(
            world,
            compose: """
                version: "3.8"
                services:
                  box:
                    image: "\(Settings.image)"
                    command: ["sh", "-c", "echo first; echo second >&2; exec sleep 900"]
                    stop_signal: "SIGKILL"
                    network_mode: "none"
                    volumes: ["./bind:/srv/bind"]
                  corge:
                    image: "\(Settings.hostImage)"
                    privileged: true
                    network_mode: "none"
                    volumes: ["/var/lib/docker"]
                """)
        try Command.script(
            """
            for i in $(seq 100); do docker exec "$1" docker info >/dev/null 2>&1 && break; sleep 0.2; done
            docker save "$2" | docker exec -i "$1" docker load >/dev/null
            docker exec "$1" docker run -d --name inner --network none --stop-signal KILL "$2" \
                sh -c 'echo deep; exec sleep 900' >/dev/null
            """, try project.container("corge"), Settings.image)
    }
}
