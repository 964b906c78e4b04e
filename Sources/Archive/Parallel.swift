// SPDX-License-Identifier: Apache-2.0
import CLinux
import Dispatch
import Synchronization

/// The same work on many things at once.
public enum Parallel {
    /// How many threads work at once: the processors of this process, and not so many that memory grows with them.
    public static let width = min(8, Int(envsnap_processors()))

    /// What the body makes of 0, 1, … up to `count`; the first error by that order is thrown when all have ended.
    ///
    /// - Throws: what the body throws.
    public static func map<Value>(_ count: Int, _ body: (Int) throws -> Value) throws -> [Value] {
        var results = [Result<Value, any Error>?](repeating: nil, count: count)
        let taken = Atomic(0)
        results.withUnsafeMutableBufferPointer { slots in
            withoutActuallyEscaping(body) { body in
                // Every index is taken once, and the call ends when all threads have.
                nonisolated(unsafe) let (slots, body) = (slots, body)
                DispatchQueue.concurrentPerform(iterations: min(width, count)) { _ in
                    while case let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue, index < count {
                        slots[index] = Result { try body(index) }
                    }
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }

}
