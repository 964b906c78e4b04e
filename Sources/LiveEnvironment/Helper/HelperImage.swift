// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import JSONTree
import OCI

/// The image that a helper runs from: this very program, brought onto the engine where it is missing.
struct HelperImage: Sendable {
    static let repository = "envsnap/helper"

    let name: String
    private let program: ProgramFiles

    init(of program: ProgramFiles) async throws {
        self.program = program
        name = "\(Self.repository):\(try await BlockingWork.run { try program.digest().hex.prefix(16) })"
    }

    /// Whether the image is on an engine.
    func isPresent(on engine: Engine) async throws -> Bool {
        do { _ = try await engine.inspectImage(name) } catch let error as EngineError where error.code == .notFound {
            return false
        }
        return true
    }

    /// Brings the image onto an engine.
    ///
    /// - Parameter compresses: Whether the link is slower than a compressor; gzip, since engines before 23 know no zstd.
    func load(onto engine: Engine, compresses: Bool) async throws {
        let (repository, tag) = (Self.repository, String(name.dropFirst(Self.repository.count + 1)))
        let program = program
        _ = try await BlockingWork.produce { write in
            try withoutActuallyEscaping(write) { write in
                let sink: ByteSink = { try write(Array($0)) }
                guard compresses else { return try program.write(to: sink) }
                let compressor = try GzipCompressor(sink: sink)
                try program.write(to: compressor.write)
                try compressor.finish()
            }
        } to: { archive in
            try await engine.importImage(archive, repository: repository, tag: tag, message: "made by envsnap")
        }
    }
}
