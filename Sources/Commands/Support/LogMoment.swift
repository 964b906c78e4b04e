// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// A point of time for `logs --since`: a span before now (`10m`, `1h30m`), a time of RFC 3339, or Unix seconds.
struct LogMoment: ExpressibleByArgument, Equatable {
    /// Unix seconds, as engines take them.
    let seconds: String

    init?(argument: String) { self.init(argument, now: .now) }

    init?(_ text: String, now: Date) {
        if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }), Int64(text) != nil {
            seconds = text
        } else if let span = Self.span(text) {
            seconds = String(format: "%.3f", now.timeIntervalSince1970 - span)
        } else if let date = Self.date(text) {
            seconds = String(format: "%.3f", date.timeIntervalSince1970)
        } else {
            return nil
        }
    }

    private static func span(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var (rest, sum) = (Substring(text), 0.0)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let count = Double(digits), let unit = rest.popFirst().flatMap({ units[$0] }) else { return nil }
            sum += count * unit
        }
        return sum
    }

    /// With a time zone, or a day alone, which begins in UTC.
    private static func date(_ text: String) -> Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            return date
        }
        return try? Date(text, strategy: Date.ISO8601FormatStyle().year().month().day())
    }
}
