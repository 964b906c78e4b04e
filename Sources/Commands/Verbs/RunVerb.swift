// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Capture
import Catalogue
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Replay
import Snapshots
import Terminal

struct RunVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Replay a snapshot, run a command in it, and remove the replay.",
        discussion: """
            Every run starts from exactly the same environment, whatever the runs before did in theirs. The command runs \
            in the capsule, in the project's folder, or with --host in that host or container; it reads standard input, \
            and has a terminal where this one has.

            --mount copies a file or folder to a path there before the command runs. What the command changes in it stays \
            in the replay, and goes with it. The snapshot's probes are not run.

            EXAMPLES
              envsnap run base -- make test
              envsnap run base --host foo-host-corge/foo-app --mount ./src:/src -- sh /src/test.sh
              envsnap run base.envsnap --keep-on-failure -- docker-compose exec -T foo-host-corge true
              envsnap run base --host foo-host-corge/foo-app --capture-on-failure -- nc -vz redis 6379

            EXIT STATUS
              the command's own; 127 where there is no such command, 126 where it cannot be run. One that is not 0 is named
              on standard error as the command's. envsnap's own failures are told there as errors, and end with
            \(exitStatusLines(.fine, .failed, .refused, .notFound, .locked, .damaged, .unreachable, .usage, .interrupted))
            """)

    @Argument(help: SnapshotSource.help, completion: Completions.snapshotsAndBundles)
    var snapshot: String

    @Option(
        help: ArgumentHelp("The host or container to run it in; the capsule unless given.", valueName: "path"),
        completion: Completions.pathsInSnapshot)
    var host: String?

    @Option(
        help: ArgumentHelp(
            "A file or folder of this machine to copy to a path there; may be repeated.", valueName: "local:path"))
    var mount: [LocalMount] = []

    @Flag(help: "Leave the replay as it is when the command fails.")
    var keepOnFailure = false

    @Flag(help: "Capture the replay when the command fails, with the command as its probe.")
    var captureOnFailure = false

    @Option(name: .customLong("as"), help: "A name for the replay.")
    var name: String?

    @Option(help: ArgumentHelp("An image with an engine, for the capsule.", valueName: "image"))
    var capsuleImage: String?

    @Option(
        help: ArgumentHelp("A power that a snapshot from elsewhere may have; repeated.", valueName: "power=path"),
        completion: Completions.powers)
    var allow: [String] = []

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp("The file of a key that decrypts the bundle; may be repeated.", valueName: "file"))
    var identities: [String] = []

    @Argument(parsing: .postTerminator, help: "The command.")
    var command: [String] = []

    @OptionGroup var signer: SignerOptionGroup
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if command.isEmpty { throw ValidationError("a command is missing: envsnap run SNAPSHOT -- COMMAND") }
        if let name, !name.isReplayName {
            throw ValidationError(
                "\"\(name)\" cannot be a replay's name: use up to 128 letters, digits, '.', '_' and '-', and begin with "
                    + "a letter or digit")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        for mount in mount { try mount.check() }
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        let record = try await context.obtain(
            snapshot, in: library, identities: identities, signer: signer.requirement(context.environment))
        var request = ReplayRequest(snapshot: record.id, name: name ?? Self.name(for: record))
        request.capsuleImage = capsuleImage
        request.allowed = Set(allow)
        request.probing = .skip
        let consent = PowerConsent(
            snapshot: record, asked: try Replayer.powers(request, from: library), allowed: allow)
        try consent.refuseUnknown()
        try consent.refuseMissing()
        let engine = try await context.connect()
        if record.origin != nil { OldEngine(version: engine.version.value).warn(context.console) }
        let plan = CleanRun.Plan(
            command: command, path: host ?? ExecTarget.capsule, mounts: mount, keepsOnFailure: keepOnFailure,
            capturesOnFailure: captureOnFailure, output: options.json ? .standardError : .apart)
        let outcome = try await AccessChooser(context: context, engine: engine, imageUse: .again).with { access in
            try await CleanRun(
                context: context, library: library, engine: engine, access: access, snapshot: record, plan: plan
            ).run(request)
        }
        return try show(outcome, on: context.console)
    }

    private static func name(for record: SnapshotRecord) -> String {
        let mark = (0..<4).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
        return "run-\((record.name ?? record.id.short).replayStem)-\(mark)"
    }

    private func show(_ outcome: CleanRun.Outcome, on console: Console) throws -> ExitStatus {
        let replay = outcome.result.record.name
        let status = outcome.ending.status
        if case .refused(let refusal) = outcome.ending, !console.printsJSON { refusal.tell(on: console) }
        if case .exited(let status) = outcome.ending, status != 0 {
            console.note("the command ended with status \(status)")
        }
        if let captured = outcome.captured {
            let name = captured.document.name ?? captured.id.short
            console.note("captured as \(name): envsnap report tells of it, envsnap export gives it away")
        }
        if outcome.isKept {
            console.note("kept the replay \(replay): envsnap shell \(replay) \(host ?? ExecTarget.capsule)")
            console.note("to remove it: envsnap down \(replay)")
        }
        var refusal = JSONValue.null
        if case .refused(let reason) = outcome.ending { refusal = .string(reason.message) }
        console.result(
            [
                "exitStatus": .int(Int64(status)), "refusal": refusal, "replay": .string(replay),
                "kept": .bool(outcome.isKept), "snapshot": .string(outcome.result.record.snapshotID.hex),
                "captured": .optional(outcome.captured?.id.hex), "verdict": outcome.result.verdict.json,
            ], lines: [])
        if status != 0 { throw ExitCode(status) }
        return .fine
    }
}
