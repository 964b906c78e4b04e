// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns, as `docker ps` prints them.
public struct Table: Sendable {
    private let header: [Cell]
    private var rows: [[Cell]] = []
    private var widths: [Int]

    /// A table with the titles of its columns.
    public init(_ header: [String]) {
        self.header = header.map(Cell.init)
        widths = self.header.map(\.columns)
    }

    /// Adds a row; what is missing at its end stays empty.
    public mutating func append(_ row: [String]) {
        let cells = row.map(Cell.init)
        for (column, cell) in cells.enumerated() where cell.columns > widths[column] { widths[column] = cell.columns }
        rows.append(cells)
    }

    /// The lines of the table, cut to a width in columns where one is given.
    public func lines(width: Int? = nil) -> [String] {
        // As bytes: appending to a String looks each time whether it is one that can be appended to.
        var bytes: [UInt8] = []
        return ([header] + rows).map { row in
            bytes.removeAll(keepingCapacity: true)
            var columns = 0
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                let spaces = isLast ? 0 : widths[column] - cell.columns + 3
                bytes.append(contentsOf: cell.text.utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
                columns += cell.columns + spaces
            }
            let line = String(decoding: bytes, as: UTF8.self)
            guard let width, columns > width, width > 1 else { return line }
            return line.prefix(width - 1) + "…"
        }
    }
}

extension Table {
    /// A text that is safe for a terminal, and how many columns it takes there.
    private struct Cell: Sendable {
        let text: String
        let columns: Int

        init(_ text: String) {
            // Of most texts no clusters have to be found.
            let isPlain = text.isPlain
            self.text = isPlain ? text : text.safeForTerminal
            columns = isPlain ? text.utf8.count : self.text.count
        }
    }
}
