// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Remembers what was reported, from any thread.
final class Reports: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    /// Adds a text and returns how many there are.
    @discardableResult
    func add(_ text: String) -> Int {
        texts.withLock { texts in
            texts.append(text)
            return texts.count
        }
    }
}
