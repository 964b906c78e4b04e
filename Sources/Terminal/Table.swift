// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns, as `docker ps` prints them.
public struct Table: Sendable {
    private let header: [String]
    private var rows: [[String]] = []

    /// A table with the titles of its columns.
    public init(_ header: [String]) { self.header = header }

    /// Adds a row; what is missing at its end stays empty.
    public mutating func append(_ row: [String]) { rows.append(row.map(\.safeForTerminal)) }

    /// The lines of the table, cut to a width in columns where one is given.
    public func lines(width: Int? = nil) -> [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                line += isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 3)
            }
            guard let width, line.count > width, width > 1 else { return line }
            return line.prefix(width - 1) + "…"
        }
    }
}
