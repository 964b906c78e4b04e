// SPDX-License-Identifier: Apache-2.0
import Steps
import Synchronization
import Testing

@testable import Terminal

@Suite("progress")
struct ProgressTests {
    /// What was written, as a terminal of so many rows would show it in the end.
    final class Screen: Sendable {
        private let written = Mutex("")

        var text: String { written.withLock { $0 } }

        @Sendable func write(_ text: String) { written.withLock { $0 += text } }

        /// The lines, after going up, clearing and writing as the escape sequences say.
        var lines: [String] {
            var lines = [""]
            var row = 0
            var rest = text[...]
            while let character = rest.popFirst() {
                switch character {
                case "\n":
                    row += 1
                    if row == lines.count { lines.append("") }
                case "\r": lines[row] = lines[row].isEmpty ? "" : "\r" + lines[row]
                case "\u{1B}":
                    let end = rest.firstIndex(where: \.isLetter) ?? rest.startIndex
                    let number = Int(rest[..<end].dropFirst()) ?? 0
                    if rest[end] == "A" { row -= number }
                    if rest[end] == "J" { lines = lines[..<row] + [""] }
                    rest = rest[rest.index(after: end)...]
                default:
                    // After a carriage return the line is written over.
                    if lines[row].hasPrefix("\r") { lines[row] = "" }
                    lines[row].append(character)
                }
            }
            return lines.map { $0.hasPrefix("\r") ? String($0.dropFirst()) : $0 }
        }
    }

    private static func area(_ screen: Screen, rows: Int = 24, columns: Int = 80) -> ProgressArea {
        ProgressArea(style: Style(isColoured: false), size: { (rows, columns) }, write: screen.write)
    }

    private static func line(_ done: Int64, of total: Int64?, rate: Double? = 2_000_000) -> ProgressLine {
        ProgressLine(text: "reading images of foo-host-corge", done: done, total: total, rate: rate)
    }

    @Test func aLineTellsHowMuchHowFastAndHowLong() {
        #expect(
            Self.line(2_000_000, of: 8_000_000).fitted(to: 80)
                == "reading images of foo-host-corge  2.00 MB of 8.00 MB, 2.00 MB/s, 3 s left")
        #expect(
            Self.line(2_000_000, of: nil).fitted(to: 80) == "reading images of foo-host-corge  2.00 MB, 2.00 MB/s")
        #expect(Self.line(0, of: 8_000_000, rate: nil).fitted(to: 80) == "reading images of foo-host-corge")
        // What stands still is never done.
        #expect(Self.line(1000, of: 8000, rate: 0).figures == "1.00 kB of 8.00 kB, 0 B/s")
    }

    @Test func aWideTerminalHasABar() {
        #expect(
            Self.line(2_000_000, of: 8_000_000).fitted(to: 120)
                == "reading images of foo-host-corge  [#####---------------] 2.00 MB of 8.00 MB, 2.00 MB/s, 3 s left")
    }

    @Test(arguments: 1...130) func aLineFits(_ width: Int) {
        #expect(Self.line(2_000_000, of: 8_000_000).fitted(to: width).count <= width)
    }

    @Test func timesAreRough() {
        #expect([0.2, 59, 61, 3599, 7800].map(Units.roughly) == ["1 s", "59 s", "1 min", "60 min", "2 h 10 min"])
    }

    @Test func theRateIsThatOfTheLastSeconds() {
        let start = ContinuousClock.now
        var window = RateWindow(at: start)
        #expect(window.note(1000, at: start + .milliseconds(400)) == nil)
        #expect(window.note(1000, at: start + .seconds(1)) == 1000)
        for second in 2...10 { _ = window.note(1000, at: start + .seconds(second)) }
        #expect(window.note(1000, at: start + .seconds(11)) == 0)
    }

    @Test func stepsSideBySideHaveALineEach() {
        let screen = Screen()
        let area = Self.area(screen)
        let report = StepReport(tell: area.show, watch: { area.show($0) })
        report("looking")
        #expect(screen.lines == ["looking"])
        let first = report.begin("unpacking a", bytes: 100)
        let second = report.begin("unpacking b", bytes: 100)
        #expect(screen.lines == ["unpacking a", "unpacking b"])
        report("starting c")
        #expect(screen.lines == ["unpacking a", "unpacking b", "starting c"])
        first.end()
        #expect(screen.lines == ["unpacking b", "starting c"])
        second.end()
        area.clear()
        #expect(screen.lines == [""])
    }

    @Test func figuresFollowTheMeter() throws {
        let screen = Screen()
        let area = Self.area(screen)
        let meter = StepReport(tell: area.show, watch: { _ in }).begin("unpacking a", bytes: 4_000_000)
        let start = ContinuousClock.now
        area.show(meter, at: start)
        meter.add(1_000_000)
        area.show(meter, at: start + .seconds(1))
        #expect(screen.lines == ["unpacking a  1.00 MB of 4.00 MB, 1.00 MB/s, 3 s left"])
        // Oftener than ten times a second nothing is drawn.
        let before = screen.text
        area.show(meter, at: start + .milliseconds(1050))
        #expect(screen.text == before)
    }

    @Test func aSmallTerminalShowsWhatThereIsRoomFor() {
        let screen = Screen()
        let area = Self.area(screen, rows: 3, columns: 10)
        let report = StepReport(tell: area.show, watch: { area.show($0) })
        let meters = (1...5).map { report.begin("unpacking host \($0)") }
        #expect(screen.lines == ["unpackin…", "unpackin…"])
        for meter in meters { meter.end() }
        #expect(screen.lines == ["unpackin…"])
    }

    @Test func aLogTellsOfLongStepsOnTheWayAndAtTheirEnd() {
        let screen = Screen()
        let log = ProgressLog { screen.write($0 + "\n") }
        let report = StepReport(tell: log.note, watch: { _ in })
        let start = ContinuousClock.now
        let (long, short) = (report.begin("reading", bytes: 4_000_000), report.begin("packing"))
        log.note(long, at: start)
        log.note(short, at: start)
        long.add(1_000_000)
        log.note(long, at: start + .seconds(9))
        log.note(long, at: start + .seconds(10))
        short.end()
        log.note(short, at: start + .milliseconds(900))
        long.add(3_000_000)
        long.end()
        log.note(long, at: start + .seconds(20))
        #expect(
            screen.lines.dropLast() == [
                "reading", "packing", "reading: 1.00 MB of 4.00 MB, 100 kB/s, 30 s left",
                "reading: 4.00 MB in 20.0 s",
            ])
    }

    @Test func aReportOfTextsTellsAStepOnce() {
        let screen = Screen()
        let report = StepReport { screen.write($0 + "\n") }
        let meter = report.begin("reading")
        meter.add(10)
        meter.end()
        #expect(screen.lines == ["reading", ""])
    }

    @Test func moreIsNeverDoneThanThereIs() {
        let meter = StepReport.silent.begin("reading", bytes: 10)
        meter.add(8)
        meter.add(8)
        #expect(meter.done == 10)
    }
}
