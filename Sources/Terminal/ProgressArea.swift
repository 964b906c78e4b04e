// SPDX-License-Identifier: Apache-2.0
import Steps
import Synchronization

/// The lines at the bottom of a terminal that say what goes on now: each step with a meter has one, all others share one.
final class ProgressArea: Sendable {
    private struct Measured {
        let meter: StepMeter
        var rates: RateWindow
        var line: ProgressLine

        init(_ meter: StepMeter, at start: ContinuousClock.Instant) {
            self.meter = meter
            rates = RateWindow(at: start)
            line = ProgressLine(meter, rate: nil)
        }

        mutating func note(at now: ContinuousClock.Instant) {
            line = ProgressLine(meter, rate: rates.note(meter.done, at: now))
        }
    }

    private struct State {
        var text: String?
        var measured: [Measured] = []
        var drawn = 0
        var drawnAt: ContinuousClock.Instant?
    }

    /// How often figures change: more often nobody reads them.
    private static let pause = Duration.milliseconds(100)
    private static let mostLines = 8

    private let state = Mutex(State())
    private let style: Style
    private let size: @Sendable () -> (rows: Int, columns: Int)
    private let write: @Sendable (String) -> Void

    /// An area that is not shown before there is something to say.
    init(
        style: Style, size: @escaping @Sendable () -> (rows: Int, columns: Int),
        write: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.size = size
        self.write = write
    }

    /// Shows what is done now.
    func show(_ text: String) {
        state.withLock { state in
            state.text = text
            draw(&state, at: .now)
        }
    }

    /// Shows how far a step is, and no longer once it has ended.
    func show(_ meter: StepMeter, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            guard let index = state.measured.firstIndex(where: { $0.meter === meter }) else {
                return meter.hasEnded ? () : begin(meter, in: &state, at: now)
            }
            if meter.hasEnded {
                state.measured.remove(at: index)
                // Until something else is done, it is what was done last.
                if state.measured.isEmpty { state.text = meter.text.safeForTerminal }
                return draw(&state, at: now)
            }
            if let last = state.drawnAt, now - last < Self.pause { return }
            for index in state.measured.indices { state.measured[index].note(at: now) }
            draw(&state, at: now)
        }
    }

    private func begin(_ meter: StepMeter, in state: inout State, at now: ContinuousClock.Instant) {
        state.measured.append(Measured(meter, at: now))
        // What was done before it is over, as far as one can tell.
        state.text = nil
        draw(&state, at: now)
    }

    /// Removes the lines, so that something else can be written.
    func clear() {
        state.withLock { state in
            guard state.drawn > 0 else { return }
            write(Self.wipe(state.drawn))
            state.drawn = 0
            state.text = nil
        }
    }

    private func draw(_ state: inout State, at now: ContinuousClock.Instant) {
        let size = size()
        let width = max(1, size.columns - 1)
        let room = max(1, min(Self.mostLines, size.rows - 1))
        var lines = state.measured.prefix(room).map { $0.line.fitted(to: width) }
        if let text = state.text, lines.count < room { lines.append(ProgressLine.cut(text, to: width)) }
        guard !lines.isEmpty else { return }
        write(Self.wipe(state.drawn) + lines.map(style.dim).joined(separator: "\n"))
        state.drawn = lines.count
        state.drawnAt = now
    }

    /// Goes to the first of so many lines, and clears from there on (ECMA-48: CUU, ED).
    private static func wipe(_ lines: Int) -> String {
        "\r" + (lines > 1 ? "\u{1B}[\(lines - 1)A" : "") + (lines > 0 ? "\u{1B}[J" : "")
    }
}
