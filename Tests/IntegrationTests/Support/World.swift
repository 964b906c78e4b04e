// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What one test has for itself: a folder, a name, a store, and a stack of things to undo.
final class World {
    /// A name that nothing else on the engine bears.
    let name: String
    /// The test's own folder.
    let folder: String
    /// The store.
    let store: String
    /// A number for subnets, different for the tests of one run.
    let number: Int
    /// What starts envsnap as another user than root; empty where it runs as root.
    private var launcher: [String] = []
    private var undo: [(String, () throws -> Void)] = []

    private init(_ purpose: String) throws {
        let mark = String(UUID().uuidString.prefix(6)).lowercased()
        name = "envsnap-test-\(purpose)-\(mark)"
        folder = "/srv/\(name)"
        store = "\(folder)/store"
        number = 100 + Int.random(in: 0..<100)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let folder = folder
        cleanUp("the folder") { try FileManager.default.removeItem(atPath: folder) }
    }

    /// Runs a test with a world of its own, and takes that down whatever happens.
    static func with(_ purpose: String, _ body: (World) throws -> Void) throws {
        let before = try EngineListing.pausedContainers()
        let world = try World(purpose)
        defer {
            world.takeDown()
            #expect((try? EngineListing.pausedContainers()) == before, "something stayed paused")
        }
        try body(world)
    }

    /// Names something to undo at the end; what was named last is undone first.
    func cleanUp(_ what: String, _ body: @escaping () throws -> Void) { undo.append((what, body)) }

    /// Changes a file all the time, until the test is over or the file is gone: what has not changed for a while is read
    /// before a pause, and the pause is over before it could be seen.
    func keepChanging(_ file: String) throws {
        let changer = try Command(["sh", "-c", "while test -e \"$1\"; do touch \"$1\"; sleep 0.1; done", "sh", file])
        cleanUp("what changes \(file)") {
            kill(changer.id, SIGKILL)
            _ = try changer.finish(within: 5)
        }
    }

    private func takeDown() {
        while let (what, body) = undo.popLast() {
            do { try body() } catch { Issue.record("could not clean up \(what): \(error)") }
        }
    }

    /// From now on envsnap runs as an ordinary user who may use the engine's socket, and nothing else of it.
    func becomeMember() throws {
        let group = try Command.run("stat", "-c", "%g", "/var/run/docker.sock")
        launcher = ["setpriv", "--reuid=65534", "--regid=\(group)", "--clear-groups"]
        try Command.run("install", "-d", "-o", "65534", "-g", group, "-m", "700", store)
    }

    /// Runs envsnap with the store, whatever it says.
    func envsnap(
        _ arguments: String..., environment: [String: String] = [:], folder: String? = nil, input: String? = nil,
        within seconds: Int = 120
    ) throws -> Outcome {
        func run() throws -> Outcome {
            try Command.outcome(
                launcher + [Settings.binary] + arguments,
                environment: environment.merging(["ENVSNAP_STORE": store]) { a, _ in a },
                folder: folder ?? self.folder, input: input, within: seconds)
        }
        let outcome = try run()
        // runc's own: it gives up on a command of `docker exec` now and then, before the command was started.
        guard arguments.first == "exec", outcome.status == 126,
            (outcome.output + outcome.errors).contains("connection reset by peer")
        else { return outcome }
        return try run()
    }

    /// Starts envsnap with the store and leaves it running.
    func start(_ arguments: String...) throws -> Command {
        try Command([Settings.binary] + arguments, environment: ["ENVSNAP_STORE": store], folder: folder)
    }

    /// Captures a project under a name, which must be complete; returns the outcome of `--json`.
    @discardableResult
    func capture(_ project: String, as snapshot: String) throws -> Outcome {
        try envsnap("capture", project, "--name", snapshot, "--json", "--progress", "none").expecting(0)
    }

    /// Replays a snapshot in a capsule and takes it down at the end; the replay has to be exact.
    @discardableResult
    func replay(_ snapshot: String, as replay: String) throws -> Outcome {
        takeDownAtEnd(replay)
        return try envsnap(
            "replay", snapshot, "--as", replay, "--capsule-image", Settings.hostImage, "--json", "--progress", "none"
        ).expecting(0)
    }

    /// Takes a replay down at the end, if the test has not.
    func takeDownAtEnd(_ replay: String) {
        cleanUp("the replay \(replay)") {
            let outcome = try self.envsnap("down", replay)
            if outcome.status != 0, outcome.status != 10 { throw outcome }
        }
    }
}
