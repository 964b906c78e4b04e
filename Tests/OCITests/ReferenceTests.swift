// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI
import Testing

@Suite struct ReferenceTests {
    static let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// What `docker image tag` makes of each text, by distribution/reference v0.6.0.
    @Test(arguments: [
        ("postgres", "docker.io/library/postgres:latest", "postgres:latest"),
        ("postgres:13", "docker.io/library/postgres:13", "postgres:13"),
        ("library/postgres", "docker.io/library/postgres:latest", "postgres:latest"),
        ("docker.io/postgres", "docker.io/library/postgres:latest", "postgres:latest"),
        ("index.docker.io/postgres", "docker.io/library/postgres:latest", "postgres:latest"),
        ("docker.io/library/postgres:latest", "docker.io/library/postgres:latest", "postgres:latest"),
        ("team/app", "docker.io/team/app:latest", "team/app:latest"),
        ("team/group/app", "docker.io/team/group/app:latest", "team/group/app:latest"),
        ("library/group/app", "docker.io/library/group/app:latest", "library/group/app:latest"),
        ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:latest"),
        ("Registry/app", "Registry/app:latest", "Registry/app:latest"),
        ("quay.io/team/app:v1.2_3-x", "quay.io/team/app:v1.2_3-x", "quay.io/team/app:v1.2_3-x"),
        ("[fd00::1]:5000/app", "[fd00::1]:5000/app:latest", "[fd00::1]:5000/app:latest"),
        ("a__b.c---d_e", "docker.io/library/a__b.c---d_e:latest", "a__b.c---d_e:latest"),
        ("postgres@\(digest)", "docker.io/library/postgres@\(digest)", "postgres@\(digest)"),
        ("postgres:13@\(digest)", "docker.io/library/postgres:13@\(digest)", "postgres:13@\(digest)"),
    ])
    func completesDockersShortForms(_ text: String, _ full: String, _ familiar: String) throws {
        let reference = try Reference(parsing: text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
        #expect(try Reference(parsing: full) == reference)
        #expect(try Reference(parsing: familiar) == reference)
    }

    @Test(arguments: [
        "", ":", "/", "Postgres", "postgres:", "postgres@", "postgres:-1", "postgres:a/b", "team//app", "/app", "app/",
        "-app", "app-", "a..b", "a___b", "a._b", "localhost:/app", "localhost:x/app", "exa_mple.com/app",
        "-x.com/app", "[fd00::1/app", "[]/app", "postgres@sha256:12", "postgres@sha512:12", "a b", "é",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "a/" + String(repeating: "b", count: 256), "a:" + String(repeating: "1", count: 129),
    ])
    func refusesWhatIsNoReference(_ text: String) {
        #expect(throws: OCIError.self) { try Reference(parsing: text) }
    }

    @Test func isAStringInJSON() throws {
        let reference = try Reference(parsing: "redis:7")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let bytes = try encoder.encode([reference])
        #expect(String(decoding: bytes, as: UTF8.self) == #"["docker.io/library/redis:7"]"#)
        #expect(try JSONDecoder().decode([Reference].self, from: bytes) == [reference])
    }
}
