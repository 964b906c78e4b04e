// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import Provisioning

@Suite struct ComposeModelTests {
    private static func model(_ texts: String..., variables: [String: String] = [:]) throws -> ComposeModel {
        try ComposeModel(
            files: texts.enumerated().map { ComposeText(file: "file\($0).yml", text: $1) }, variables: variables)
    }

    @Test func `what bringing up needs is read from a file`() throws {
        let model = try Self.model(
            """
            name: foo
            x-common: &common
              env_file: ["./.env", {path: ./maybe.env, required: false}]
              depends_on: {db: {condition: service_healthy}}
            services:
              web:
                <<: *common
                image: "app:${TAG:-dev}"
                build: ./web
                extra_hosts: ["redis:10.0.0.2", "six=[fd00::2]"]
                environment: ["URL=http://10.0.0.3:80/$$x"]
                links: ["cache:c", "cache2"]
                x-envsnap: {project: /srv/web}
              db:
                image: postgres
                profiles: ["late"]
            """, variables: ["TAG": "7"])
        #expect(model.name == "foo")
        let web = try #require(model.service("web"))
        #expect(web.image == "app:7")
        #expect(web.isBuilt && web.isStarted)
        #expect(web.extraHosts == ["10.0.0.2", "fd00::2"])
        #expect(web.dependencies == ["db", "cache", "cache2"])
        #expect(web.environmentFiles == ["./.env"])
        #expect(web.words.isSuperset(of: ["10.0.0.3", "http", "80", "x"]))
        #expect(web.remarks["project"].string == "/srv/web")
        #expect(model.started.map(\.name) == ["web"])
        #expect(model.service("db")?.isBuilt == false)
    }

    @Test func `a later file lies over an earlier one`() throws {
        let model = try Self.model(
            "services: {web: {image: one, extra_hosts: ['a:10.0.0.1']}, db: {image: db}}",
            "services: {web: {image: two, extra_hosts: ['b:10.0.0.2']}}")
        #expect(model.services.map(\.image) == ["two", "db"])
        #expect(model.services[0].extraHosts == ["10.0.0.1", "10.0.0.2"])
    }

    @Test func `what the tool leaves out comes from the files`() throws {
        let files = try Self.model(
            "services: {a: {image: x, x-envsnap: {project: false}}, late: {image: y, build: ., profiles: [p]}}")
        let resolved = try ComposeModel(resolved: ComposeText(file: "-", text: "name: n\nservices: {a: {image: x}}"))
        let model = resolved.completed(by: files)
        #expect(model.name == "n")
        #expect(model.services.map(\.name) == ["a", "late"])
        #expect(model.services[0].remarks["project"] == false)
        #expect(model.started.map(\.name) == ["a"])
    }

    @Test(arguments: [
        ("services:\n  web:\n   - a: b\n  c", "file0.yml, line 5"),
        ("services:\n  web: {image: x\n", "file0.yml, line 3"),
        ("a: 1\nservices:\n  web: 'x\n", "file0.yml, line"),
        ("services:\n\tweb: x\n", "file0.yml, line 2"),
        ("services:\n  a: 1\n  a: 2\n", "file0.yml, line"),
    ])
    func `an error in a file is told with its line`(_ text: String, _ place: String) throws {
        let error = try #require(throws: ProvisioningError.self) { try Self.model(text) }
        #expect(error.code == .badComposeFile)
        #expect(error.message.hasPrefix(place), "\(error.message)")
    }

    @Test func `a key is found by those above it`() {
        let text = ComposeText(file: "f", text: "services:\n  web:\n    image: x\n    imgae: y\n  db:\n    image: z\n")
        #expect(text.line(of: ["services", "web", "imgae"]) == 4)
        #expect(text.line(of: ["services", "db", "image"]) == 6)
        #expect(text.line(of: ["services", "db", "none"]) == 5)
        #expect(text.line(of: ["services", "none"]) == nil)
        #expect(text.line(of: ["networks"]) == nil)
    }
}
