// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel

/// One part of a report under a heading, the same for every format.
struct ReportSection {
    let title: String
    /// What the title is about, where that is foreign text.
    let subject: String?
    let blocks: [ReportBlock]

    init(_ title: String, about subject: String? = nil, _ blocks: [ReportBlock]) {
        self.title = title
        self.subject = subject
        self.blocks = blocks
    }
}

/// What stands in a section.
///
/// All text in it is foreign until a format has escaped it.
enum ReportBlock {
    case paragraph(String)
    case list([String])
    case code(String)
    /// Lines that a program wrote.
    case output([String])
    case table(Table)
    /// The engines, networks and containers of an environment, drawn.
    case topology(EnvironmentDocument)
}

/// Rows with a header each column.
struct Table {
    let caption: String?
    let headers: [String]
    let rows: [[String]]

    init(_ caption: String? = nil, headers: [String], rows: [[String]]) {
        self.caption = caption
        self.headers = headers
        self.rows = rows
    }
}
