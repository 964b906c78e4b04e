// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The inputs that `tools/fuzz` starts from, and all that ever broke a parser, through the same entry points.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [URL] {
        let folder = folder.appending(path: "\(kind)/\(target.name)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func `every input is read or refused`(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try Self.inputs("Corpus", of: target)
        #expect(!corpus.isEmpty, "\(name) has no corpus")
        for input in try corpus + Self.inputs("Regressions", of: target) {
            let bytes = [UInt8](try Data(contentsOf: input))
            let clock = ContinuousClock()
            let duration = clock.measure {
                #expect(throws: Never.self, "\(name)/\(input.lastPathComponent)") { try target.run(bytes) }
            }
            #expect(duration < .seconds(10), "\(name)/\(input.lastPathComponent) took \(duration)")
        }
    }

    @Test func `every target reads nothing and noise`() throws {
        var generator = SystemRandomNumberGenerator()
        for target in FuzzTarget.all {
            #expect(throws: Never.self, "\(target.name)") { try target.run([]) }
            for size in [1, 8, 100, 700] {
                let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(throws: Never.self, "\(target.name): \(noise)") { try target.run(noise) }
            }
        }
    }

    @Test func `the corpus belongs to the targets, and is small`() throws {
        let names = Set(FuzzTarget.all.map(\.name))
        var size = 0
        for kind in ["Corpus", "Regressions"] {
            let folder = Self.folder.appending(path: kind)
            for entry in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                #expect(names.contains(entry), "\(kind)/\(entry) is of no target")
                let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: entry).path)
                for file in files {
                    let path = folder.appending(path: "\(entry)/\(file)").path
                    size += try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
                }
            }
        }
        #expect(size <= 400 << 10, "\(size) bytes")
    }

    /// A test that cannot fail is none: a broken property is thrown.
    @Test func `a broken property shows`() {
        #expect(throws: Broken.self) { try hold(false, "never") }
        #expect(throws: Broken.self) { try attempt { throw Broken(description: "") } }
        #expect(throws: Broken.self) {
            try attempt { throw Broken(description: String(repeating: "x", count: 1 << 20)) }
        }
    }
}
