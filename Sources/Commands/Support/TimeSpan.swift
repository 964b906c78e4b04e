// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A span of time in hours, days, weeks or years of 365 days: `12h`, `30d`, `1y6w`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400]
        var (rest, sum) = (Substring(argument), Int64(0))
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let count = Int64(digits), let unit = rest.popFirst().flatMap({ units[$0] }) else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: unit)
            let (next, sumOverflow) = sum.addingReportingOverflow(part)
            guard !overflow, !sumOverflow else { return nil }
            sum = next
        }
        guard sum > 0 else { return nil }
        seconds = sum
    }
}
