// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import TestSupport
import Testing

@Suite("Where an engine is")
struct EngineAddressTests {
    @Test(
        "addresses are read",
        arguments: [
            ("unix:///var/run/docker.sock", EngineAddress.unix("/var/run/docker.sock")),
            ("tcp://localhost:2375", .tcp(host: "localhost", port: 2375)),
            ("http://127.0.0.1:80/", .tcp(host: "127.0.0.1", port: 80)),
            ("tcp://[::1]:2375", .tcp(host: "::1", port: 2375)),
            ("ssh://host", .ssh(SSHDestination(host: "host"))),
            ("ssh://me@host:2222", .ssh(SSHDestination(user: "me", host: "host", port: 2222))),
            ("ssh://me@[::1]:22/d.sock", .ssh(SSHDestination(user: "me", host: "::1", port: 22, socket: "/d.sock"))),
        ])
    func read(text: String, address: EngineAddress) throws {
        #expect(try EngineAddress(parsing: text) == address)
        #expect(try EngineAddress(parsing: address.description) == address)
    }

    @Test(
        "what cannot be understood is refused",
        arguments: [
            "", "/var/run/docker.sock", "unix://relative", "tcp://host", "tcp://:1", "tcp://h:0", "tcp://h:x",
            "tcp://h:1/path", "ftp://h:1", "ssh://", "ssh://me@", "ssh://@h", "ssh://me:secret@h", "ssh://h:x",
            "ssh://-oProxyCommand=x", "ssh://-l@h", "unix:///" + String(repeating: "x", count: 120),
        ])
    func refused(text: String) async {
        await expectError(.invalidAddress) { try EngineAddress(parsing: text) }
    }

    @Test("what is not built yet says so", arguments: ["https://h:1", "npipe:////./pipe/docker"])
    func unsupported(text: String) async {
        await expectError(.unsupported) { try EngineAddress(parsing: text) }
    }

    @Test("without anything set it is the standard socket")
    func standard() throws {
        let folder = try TemporaryFolder()
        #expect(try EngineAddress.resolve(environment: [:]) == .standard)
        #expect(try EngineAddress.resolve(environment: ["HOME": folder.path, "DOCKER_HOST": ""]) == .standard)
    }

    @Test("DOCKER_HOST goes before contexts")
    func host() throws {
        let folder = try configuration(current: "there")
        let environment = ["DOCKER_HOST": "tcp://a:1", "DOCKER_CONTEXT": "there", "DOCKER_CONFIG": folder.path]
        #expect(try EngineAddress.resolve(environment: environment) == .tcp(host: "a", port: 1))
    }

    @Test("a context is found by its name, current or chosen")
    func contexts() throws {
        let folder = try configuration(current: "here")
        let environment = ["DOCKER_CONFIG": folder.path]
        #expect(try EngineAddress.resolve(environment: environment) == .unix("/run/here.sock"))
        let chosen = environment.merging(["DOCKER_CONTEXT": "there"]) { $1 }
        #expect(try EngineAddress.resolve(environment: chosen) == .tcp(host: "there", port: 2375))
        let standard = environment.merging(["DOCKER_CONTEXT": "default"]) { $1 }
        #expect(try EngineAddress.resolve(environment: standard) == .standard)
    }

    @Test("the configuration in the home folder is read")
    func home() throws {
        let home = try TemporaryFolder()
        try home.write(#"{"currentContext":"c"}"#, to: ".docker/config.json")
        try home.write(
            #"{"Name":"c","Endpoints":{"docker":{"Host":"unix:///c.sock"}}}"#, to: ".docker/contexts/meta/1/meta.json")
        #expect(try EngineAddress.resolve(environment: ["HOME": home.path]) == .unix("/c.sock"))
    }

    @Test("certificates are those of the environment, or of the context")
    func certificates() throws {
        let folder = try configuration(current: "secure")
        try folder.write("", to: "own/cert.pem")
        let host = ["DOCKER_HOST": "tcp://a:2376", "DOCKER_CONFIG": folder.path]
        func resolve(_ more: [String: String]) throws -> EngineAddress {
            try EngineAddress.resolve(environment: host.merging(more) { $1 })
        }
        #expect(try resolve([:]) == .tcp(host: "a", port: 2376))
        #expect(try resolve(["DOCKER_TLS_VERIFY": "1"]) == .tls(host: "a", port: 2376, files: TLSFiles()))
        let own = TLSFiles(certificate: folder.path + "/own/cert.pem")
        #expect(
            try resolve(["DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": folder.path + "/own"])
                == .tls(host: "a", port: 2376, files: own))
        #expect(try resolve(["DOCKER_TLS": "1"]) == .tls(host: "a", port: 2376, files: TLSFiles(verifies: false)))
        #expect(try resolve(["DOCKER_TLS_VERIFY": "1", "DOCKER_HOST": "unix:///a"]) == .unix("/a"))
        let secure = EngineAddress.tls(
            host: "secure", port: 2376,
            files: TLSFiles(authority: folder.path + "/contexts/tls/digest-of-secure/docker/ca.pem"))
        #expect(try EngineAddress.resolve(environment: ["DOCKER_CONFIG": folder.path]) == secure)
        // What is recorded has no certificates.
        #expect(secure.description == "tcp://secure:2376")
        #expect(try EngineAddress.resolve(recorded: "tcp://secure:2376", environment: host) == secure)
        #expect(
            try EngineAddress.resolve(recorded: "tcp://other:1", environment: host) == .tcp(host: "other", port: 1))
    }

    @Test("a context that is missing or broken is an error")
    func failures() async throws {
        let folder = try configuration(current: "nowhere")
        await expectError(.invalidAddress) { try EngineAddress.resolve(environment: ["DOCKER_CONFIG": folder.path]) }
        await expectError(.invalidAddress) { try EngineAddress.resolve(environment: ["DOCKER_CONTEXT": "x"]) }
        try folder.write("{not json", to: "config.json")
        await expectError(.invalidAddress) { try EngineAddress.resolve(environment: ["DOCKER_CONFIG": folder.path]) }
    }

    private func configuration(current: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(#"{"currentContext":"\#(current)"}"#, to: "config.json")
        let hosts = [("here", "unix:///run/here.sock"), ("there", "tcp://there:2375"), ("secure", "tcp://secure:2376")]
        for (name, host) in hosts {
            try folder.write(
                #"{"Name":"\#(name)","Metadata":{},"Endpoints":{"docker":{"Host":"\#(host)"}}}"#,
                to: "contexts/meta/digest-of-\(name)/meta.json")
        }
        try folder.write("", to: "contexts/tls/digest-of-secure/docker/ca.pem")
        return folder
    }
}
