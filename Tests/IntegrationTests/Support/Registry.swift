// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Debian's `docker-registry` on this machine, which goes with the test.
struct Registry {
    /// Its host and port.
    let address: String

    /// Starts a registry and waits until it answers.
    init(_ world: World, _ name: String) throws {
        let folder = "\(world.folder)/\(name)"
        let address = "127.0.0.1:\(30_000 + Int.random(in: 0..<10_000))"
        self.address = address
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            {"version": "0.1", "log": {"level": "error"}, "http": {"addr": "\(address)", "secret": "for-tests"},
             "storage": {"filesystem": {"rootdirectory": "\(folder)/data"}}}
            """
        try Data(configuration.utf8).write(to: URL(filePath: "\(folder)/config.yml"))
        let server = try Command(["docker-registry", "serve", "\(folder)/config.yml"])
        world.cleanUp("the registry \(name)") {
            kill(server.id, SIGTERM)
            _ = try server.finish(within: 20)
        }
        try Command.script(
            #"for i in $(seq 100); do python3 -c "$2" "$1" 2>/dev/null && exit; sleep 0.1; done; exit 1"#, address,
            "import sys, urllib.request; urllib.request.urlopen('http://' + sys.argv[1] + '/v2/')")
    }
}
