// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import OCI

/// Says of a place in an environment document what object it belongs to.
struct DocumentPlace {
    /// The object, and the field in it.
    let parts: (object: String, field: String)

    init(_ path: [JSONLiterals.Step], in document: EnvironmentDocument) {
        guard path.first == .member("engine") else {
            parts = ("snapshot", Self.field(path[...]))
            return
        }
        var (engine, place, rest) = (document.engine, EnginePath.outermost, path.dropFirst())
        var object = "engine \(place)"
        while case .member(let kind)? = rest.first, case .element(let index)? = rest.dropFirst().first {
            rest = rest.dropFirst(2)
            switch kind {
            case "containers" where engine.containers.indices.contains(index):
                let container = engine.containers[index]
                object = "container \(place.objectName(engine.callName(of: container)))"
                guard rest.first == .member("engine"), let inner = container.engine else { break }
                place = place.appending(engine.callName(of: container))
                (engine, object, rest) = (inner, "engine \(place)", rest.dropFirst())
                continue
            case "volumes" where engine.volumes.indices.contains(index):
                object = "volume \(place.objectName(engine.volumes[index].name))"
            case "networks" where engine.networks.indices.contains(index):
                object = "network \(place.objectName(engine.networks[index].name))"
            case "images" where engine.images.indices.contains(index):
                let image = engine.images[index]
                object = "image \(place.objectName(image.tags.first ?? image.config.short))"
            default: break
            }
            break
        }
        if rest.first == .member("inspect") { rest = rest.dropFirst() }
        parts = (object, Self.field(rest))
    }

    /// A path as findings write it: `Config.Env[3]`.
    static func field(_ path: ArraySlice<JSONLiterals.Step>) -> String {
        path.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .element(let index): text += "[\(index)]"
            }
        }
    }
}
