// SPDX-License-Identifier: Apache-2.0

/// SVG shapes from top to bottom: whatever is written moves the place for the next one down.
struct Canvas {
    /// The height of a line of text.
    static let line = 18.0
    /// The width of a character: no common fixed-width font has wider ones at 12 px.
    private static let character = 7.45

    enum Emphasis: String { case plain = "", strong = "strong", quiet = "quiet" }

    private(set) var shapes = Markup()
    /// Where the next line begins.
    var y = 1.0

    /// Keeps what was drawn aside until a box is known in its height.
    mutating func begin() -> Markup {
        defer { shapes = Markup() }
        return shapes
    }

    /// Draws a box round what was drawn since it was begun.
    mutating func end(_ outside: Markup, _ kind: String, x: Double, top: Double, width: Double) {
        let content = shapes
        shapes = outside
        shapes.breakLine()
        shapes.add(
            shape: "rect",
            [
                "class": kind, "x": x.short, "y": top.short, "width": width.short, "height": (y - top).short, "rx": "6",
            ])
        shapes.add(content)
    }

    /// Writes foreign text, broken before its arrows where it is too long for a line.
    mutating func writeBroken(_ text: String, x: Double, width: Double, _ emphasis: Emphasis) {
        guard Self.columns(text) > Self.columns(in: width) else { return write(text, x: x, width: width, emphasis) }
        let arrow = " ← "
        for (number, part) in text.split(separator: arrow).enumerated() {
            write((number == 0 ? "" : " " + arrow) + part, x: x, width: width, emphasis)
        }
    }

    /// Writes a line of foreign text, cut in its middle to a width; what was cut is its title.
    mutating func write(_ text: String, x: Double, width: Double, _ emphasis: Emphasis) {
        let cut = Self.cut(text, to: Self.columns(in: width))
        shapes.breakLine()
        shapes.add("text", ["class": emphasis.rawValue, "x": x.short, "y": (y + 13).short]) { element in
            if cut != text { element.add("title", text: text) }
            element.add("tspan", text: cut)
        }
        y += Self.line
    }

    /// Draws what shows the condition of a container; the text beside it says it too.
    mutating func dot(_ kind: String, x: Double, y: Double) {
        shapes.add(shape: "circle", ["class": kind, "cx": x.short, "cy": y.short, "r": "4.5"])
    }

    /// Draws a network's lane: from its name to the left, then down.
    mutating func lane(_ number: Int, x: Double, from start: Double, top: Double, bottom: Double) {
        let path = "M\(start.short) \(top.short)H\(x.short)V\(bottom.short)"
        shapes.add(shape: "path", ["class": "lane n\(number % 8)", "d": path])
    }

    /// Draws the way from a lane to a card.
    mutating func connect(_ number: Int, from start: Double, to end: Double, at y: Double) {
        shapes.add(shape: "path", ["class": "lane n\(number % 8)", "d": "M\(start.short) \(y.short)H\(end.short)"])
        shapes.add(shape: "circle", ["class": "join n\(number % 8)", "cx": start.short, "cy": y.short, "r": "3"])
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        guard columns(text) > limit else { return text }
        func kept(_ characters: some Sequence<Character>, _ room: Int) -> [Character] {
            var room = room
            return characters.prefix { character in
                room -= columns(character)
                return room >= 0
            }
        }
        // Names and paths differ at their ends as often as at their beginnings.
        let end = kept(text.reversed(), (limit - 1) / 2)
        return String(kept(text, limit - 1 - (limit - 1) / 2)) + "…" + String(end.reversed())
    }

    private static func columns(in width: Double) -> Int { max(1, Int(width / character)) }

    private static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    /// How many columns a character takes: those of East Asia and pictures take two.
    private static func columns(_ character: Character) -> Int {
        character.unicodeScalars.contains { $0.value >= 0x1100 && !(0x2010...0x22FF).contains($0.value) } ? 2 : 1
    }
}

extension Double {
    /// With at most one digit after the point.
    var short: String {
        let tenths = Int((self * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
