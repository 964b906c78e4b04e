// SPDX-License-Identifier: Apache-2.0

/// Where long work says what it does, and how far it is.
///
/// A step that moves bytes has a meter; every other is a line of text.
public struct StepReport: Sendable {
    /// Says nothing.
    public static let silent = StepReport { _ in }

    private let tell: @Sendable (String) -> Void
    private let watch: @Sendable (StepMeter) -> Void

    /// A report that takes texts, and of a step with a meter its text alone.
    public init(_ tell: @escaping @Sendable (String) -> Void) {
        self.init(tell: tell) { if $0.isNew { tell($0.text) } }
    }

    /// A report that takes texts and watches meters.
    ///
    /// - Parameters:
    ///   - tell: Called with what is done now.
    ///   - watch: Called with a meter when its step begins, moves and ends; on any thread, often.
    public init(tell: @escaping @Sendable (String) -> Void, watch: @escaping @Sendable (StepMeter) -> Void) {
        self.tell = tell
        self.watch = watch
    }

    /// Says what is done now.
    public func callAsFunction(_ text: String) { tell(text) }

    /// Begins a step that moves bytes; who began it ends it.
    ///
    /// - Parameters:
    ///   - text: What is done.
    ///   - bytes: How many there will be, where that is known.
    public func begin(_ text: String, bytes: Int64? = nil) -> StepMeter {
        StepMeter(text, total: bytes, watch: watch)
    }

    /// Does a step that moves bytes.
    ///
    /// - Parameters:
    ///   - text: What is done.
    ///   - bytes: How many there will be, where that is known.
    ///   - body: The step; it counts what it moved.
    public func measuring<Result>(
        _ text: String, bytes: Int64? = nil, _ body: (StepMeter) async throws -> Result
    ) async rethrows -> Result {
        let meter = begin(text, bytes: bytes)
        defer { meter.end() }
        return try await body(meter)
    }
}
