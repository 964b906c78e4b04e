// SPDX-License-Identifier: Apache-2.0

/// A parser of foreign bytes, and what has to hold whatever it is given.
///
/// `tools/fuzz` calls it with what libFuzzer makes up, the tests with the committed corpus.
struct FuzzTarget: Sendable {
    /// What it is called on the command line, and its folder in the corpus.
    let name: String
    /// Reads an input; throws `Broken` alone.
    let run: @Sendable (_ input: [UInt8]) throws -> Void

    /// All targets.
    static let all: [FuzzTarget] = [
        json, document, manifest, references, tar, extract, gzip, zstd, bundle, http, stdcopy, helper, tarsplit,
        layerTar, bolt, stamps, processes, compose, secrets, postgres, packages,
    ]

    /// The target of a name.
    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A property that did not hold.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

/// Throws where a property does not hold.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw Broken(description: what()) }
}

/// What a reader makes of an input; nil where it refuses it, which it may, in few words.
func attempt<Result>(_ body: () throws -> Result) throws -> Result? {
    do { return try body() } catch let broken as Broken { throw broken } catch {
        let words = String(describing: error)
        try hold(words.utf8.count < 32 << 10, "a refusal of \(words.utf8.count) bytes: \(words.prefix(200))")
        return nil
    }
}
