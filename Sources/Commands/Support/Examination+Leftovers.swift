// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import DockerEngine
import LiveEnvironment
import Replay
import Snapshots
import Terminal

extension Examination {
    /// What interrupted runs left in the store, and on the engine where one answers.
    func leftovers(of library: SnapshotLibrary, on engine: Engine?) async -> [Finding] {
        var findings: [Finding] = []
        func look(_ body: () async throws -> [Finding]) async {
            do {
                let found = try await body()
                findings += found
            } catch {
                findings.append(
                    Finding(grade: .warning, text: "leftovers could not be looked for: \(Failure(error).message)"))
            }
        }
        let leftovers = Leftovers(context: context, library: library)
        await look { try await pauses(in: library) }
        await look { try transactions(in: library) }
        await look { try interrupted(leftovers) }
        if let engine {
            await look { try await strays(leftovers, on: engine) }
            await look { try await helpers(on: engine) }
        }
        await look { try files(leftovers) }
        await look { try tunnels() }
        return findings
    }

    /// Containers that a killed capture left paused; they are set going.
    private func pauses(in library: SnapshotLibrary) async throws -> [Finding] {
        let outcome = try await LeftoverPauses(context: context, library: library).release()
        return outcome.released.map {
            Finding(grade: .warning, text: "\($0) had been left paused by a killed capture; it runs again")
        }
            + outcome.stuck.map {
                Finding(
                    grade: .warning, text: "a killed capture may have left containers paused: \($0.reason)",
                    remedy: "envsnap doctor again, when that engine answers")
            }
    }

    private func transactions(in library: SnapshotLibrary) throws -> [Finding] {
        let dead = try library.store.deadTransactions().count
        guard dead > 0 else { return [] }
        return [
            Finding(
                grade: .warning, text: "\(Units.count(dead, "interrupted run")) left files in \(library.folder)/tmp",
                remedy: "envsnap gc")
        ]
    }

    private func interrupted(_ leftovers: Leftovers) throws -> [Finding] {
        try leftovers.interruptedReplays().map { record in
            record.state == "building"
                ? Finding(
                    grade: .warning, text: "the replay \(record.name) was interrupted while it was made",
                    remedy: "envsnap down \(record.name)")
                : Finding(
                    grade: .warning, text: "the reset of the replay \(record.name) was interrupted",
                    remedy: "envsnap reset \(record.name)")
        }
    }

    /// Replays that run and that no record knows, replays whose capsule is gone, and images of capsules that are no more.
    private func strays(_ leftovers: Leftovers, on engine: Engine) async throws -> [Finding] {
        var findings: [Finding] = []
        for stray in try await StrayReplay.find(on: engine, unknownTo: leftovers.library) {
            let objects = [
                stray.containers.isEmpty ? nil : Units.count(stray.containers.count, "container"),
                stray.others == 0 ? nil : Units.count(stray.others, "other object"),
            ].compactMap(\.self).joined(separator: ", ")
            let maker =
                stray.isOurs ? "it was made from this store" : stray.store.map { "it belongs to the store \($0)" }
            findings.append(
                Finding(
                    grade: .warning,
                    text: "the replay \(stray.name), which this store does not know, is on the engine (\(objects)); "
                        + (maker ?? "which store has made it is not known"),
                    remedy: stray.isOurs
                        ? "envsnap down \(stray.name)"
                        : "if no other store has it: docker rm -fv \(stray.containers.joined(separator: " "))"))
        }
        for record in try leftovers.library.catalogue.replays()
        where record.engineAddress == engine.address.description {
            guard let capsule = record.capsuleContainer else { continue }
            do { _ = try await engine.inspectContainer(capsule) } catch let error as EngineError
                where error.code == .notFound
            {
                findings.append(
                    Finding(
                        grade: .warning, text: "the capsule of the replay \(record.name) is gone",
                        remedy: "envsnap down \(record.name)"))
            }
        }
        for image in try await leftovers.strayImages(on: engine) {
            findings.append(
                Finding(
                    grade: .warning, text: "the image \(image) was made for a replay that is no more",
                    remedy: "docker rmi \(image)"))
        }
        return findings
    }

    private func helpers(on engine: Engine) async throws -> [Finding] {
        try await HelperLeftovers(engine: engine).remove().map {
            Finding(grade: .warning, text: "\($0) of a helper was left; it is removed")
        }
    }

    private func tunnels() throws -> [Finding] {
        try TunnelFolder(environment: context.environment).removeLeftovers().map {
            Finding(
                grade: .warning,
                text: "the socket of a way into the replay \($0) was left (envsnap env); it is removed")
        }
    }

    private func files(_ leftovers: Leftovers) throws -> [Finding] {
        try leftovers.strayFiles().map { file in
            Finding(
                grade: .warning, text: "\(file.path) belongs to a replay that this store does not know",
                remedy: file.isInUse ? "envsnap down \(file.replay)" : "envsnap gc")
        }
    }
}
