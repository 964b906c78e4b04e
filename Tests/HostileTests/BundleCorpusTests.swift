// SPDX-License-Identifier: Apache-2.0

import Catalogue
import EnvironmentModel
import Foundation
import OCI
import Sharing
import Snapshots
import TestSupport
import Testing

/// The corpus of hostile bundles: each is refused with an error that says why, or does no harm.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BundleCorpusTests {
    /// So much more memory may the whole corpus take than was taken before.
    private static let memory = 256 << 20

    static let corpus =
        OuterTarCases.all + ManifestCases.all + DocumentCases.all + BlobCases.all

    @Test func `the corpus has its size, and no case twice`() {
        #expect(Self.corpus.count + ArchiveCases.all.count >= 400)
        #expect(Set(Self.corpus.map(\.description)).count == Self.corpus.count)
        #expect(Set(ArchiveCases.all.map(\.description)).count == ArchiveCases.all.count)
    }

    @Test func `a sound bundle is taken before it is spoilt`() throws {
        let ground = try Ground()
        let received = try ground.take(RawBundle().tar)
        #expect(!received.wasPresent)
        #expect(try ground.library.document(received.id).trees.map(\.path) == ["/srv/foo"])
    }

    /// One store for all of them, which at the end holds what it held before.
    @Test func `no bundle of the corpus leaves anything in the store, or outside of it`() throws {
        let ground = try Ground()
        let before = try ground.state()
        let corpus = Self.corpus
        try Ground.resetPeak()
        let start = try Ground.peakMemory()
        var counts: [String: Int] = [:]
        for hostile in corpus {
            try run(hostile, on: ground, before)
            counts[hostile.group, default: 0] += 1
        }
        let grown = try Ground.peakMemory() - start
        #expect(grown < Self.memory, "\(grown >> 20) MiB more memory")
        print(
            "hostile bundles: \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))"
        )
    }

    private func run(_ hostile: HostileCase, on ground: Ground, _ before: Ground.State) throws {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let received = try ground.take(hostile.bytes)
            #expect(hostile.expectation != .refused, "\(hostile) was taken")
            if !received.wasPresent { try ground.library.remove(ground.library.find(received.id.hex)) }
        } catch {
            #expect(hostile.expectation != .taken, "\(hostile) was refused: \(error)")
            try expectMeaning(error, hostile)
        }
        #expect(try ground.state() == before, "\(hostile) left something")
        #expect(clock.now - start < .seconds(20), "\(hostile) took \(clock.now - start)")
    }

    /// A message is a sentence about the bundle, and neither a dump nor a text of the bundle's own with escapes.
    private func expectMeaning(_ error: any Error, _ hostile: HostileCase) throws {
        let text = "\(error)"
        #expect(text.utf8.count > 15 && text.utf8.count < 1000, "\(hostile): \(text.prefix(1500))")
        #expect(!text.contains("Error("), "\(hostile): \(text)")
        #expect(!text.contains("CHECK constraint"), "\(hostile): \(text)")
    }

    @Test func `a bundle cut anywhere is refused`() throws {
        let ground = try Ground()
        let before = try ground.state()
        let bundle = RawBundle().tar
        for length in stride(from: 0, to: bundle.count, by: 512) {
            #expect(throws: (any Error).self, "\(length)") { try ground.take(Array(bundle[..<length])) }
        }
        for length in stride(from: 1, to: bundle.count, by: 509) {
            #expect(throws: (any Error).self, "\(length)") { try ground.take(Array(bundle[..<length])) }
        }
        #expect(try ground.state() == before)
    }

    @Test func `3000 mutations are refused or change nothing that counts`() throws {
        let ground = try Ground()
        let before = try ground.state()
        let bundle = RawBundle().tar
        let id = RawBundle.digest(RawBundle().document)
        var random = SplitMix(seed: 20_261_129)
        var refused = 0
        for round in 0..<3000 {
            let mutated = Mutation.of(bundle, by: &random)
            do {
                let received = try ground.take(mutated)
                #expect(received.id.hex == id, "round \(round)")
                try ground.library.remove(ground.library.find(id))
            } catch {
                refused += 1
            }
            if round.isMultiple(of: 250) { #expect(try ground.state() == before, "by round \(round)") }
        }
        #expect(try ground.state() == before)
        #expect(refused > 1500)
        print("3000 mutations: \(refused) refused, \(3000 - refused) harmless")
    }
}
