// SPDX-License-Identifier: Apache-2.0
import Steps
import Synchronization

/// Says in a log what goes on: a line for each step, and for one that takes long, how far it is every ten seconds.
final class ProgressLog: Sendable {
    private struct Measured {
        let meter: StepMeter
        let start: ContinuousClock.Instant
        var rates: RateWindow
        var told: ContinuousClock.Instant
    }

    private static let pause = Duration.seconds(10)
    /// What took less is told by its beginning alone.
    private static let leastLength = Duration.seconds(1)

    private let measured = Mutex<[Measured]>([])
    private let write: @Sendable (String) -> Void

    /// A log that is written a line at a time, without its end.
    init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// Says what is done now.
    func note(_ text: String) { write(text.safeForTerminal) }

    /// Says how far a step is, where it is time for that.
    func note(_ meter: StepMeter, at now: ContinuousClock.Instant = .now) {
        let line = measured.withLock { measured -> String? in
            guard let index = measured.firstIndex(where: { $0.meter === meter }) else {
                guard !meter.hasEnded else { return nil }
                measured.append(Measured(meter: meter, start: now, rates: RateWindow(at: now), told: now))
                return meter.text.safeForTerminal
            }
            if meter.hasEnded {
                let length = now - measured.remove(at: index).start
                return length < Self.leastLength ? nil : Self.ending(meter, after: length)
            }
            let rate = measured[index].rates.note(meter.done, at: now)
            guard now - measured[index].told >= Self.pause else { return nil }
            measured[index].told = now
            let line = ProgressLine(meter, rate: rate)
            return line.figures.map { "\(line.text): \($0)" }
        }
        if let line { write(line) }
    }

    private static func ending(_ meter: StepMeter, after length: Duration) -> String {
        "\(meter.text.safeForTerminal): \(Units.bytes(meter.done)) in \(Units.duration(length))"
    }
}
