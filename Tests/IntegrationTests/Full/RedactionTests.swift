// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Redaction of the seed's reproduction", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct RedactionTests {
        /// Logs in over the network, as an application does, with the password of the host's own env file.
        private static let login = """
            . ./.env; docker run --rm -e PGPASSWORD="$POSTGRES_PASSWORD" --entrypoint psql postgres \
            -h 10.81.82.100 -U postgres -tAc "select count(*) from kept"
            """

        @Test(
            "the redacted bundle of foo replays in another store, and its postgres takes the stand-in and nothing else")
        func foo() throws {
            try World.with("redact") { world in
                let foo = try Reproduction(world, "foo", target: "run")
                let secret = try String(contentsOfFile: "\(foo.folder)/foo-host-corge/.env", encoding: .utf8)
                    .replacingOccurrences(of: "POSTGRES_PASSWORD=", with: "").trimmingCharacters(in: .newlines)
                // What is only in the write-ahead log at the time of the capture: a table, and the password's verifier.
                let statements =
                    "create table kept as select 1 as x; checkpoint; insert into kept values (2); "
                    + "alter role postgres password '\(secret)'"
                try Command.script(
                    #"docker exec "$1" docker-compose exec -T postgres psql -U postgres -qc "$2""#,
                    Project.container("foo-host-corge", of: foo.name, docker: ["docker"]), statements)
                try world.capture(foo.name, as: "before")
                let refused = try world.envsnap("export", "before", "-o", "x", "--json").expecting(5)
                let objects = try (refused.error["details"]["findings"].array ?? []).map { $0["object"].string ?? "" }
                // No false positives: what is found is the password, in its file and in the container that gets it.
                #expect(
                    objects.allSatisfy { $0 == "container foo-host-corge/postgres" || $0 == foo.folder }, "\(objects)")
                let exported = try world.envsnap("export", "before", "-o", "x", "--redact", "--json", within: 300)
                    .expecting(0)
                #expect(try exported.data["secrets"]["replaced"] == 1 && exported.data["secrets"]["left"] == 0)
                let bundle = "\(world.folder)/x"
                #expect(try Command.script("grep -acF \"$1\" \"$2\" || true", secret, bundle).hasPrefix("0"))
                try Project.removeObjects(of: foo.name)

                let other = ["ENVSNAP_STORE": "\(world.folder)/other"]
                world.cleanUp("the replay") {
                    _ = try world.envsnap("down", world.name, environment: other).expecting(0)
                }
                let plan = try world.envsnap("replay", "x", "--dry-run", "--json", environment: other, within: 300)
                let powers = try (plan.expecting(0).data["powers"].array ?? []).compactMap { $0["allow"].string }
                #expect(powers.sorted() == ["privileged=.", "privileged=foo-host-corge", "privileged=foo-host-grault"])
                let replayed = try Command.outcome(
                    [Settings.binary, "replay", "x", "--as", world.name, "--json"]
                        + powers.flatMap { ["--allow", $0] },
                    environment: other, folder: world.folder, within: 300)
                #expect(try replayed.expecting(0).data["verdict"]["exact"] == true)
                func host(_ command: String) throws -> Outcome {
                    try world.envsnap(
                        "exec", world.name, "foo-host-corge", "--", "bash", "-c", command, environment: other)
                }
                let reached = try host(Self.login)
                #expect(
                    reached.status == 0 && reached.output.trimmingCharacters(in: .whitespacesAndNewlines) == "2",
                    "\(reached)")
                let wrong = try host(Self.login.replacingOccurrences(of: "\"$POSTGRES_PASSWORD\"", with: "'\(secret)'"))
                #expect(
                    wrong.status != 0 && wrong.errors.contains("authentication"),
                    "the old password still opens: \(wrong)")
                let tested = try world.envsnap(
                    "exec", world.name, ".", "--", "make", "test", environment: other, within: 120)
                #expect(tested.status == 0, "\(tested)")
            }
        }
    }
}
