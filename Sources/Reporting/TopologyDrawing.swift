// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Engines as boxes, their networks as lanes at the left, and their containers as cards that the lanes lead to.
///
/// Everything is laid out from top to bottom, and every text is cut to the room it has, so that nothing overlaps however
/// much there is.
struct TopologyDrawing {
    private static let padding = 10.0
    /// Below that width what a card says stands one below the other.
    private static let wideEnough = 600.0

    private let width: Double
    private let id: String
    private let summary: String
    private var canvas = Canvas()

    init(_ document: EnvironmentDocument, width: Double, id: String) {
        self.width = width
        self.id = id
        let engines = document.engine.enginesWithPaths()
        let containers = engines.reduce(0) { $0 + $1.engine.containers.count }
        summary =
            "Project \(document.project.name): \(engines.count - 1) hosts and \(containers) containers. Each box is an "
            + "engine, with its networks as lines that lead to the containers on them. The tables say the same in words."
        draw(document.engine, title: "project \(document.project.name)", hosts: [], x: 1, width: width - 2)
    }

    /// The drawing as an element of HTML.
    var svg: Markup {
        var markup = Markup()
        let size = "0 0 \(width.short) \((canvas.y + 2).short)"
        markup.add("svg", ["viewBox": size, "role": "img", "aria-labelledby": "\(id)-t \(id)-d"]) { svg in
            svg.add("title", ["id": "\(id)-t"], text: "Topology")
            svg.add("desc", ["id": "\(id)-d"], text: summary)
            svg.add(canvas.shapes)
        }
        return markup
    }

    /// Draws an engine with its networks and containers.
    private mutating func draw(
        _ engine: EngineRecord, title: String, hosts: [ContainerRecord], x: Double, width: Double
    ) {
        let lanes = Lanes(engine)
        let left = x + Self.padding + lanes.width
        let inner = width - 2 * Self.padding - lanes.width
        let top = canvas.y
        let outside = canvas.begin()
        canvas.y += Self.padding
        canvas.write(
            "\(title), engine \(engine.serverVersion)", x: x + Self.padding, width: width - 2 * Self.padding, .strong)
        let starts = lanes.networks.map { network in
            canvas.write(Lanes.describe(network), x: left + 4, width: inner - 4, .quiet)
            return canvas.y - Canvas.line / 2
        }
        var ends = starts
        for container in engine.containers {
            canvas.y += 8
            for arrival in drawCard(container, of: engine, hosts: hosts, lanes: lanes, x: left, width: inner) {
                canvas.connect(
                    arrival.lane, from: x + Self.padding + lanes.offset(arrival.lane), to: left, at: arrival.y)
                ends[arrival.lane] = arrival.y
            }
        }
        for lane in starts.indices {
            canvas.lane(
                lane, x: x + Self.padding + lanes.offset(lane), from: left, top: starts[lane], bottom: ends[lane])
        }
        canvas.y += Self.padding
        canvas.end(outside, "engine", x: x, top: top, width: width)
    }

    /// Draws a container and says where each of its lanes arrives.
    private mutating func drawCard(
        _ container: ContainerRecord, of engine: EngineRecord, hosts: [ContainerRecord], lanes: Lanes, x: Double,
        width: Double
    ) -> [(lane: Int, y: Double)] {
        let card = CardText(container, of: engine, hosts: hosts)
        let (left, room, top) = (x + Self.padding, width - 2 * Self.padding, canvas.y)
        let outside = canvas.begin()
        canvas.y += 6
        canvas.dot(card.condition, x: left + 5, y: canvas.y + Canvas.line / 2)
        canvas.write(card.name, x: left + 16, width: room - 16, .strong)
        let body = canvas.y
        let isWide = self.width > Self.wideEnough
        let split = isWide ? (room * 0.4).rounded() : room
        let arrivals = card.addresses.compactMap { address -> (lane: Int, y: Double)? in
            canvas.write(address.text, x: left, width: split - 12, .plain)
            return lanes.index(of: address.network).map { ($0, canvas.y - Canvas.line / 2) }
        }
        let bottom = canvas.y
        if isWide { canvas.y = body }
        for fact in card.facts {
            canvas.writeBroken(fact, x: isWide ? left + split : left, width: isWide ? room - split : room, .quiet)
        }
        canvas.y = max(canvas.y, bottom)
        if let inner = container.engine {
            canvas.y += 6
            draw(inner, title: "in \(card.name)", hosts: [container] + hosts, x: left, width: room)
            canvas.y += 4
        }
        canvas.y += 6
        canvas.end(outside, "card", x: x, top: top, width: width)
        return arrivals
    }
}
