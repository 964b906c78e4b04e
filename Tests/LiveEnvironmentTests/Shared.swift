// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A value that several threads use.
final class Shared<Value: Sendable>: Sendable {
    private let held: Mutex<Value>

    init(_ value: Value) { held = Mutex(value) }

    var value: Value { held.withLock { $0 } }

    /// Changes the value, and gives what it is then.
    @discardableResult
    func change(_ body: (inout Value) -> Void) -> Value {
        held.withLock { value in
            body(&value)
            return value
        }
    }
}
