// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A value that several threads use.
public final class Shared<Value: Sendable>: Sendable {
    private let held: Mutex<Value>

    /// Holds a value.
    public init(_ value: Value) { held = Mutex(value) }

    /// What the value is now.
    public var value: Value { held.withLock { $0 } }

    /// Looks at the value or changes it while nobody else does.
    public func withLock<Result: Sendable>(_ body: @Sendable (inout Value) throws -> Result) rethrows -> Result {
        try held.withLock { value in try body(&value) }
    }

    /// Changes the value, and gives what it is then.
    @discardableResult
    public func change(_ body: (inout Value) -> Void) -> Value {
        held.withLock { value in
            body(&value)
            return value
        }
    }
}
