// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel

extension Report {
    /// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
    public var html: String {
        var page = Markup()
        page.add(own: "<!DOCTYPE html>\n")
        page.add("html", ["lang": "en"]) { html in
            html.add("head") { head(&$0) }
            html.add("body") { body in
                body.add("header") { header in
                    header.add("p", ["class": "kind"], text: "envsnap report")
                    header.add("h1", text: "Snapshot \(reference)")
                }
                body.add("main") { main in
                    for (number, section) in sections.enumerated() { add(section, number, to: &main) }
                }
            }
        }
        page.breakLine()
        return page.source
    }

    private func head(_ head: inout Markup) {
        head.add(void: "meta", ["charset": "utf-8"])
        head.add(void: "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        // Should foreign text ever get past the escaping, a browser runs and fetches nothing all the same.
        head.add(
            void: "meta",
            ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"])
        head.add(void: "meta", ["name": "color-scheme", "content": "light dark"])
        head.add("title", text: "Snapshot \(reference) – envsnap report")
        head.add("style") { $0.add(own: ReportStyle.sheet) }
    }

    private func add(_ section: ReportSection, _ number: Int, to main: inout Markup) {
        main.breakLine()
        main.add("section", ["aria-labelledby": "s\(number)"]) { element in
            let title = section.subject.map { "\(section.title) \($0)" } ?? section.title
            element.add("h2", ["id": "s\(number)"], text: title)
            for (index, block) in section.blocks.enumerated() { add(block, "s\(number)-\(index)", title, to: &element) }
        }
    }

    private func add(_ block: ReportBlock, _ id: String, _ title: String, to section: inout Markup) {
        switch block {
        case .paragraph(let text): section.add("p", text: text)
        case .code(let text): section.add("pre") { $0.add("code", text: text) }
        case .output(let lines):
            section.add("pre") { pre in
                pre.add("code") { code in
                    for line in lines {
                        code.add(foreign: line)
                        code.breakLine()
                    }
                }
            }
        case .list(let items):
            section.add("ul") { list in
                for item in items { list.add("li", text: item) }
            }
        case .table(let table): add(table, title, to: &section)
        case .topology(let document):
            section.add("div", ["class": "wide"]) { $0.add(TopologyDrawing(document, width: 1040, id: id + "w").svg) }
            section.add("div", ["class": "narrow"]) { $0.add(TopologyDrawing(document, width: 350, id: id + "n").svg) }
        }
    }

    private func add(_ table: Table, _ title: String, to section: inout Markup) {
        let label = table.caption ?? title
        // What scrolls can be reached and named without a mouse (WCAG 2.1.1, 4.1.2).
        section.add("div", ["class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"]) { scroll in
            scroll.add("table", ["class": table.headers.count == 2 ? "pairs" : "facts"]) { element in
                if let caption = table.caption { element.add("caption", text: caption) }
                element.add("thead") { head in
                    head.add("tr") { row in
                        for header in table.headers { row.add("th", ["scope": "col"], text: header) }
                    }
                }
                element.add("tbody") { body in
                    for cells in table.rows {
                        body.breakLine()
                        body.add("tr") { row in
                            for cell in cells { row.add("td", text: cell) }
                        }
                    }
                    if table.rows.isEmpty {
                        body.add("tr") { $0.add("td", ["colspan": "\(table.headers.count)"], text: "none") }
                    }
                }
            }
        }
    }
}
