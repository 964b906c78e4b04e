// SPDX-License-Identifier: Apache-2.0
import Terminal

/// HTML and SVG text that was written by the report itself; foreign text gets in by `text` and `attribute` alone.
struct Markup {
    private(set) var source = ""

    /// Foreign text as it stands between tags and in quoted attributes (https://html.spec.whatwg.org/, 13.3), without the
    /// characters that neither HTML nor SVG may have, or that turn the writing round.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.safeForTerminal.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Adds an element with foreign text in it.
    mutating func add(_ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String) {
        add(tag, attributes) { $0.source += Self.escaped(text) }
    }

    /// Adds an element with elements in it.
    mutating func add(
        _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ body: (inout Markup) -> Void
    ) {
        open(tag, attributes)
        body(&self)
        source += "</\(tag)>"
    }

    /// Adds an element without content.
    mutating func add(void tag: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
        open(tag, attributes)
    }

    /// Adds an SVG element without content.
    mutating func add(shape tag: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
        open(tag, attributes)
        source += "</\(tag)>"
    }

    /// Adds text of the report's own that is markup already.
    mutating func add(own markup: StaticString) { source += "\(markup)" }

    /// Adds foreign text.
    mutating func add(foreign text: String) { source += Self.escaped(text) }

    /// Adds what another markup holds.
    mutating func add(_ other: Markup) { source += other.source }

    /// Begins a new line of the source.
    mutating func breakLine() { source += "\n" }

    private mutating func open(_ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
        source += "<\(tag)"
        for (name, value) in attributes { source += " \(name)=\"\(Self.escaped(value))\"" }
        source += ">"
    }
}
