// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// Pulls an image without a login: `POST /images/create?fromImage=NAME`.
    ///
    /// - Throws: `EngineError`, also for an error that came after the status 200.
    public func pullImage(_ name: String) async throws {
        let response = try await send(
            .post, "/images/create", query: [("fromImage", name)], timeLimit: .after(limits.bulk))
        _ = try LoadProgress.values(in: response.bytes)
    }
}
