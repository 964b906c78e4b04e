// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
public enum Units {
    /// Bytes in decimal units with three significant digits, as `docker images` prints them: `1.32 GB`.
    public static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 999.5 { return unit == "B" ? "\(count) B" : "\(significant(value)) \(unit)" }
            value /= 1000
        }
        return "\(significant(value)) TB"
    }

    /// A length of time: `340 ms`, `12.4 s`, `3 min 20 s`.
    public static func duration(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
        return "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
    }

    /// How long something still takes, to what can be told: `3 s`, `4 min`, `2 h 10 min`.
    public static func roughly(seconds: Double) -> String {
        let whole = Int64(min(max(seconds, 0), 1e9).rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\((whole + 30) / 60) min" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// A count with its noun: `1 container`, `3 containers`.
    public static func count(_ count: some BinaryInteger, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func significant(_ value: Double) -> String {
        let digits = value < 9.995 ? 100.0 : value < 99.95 ? 10.0 : 1.0
        let scaled = Int64((value * digits).rounded())
        guard digits > 1 else { return "\(scaled)" }
        let unit = Int64(digits)
        let fraction = String(scaled % unit)
        let padding = String(repeating: "0", count: (digits == 100 ? 2 : 1) - fraction.count)
        return "\(scaled / unit).\(padding)\(fraction)"
    }
}
