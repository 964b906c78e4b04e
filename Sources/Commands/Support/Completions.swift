// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DockerEngine
import EnvironmentModel
import Foundation
import LiveEnvironment

/// What a shell offers for an argument: from the store's catalogue, which takes milliseconds, and for projects alone from
/// the engine.
///
/// Nothing is printed where that fails, and nothing is made or changed.
enum Completions {
    /// Snapshots, by name or id.
    static let snapshots = kind { source, prefix in source.snapshots(prefix) }

    /// Snapshots, and the files of bundles.
    static let snapshotsAndBundles = kind { source, prefix in source.snapshots(prefix) + source.bundles(prefix) }

    /// Snapshots and replays.
    static let snapshotsAndReplays = kind { source, prefix in
        Set(source.snapshots(prefix) + source.replays()).sorted()
    }

    /// Replays.
    static let replays = kind { source, _ in source.replays() }

    /// Paths of hosts and containers in the replay that was named before.
    static let pathsInReplay = kind { source, _ in source.pathsInReplay() }

    /// Paths of hosts and containers in the snapshot that was named before.
    static let pathsInSnapshot = kind { source, _ in source.pathsInSnapshot() }

    /// `HOST/CONTAINER:` of the snapshot that was named before.
    static let portsInSnapshot = kind { source, _ in source.pathsInSnapshot().map { $0 + ":" } }

    /// The powers that the snapshots ask for which were named before, as `replay` prints them.
    static let powers = kind { source, _ in source.powers() }

    /// Projects of which the store has snapshots.
    static let capturedProjects = kind { source, _ in source.capturedProjects() }

    /// Compose projects on the engine, and folders.
    static let runningProjects = CompletionKind.custom { words, _, prefix async in
        async let names = askingEngine { try await ProjectFinder(engine: $0).projects().map(\.name).sorted() }
        return await ShellWord.offered(names + CompletionSource(words: words).folders(prefix))
    }

    /// Containers of the project on the engine that was named before, or that is meant without a name: those that may be
    /// hosts, or all where there are none.
    static let hostsOfProject = CompletionKind.custom { words, _, _ async in
        let source = CompletionSource(words: words)
        return await ShellWord.offered(askingEngine { try await source.hosts(on: $0) })
    }

    /// Keys and values of the tags of snapshots.
    static let tags = kind { source, _ in source.tags() }

    private static func kind(
        _ words: @escaping @Sendable (_ source: CompletionSource, _ prefix: String) -> [String]
    ) -> CompletionKind {
        .custom { line, _, prefix in ShellWord.offered(words(CompletionSource(words: line), prefix)) }
    }

    /// An engine that does not answer at once is not waited for.
    private static func askingEngine(
        _ question: @escaping @Sendable (Engine) async throws -> [String]
    ) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                guard let address = try? EngineAddress.resolve(environment: ProcessInfo.processInfo.environment),
                    let engine = try? await Engine.connect(to: address)
                else { return [] }
                return (try? await question(engine)) ?? []
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(2))
                return []
            }
            defer { group.cancelAll() }
            return await group.next() ?? []
        }
    }
}
