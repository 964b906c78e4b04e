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
        let widths = header.indices.map { column in all.map { $0.count > column ? $0[column].columns : 0 }.max() ?? 0 }
        let spaces = String(repeating: " ", count: (widths.max() ?? 0) + 3)
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard column < row.count - 1 else { break }
                line += spaces[..<spaces.utf8.index(spaces.startIndex, offsetBy: widths[column] - cell.columns + 3)]
            }
            guard let width, line.columns > width, width > 1 else { return line }
            return line.prefix(width - 1) + "…"
        }
    }
}

extension String {
    /// How many columns the text takes; most texts are ASCII, of which no clusters have to be found.
    fileprivate var columns: Int { utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count }
}
