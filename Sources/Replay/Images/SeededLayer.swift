// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc
import JSONTree
import LiveEnvironment
import OCI

/// A layer that envsnap put below an engine's data-root.
struct SeededLayer: Sendable, Equatable {
    let place: LayerPlace
    /// The sum of its files' sizes.
    let size: Int64
    /// When the last of it was written.
    let writtenAt: Timestamp
    /// The boot of the machine in which it was unpacked.
    let boot: String
    /// What the machine's clock was set to then: seconds since 1970 at the boot.
    let clock: Int64
}

extension SeededLayer {
    /// How a replay's record notes it.
    var json: JSONValue {
        [
            "root": .string(place.root), "chain": .string(place.chain.description), "size": .int(size),
            "seconds": .int(writtenAt.seconds), "nanoseconds": .int(Int64(writtenAt.nanoseconds)),
            "boot": .string(boot), "clock": .int(clock),
        ]
    }

    /// Reads a note; nil for what is none.
    init?(json: JSONValue) {
        guard let root = json["root"].string, let chain = json["chain"].string,
            let digest = try? Digest(parsing: chain),
            let size = json["size"].int, let seconds = json["seconds"].int, let nanoseconds = json["nanoseconds"].int,
            let boot = json["boot"].string, let clock = json["clock"].int
        else { return nil }
        place = LayerPlace(root: root, chain: digest)
        self.size = size
        writtenAt = Timestamp(seconds: seconds, nanoseconds: Int32(clamping: nanoseconds))
        self.boot = boot
        self.clock = clock
    }
}

extension Timestamp {
    /// The time by the clock from which change times are taken.
    static var now: Timestamp { read(CLOCK_REALTIME) }

    /// The time that this clock shows for the boot: it stays the same until somebody sets the clock.
    static var bootTime: Int64 { now.seconds - read(CLOCK_BOOTTIME).seconds }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        clock_gettime(clock, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }
}
