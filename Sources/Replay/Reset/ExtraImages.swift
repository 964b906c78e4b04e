// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import Steps

/// Removes the images and names of images that were added to an engine.
struct ExtraImages: Sendable {
    let engine: Engine
    let report: StepReport

    /// Removes what an engine has beyond what was captured; what is missing is loaded later.
    func remove(from found: EngineRecord, except captured: EngineRecord) async throws {
        let wanted = Dictionary(captured.images.map { ($0.config, $0.tags) }) { $0 + $1 }
        var doomed: [String] = []
        for image in found.images {
            doomed += image.tags.filter { wanted[image.config]?.contains($0) != true }
            if wanted[image.config] == nil { doomed.append(image.id) }
        }
        // An image that others are built on goes after them.
        var failure: (any Error)?
        while !doomed.isEmpty {
            var refused: [String] = []
            for name in doomed {
                report("removing image \(name)")
                do {
                    try await ignoringAbsence { _ = try await engine.removeImage(name, force: true) }
                } catch let error as EngineError where error.code == .conflict {
                    refused.append(name)
                    failure = error
                }
            }
            if refused.count == doomed.count, let failure { throw failure }
            doomed = refused
        }
    }
}
