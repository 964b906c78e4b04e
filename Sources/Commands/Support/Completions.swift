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
    static let snapshots = CompletionKind.custom { words, _, prefix in
        CompletionSource(words: words).snapshots(prefix)
    }

    /// Snapshots, and the files of bundles.
    static let snapshotsAndBundles = CompletionKind.custom { words, _, prefix in
        let source = CompletionSource(words: words)
        return source.snapshots(prefix) + source.bundles(prefix)
    }

    /// Snapshots and replays.
    static let snapshotsAndReplays = CompletionKind.custom { words, _, prefix in
        let source = CompletionSource(words: words)
        return Set(source.snapshots(prefix) + source.replays()).sorted()
    }

    /// Replays.
    static let replays = CompletionKind.custom { words, _, _ in CompletionSource(words: words).replays() }

    /// Paths of hosts and containers in the replay that was named before.
    static let pathsInReplay = CompletionKind.custom { words, _, _ in
        CompletionSource(words: words).pathsInReplay()
    }

    /// `HOST/CONTAINER:` of the snapshot that was named before.
    static let portsInSnapshot = CompletionKind.custom { words, _, _ in
        CompletionSource(words: words).pathsInSnapshot().map { $0 + ":" }
    }

    /// Projects of which the store has snapshots.
    static let capturedProjects = CompletionKind.custom { words, _, _ in
        CompletionSource(words: words).capturedProjects()
    }

    /// Compose projects on the engine, and folders.
    static let runningProjects = CompletionKind.custom { words, _, prefix async in
        async let names = projectNames()
        return await names + CompletionSource(words: words).folders(prefix)
    }

    /// Keys and values of the tags of snapshots.
    static let tags = CompletionKind.custom { words, _, _ in CompletionSource(words: words).tags() }

    /// An engine that does not answer at once is not waited for.
    private static func projectNames() async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                guard let address = try? EngineAddress.resolve(environment: ProcessInfo.processInfo.environment),
                    let engine = try? await Engine.connect(to: address),
                    let projects = try? await ProjectFinder(engine: engine).projects()
                else { return [] }
                return projects.map(\.name).sorted()
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
