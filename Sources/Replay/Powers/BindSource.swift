// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// A path of the engine's machine that a container asks for, or a volume.
struct BindSource: Sendable, Equatable {
    /// The path as the engine resolves it, without `.` and `..`; for a volume its name, empty for one without.
    let source: String
    let isPath: Bool
    let isWritable: Bool
    /// Its mount propagation; empty where none is asked for.
    let propagation: String
    /// Words in its mode that this program does not know.
    var unknownModes: [String] = []

    /// All that a `HostConfig` asks for by `Binds` and `Mounts`.
    static func all(in host: JSONValue) -> [BindSource] {
        host["Binds"].texts.map(BindSource.init(bind:))
            + (host["Mounts"].array ?? []).compactMap(BindSource.init(mount:))
    }

    /// Reads `SOURCE:TARGET[:MODE]`.
    init(bind: String) {
        let parts = bind.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let modes = parts.count > 2 ? parts[2...].joined(separator: ":").split(separator: ",").map(String.init) : []
        isPath = parts.count > 1 && parts[0].hasPrefix("/")
        // `/target` alone is a volume without a name.
        source = isPath ? parts[0].normalPath : parts.count > 1 ? parts[0] : ""
        isWritable = !modes.contains("ro")
        let known: Set = ["rw", "ro", "z", "Z", "nocopy", "cached", "delegated", "consistent", "default"]
        let propagations: Set = ["private", "rprivate", "slave", "rslave", "shared", "rshared"]
        propagation = modes.first(where: propagations.contains) ?? ""
        unknownModes = modes.filter { !known.contains($0) && !propagations.contains($0) }
    }

    /// Reads a member of `Mounts`; nil for memory.
    init?(mount: JSONValue) {
        let type = mount["Type"].string ?? ""
        guard type == "bind" || type == "volume" else { return nil }
        isPath = type == "bind"
        let source = mount["Source"].string ?? ""
        self.source = isPath ? source.normalPath : source
        isWritable = mount["ReadOnly"].bool != true
        propagation = mount["BindOptions"]["Propagation"].string ?? ""
    }

    /// A folder that a volume of the `local` driver stands for.
    init(device: String, isWritable: Bool) {
        source = device.normalPath
        isPath = true
        self.isWritable = isWritable
        propagation = ""
    }
}

extension String {
    /// The path as engines clean it (Go's `filepath.Clean`): without empty parts, `.` and `..`.
    var normalPath: String {
        var parts: [Substring] = []
        for part in split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
