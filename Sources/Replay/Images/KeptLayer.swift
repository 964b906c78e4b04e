// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// What is noted beside a layer that is kept.
struct KeptLayer: Sendable, Equatable {
    /// The boot of the machine in which it was unpacked.
    let boot: String
    /// The sum of its files' sizes.
    let size: Int64
    /// When it came into the cache, in seconds since 1970.
    let keptAt: Int64
}

extension KeptLayer {
    /// The note.
    var json: JSONValue { ["boot": .string(boot), "size": .int(size), "keptAt": .int(keptAt)] }

    /// Reads a note; nil for what is none.
    init?(json: JSONValue) {
        guard let boot = json["boot"].string, let size = json["size"].int, let keptAt = json["keptAt"].int else {
            return nil
        }
        self.init(boot: boot, size: size, keptAt: keptAt)
    }
}
