// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A volume of an engine with its content.
public struct VolumeRecord: Sendable, Equatable, JSONRepresentable {
    /// The engine's answer to `GET /volumes/NAME`.
    public var inspect: JSONValue
    /// Its content; absent where it is the data-root of a nested engine or was left out.
    public var data: DataArchive?

    /// A volume as an engine shows it.
    public init(inspect: JSONValue, data: DataArchive? = nil) {
        self.inspect = inspect
        self.data = data
    }

    /// The volume's name.
    public var name: String { inspect["Name"].string ?? "" }

    /// What lies behind the volume, by its driver and options (mount(8) with `type`, `device` and `o`).
    public enum Backing: Sendable, Equatable {
        /// A folder of the engine's own.
        case folder
        /// Another folder of the engine's machine, bound to its place while the volume is in use.
        case bind(String)
        /// Memory, for as long as the volume is in use.
        case memory
        /// Something out of reach: a network file system, a device, another driver.
        case foreign
    }

    /// What lies behind the volume.
    public var backing: Backing {
        guard inspect["Driver"].string == "local" else { return .foreign }
        let options = inspect["Options"]
        // Quotas alone change nothing about the place.
        guard let type = options["type"].string ?? options["o"].string.map({ _ in "none" }) else { return .folder }
        if type == "tmpfs" { return .memory }
        let flags = (options["o"].string ?? "").split(separator: ",")
        guard flags.contains("bind") || flags.contains("rbind"), let device = options["device"].string,
            device.hasPrefix("/")
        else { return .foreign }
        return .bind(device)
    }

    /// Whether the engine made up the name: 64 hexadecimal digits, or the label that engines from 23.0 on set.
    public var isAnonymous: Bool {
        if inspect["Labels"].object?["com.docker.volume.anonymous"] != nil { return true }
        return name.utf8.count == 64 && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        inspect = json["inspect"]
        data = try json.record("data")
        guard !name.isEmpty else { throw ModelError.malformed("a volume without a name") }
    }

    /// The record's JSON form.
    public var json: JSONValue { .compact(["inspect": inspect, "data": data?.json ?? .null]) }
}
