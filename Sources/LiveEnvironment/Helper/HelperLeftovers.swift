// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import JSONTree

/// Removes what helpers leave behind: one that was killed between its container's making and start, or whose engine was
/// out of reach at the end.
public struct HelperLeftovers: Sendable {
    private let engine: Engine

    /// The leftovers on an engine.
    public init(engine: Engine) { self.engine = engine }

    /// Removes containers of helpers that do not run, and images that no helper runs from and no replay waits for.
    ///
    /// - Returns: the names of what was removed.
    public func remove() async throws -> [String] {
        let before = try await idle()
        guard !before.isEmpty else { return await removeImages() }
        // One that is only just being started is gone from the list a moment later.
        try await Task.sleep(for: .seconds(2))
        let left = before.intersection(try await idle())
        for container in left { await remove(container: container) }
        return left.map { "the container \($0.prefix(12))" } + (await removeImages())
    }

    /// Removes a helper's container, and returns when it is gone.
    func remove(container id: String) async {
        try? await engine.removeContainer(id, force: true)
        // The engine may be removing it already, since it ended by itself.
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            guard (try? await engine.inspectContainer(id)) != nil else { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Removes the images of helpers, unless a replay is on the engine whose further verbs would have to bring them anew.
    ///
    /// - Returns: the names that were removed; the engine keeps what another helper runs from.
    @discardableResult
    func removeImages() async -> [String] {
        let replays = try? await engine.listContainers(filters: ["label": ["io.envsnap.replay"]]).value.array
        guard let replays, replays.isEmpty else { return [] }
        let images = try? await engine.listImages(filters: ["reference": [HelperImage.repository]]).value.array
        var removed: [String] = []
        for name in (images ?? []).flatMap({ $0["RepoTags"].strings }) where name.hasPrefix(HelperImage.repository) {
            if await remove(image: name) { removed.append("the image \(name)") }
        }
        return removed
    }

    /// Removes an image that nothing runs from; an engine may for a moment count a container as its user that it has just
    /// removed.
    ///
    /// - Returns: whether it was removed.
    @discardableResult
    func remove(image name: String) async -> Bool {
        for _ in 0..<20 {
            do {
                _ = try await engine.removeImage(name)
                return true
            } catch let error as EngineError where error.code == .conflict {
                guard (try? await helpers().isEmpty) == true else { return false }
                try? await Task.sleep(for: .milliseconds(100))
            } catch { return false }
        }
        return false
    }

    private func idle() async throws -> Set<String> {
        Set(try await helpers().filter { $0["State"] != "running" }.compactMap { $0["Id"].string })
    }

    private func helpers() async throws -> [JSONValue] {
        try await engine.listContainers(filters: ["label": [HelperContainer.label]]).value.array ?? []
    }
}
