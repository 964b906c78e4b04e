// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A number of bytes as `split -b` takes it: `100M` is 100 × 1024 × 1024, `100MB` is 100 × 1000 × 1000.
struct ByteSize: ExpressibleByArgument, Equatable {
    let bytes: Int64

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int64] = [
            "": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "kB": 1000, "KB": 1000, "MB": 1_000_000,
            "GB": 1_000_000_000, "TB": 1_000_000_000_000,
        ]
        guard let count = Int64(digits), let unit = units[String(argument.dropFirst(digits.count))] else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, bytes > 0 else { return nil }
        self.bytes = bytes
    }
}
