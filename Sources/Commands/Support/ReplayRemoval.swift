// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import DockerEngine
import LiveEnvironment
import Replay
import Snapshots

/// Takes replays down, whether records know them or only their labels do.
struct ReplayRemoval {
    /// A replay that is to go.
    struct Doomed {
        let name: String
        let mode: ReplayMode
        /// The engine that it was made on.
        let engine: EngineAddress
    }

    let context: CommandContext
    let library: SnapshotLibrary

    /// The replay of a record.
    func known(_ record: ReplayRecord) throws -> Doomed {
        Doomed(name: record.name, mode: record.mode, engine: try context.address(of: record))
    }

    /// A replay without a record, of which something is left that this store has made.
    func stray(_ name: String) async throws -> Doomed {
        let unknown = Failure("notFound", "no replay \"\(name)\"", hint: "envsnap ps lists them", status: .notFound)
        let address = try context.engineAddress()
        let engine: Engine
        // Who mistyped a name is to be told so, engine or not.
        do { engine = try await Engine.connect(to: address) } catch is EngineError { throw unknown }
        let found = try await StrayReplay.find(named: name, on: engine, unknownTo: library).first
        await engine.close()
        guard let found else {
            guard library.hasFiles(ofReplay: name) else { throw unknown }
            return Doomed(name: name, mode: .direct, engine: address)
        }
        guard found.isOurs else {
            let store = found.store.map { "the store \($0) has made it" } ?? "it is not known which store has made it"
            throw Failure(
                "otherStore", "the replay \(name) is on \(engine.location), and this store does not know it: \(store)",
                hint: found.store == nil
                    ? "if no other store has it: docker rm -fv \(found.containers.joined(separator: " "))"
                    : "take it down there: envsnap down \(name) --store DIR", status: .notFound)
        }
        return Doomed(name: name, mode: found.mode, engine: address)
    }

    /// Removes a replay with everything that was made for it.
    ///
    /// Only one without a capsule has files of its own on the engine's machine.
    func remove(_ doomed: Doomed) async throws {
        try? await TunnelFolder(environment: context.environment).end(doomed.name, store: context.storePath)
        let engine = try await Engine.connect(to: doomed.engine)
        if doomed.mode == .direct {
            try await AccessChooser(context: context, engine: engine).with { access in
                try await teardown(on: engine, by: access).remove(named: doomed.name, mode: doomed.mode)
            }
        } else {
            try await teardown(on: engine, by: LocalDataAccess()).remove(named: doomed.name, mode: doomed.mode)
        }
        _ = try await HelperLeftovers(engine: engine).remove()
    }

    private func teardown(on engine: Engine, by access: any DataAccess) -> Teardown {
        Teardown(engine: engine, library: library, access: access, report: context.report)
    }
}
