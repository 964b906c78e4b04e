// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import TestSupport
import Testing

@Suite("Removing a container that somebody removes already")
struct RemovalTests {
    private static let inProgress = #"{"message":"removal of container c is already in progress"}"#

    /// Removes a container of an engine that refuses it, and then answers the wait for it.
    private func remove(refusal: String, wait: (status: Int, body: String)) async throws -> [String] {
        let asked = Shared<[String]>([])
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            while true {
                let request = try await connection.request()
                asked.withLock { $0.append("\(request.method) \(request.target)") }
                if request.method == "DELETE" {
                    try await connection.answer(409, refusal)
                } else {
                    try await connection.answer(wait.status, wait.body)
                }
            }
        } body: { peer in
            let engine = try await Engine.connect(to: peer.address, limits: shortLimits())
            try await engine.removeContainer("c", force: true)
        }
        return asked.withLock { $0 }
    }

    @Test(
        "waits for it", arguments: [(200, #"{"StatusCode":137}"#), (404, #"{"message":"No such container: c"}"#)])
    func waits(status: Int, body: String) async throws {
        #expect(
            try await remove(refusal: Self.inProgress, wait: (status, body)) == [
                "DELETE /v1.45/containers/c?force=1", "POST /v1.45/containers/c/wait?condition=removed",
            ])
    }

    @Test("tells where it fails")
    func fails() async throws {
        let body = #"{"StatusCode":0,"Error":{"Message":"driver failed to remove root filesystem"}}"#
        let error = await expectError(.engineFailure) { try await remove(refusal: Self.inProgress, wait: (200, body)) }
        #expect(error?.message.contains("driver failed to remove root filesystem") == true)
    }

    @Test("is no other conflict")
    func otherConflict() async throws {
        let refusal =
            #"{"message":"You cannot remove a running container c. Stop the container before attempting removal"}"#
        await expectError(.conflict) { try await remove(refusal: refusal, wait: (500, "{}")) }
    }
}
