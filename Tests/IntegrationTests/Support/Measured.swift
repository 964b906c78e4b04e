// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A run of envsnap with its time and memory, as GNU time and a clock tell them.
struct Measured {
    /// What it did.
    let outcome: Outcome
    /// How long it took.
    let time: Duration
    /// The most memory it had, in megabytes.
    let megabytes: Int

    /// Runs envsnap with a store and prints what it took.
    init(_ world: World, _ arguments: String...) throws {
        let file = "\(world.folder)/measured"
        let start = ContinuousClock.now
        outcome = try Command.outcome(
            ["/usr/bin/time", "-f", "%M", "-o", file, Settings.binary] + arguments,
            environment: ["ENVSNAP_STORE": world.store], folder: world.folder, within: 300)
        time = ContinuousClock.now - start
        let last = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").last ?? ""
        megabytes = try #require(Int(last)) / 1000
        print("envsnap \(arguments.prefix(2).joined(separator: " ")): \(time), at most \(megabytes) MB of memory")
    }
}
