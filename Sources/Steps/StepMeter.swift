// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How far a step is that moves bytes.
public final class StepMeter: Sendable {
    private enum Phase: UInt8, AtomicRepresentable {
        case new, moving, ended
    }

    /// What is done.
    public let text: String
    /// How many bytes there will be; nil where that is not known.
    public let total: Int64?
    private let counted = Atomic<Int64>(0)
    private let phase = Atomic(Phase.new)
    private let watch: @Sendable (StepMeter) -> Void

    init(_ text: String, total: Int64?, watch: @escaping @Sendable (StepMeter) -> Void) {
        self.text = text
        self.total = total
        self.watch = watch
        watch(self)
        phase.store(.moving, ordering: .relaxed)
    }

    /// How many bytes were moved; never more than there will be.
    public var done: Int64 {
        let counted = counted.load(ordering: .relaxed)
        return total.map { min($0, counted) } ?? counted
    }

    /// Whether the step begins just now.
    public var isNew: Bool { phase.load(ordering: .relaxed) == .new }

    /// Whether the step has ended.
    public var hasEnded: Bool { phase.load(ordering: .relaxed) == .ended }

    /// Counts bytes that were moved; whoever watches is told at every 64 KiB of them, not of each head of an archive.
    public func add(_ bytes: Int64) {
        let (before, now) = counted.wrappingAdd(bytes, ordering: .relaxed)
        if before >> 16 != now >> 16 { watch(self) }
    }

    /// Ends the step.
    public func end() {
        phase.store(.ended, ordering: .relaxed)
        watch(self)
    }
}
