// SPDX-License-Identifier: Apache-2.0

/// How fast something went in the last seconds.
struct RateWindow {
    private static let length = Duration.seconds(5)
    private static let leastLength = Duration.milliseconds(500)

    private var samples: [(at: ContinuousClock.Instant, done: Int64)]

    init(at start: ContinuousClock.Instant) { samples = [(start, 0)] }

    /// Notes how much is done at a moment, and returns the bytes a second; nil where it is too early to say.
    mutating func note(_ done: Int64, at now: ContinuousClock.Instant) -> Double? {
        // One that is older than the window stays, so that the window is full.
        while samples.count > 1, now - samples[1].at >= Self.length { samples.removeFirst() }
        let (first, before) = samples[0]
        if let last = samples.last, now - last.at >= .milliseconds(100) { samples.append((now, done)) }
        let length = now - first
        guard length >= Self.leastLength else { return nil }
        return Double(done - before) / (length / .seconds(1))
    }
}
