// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc
import JSONTree
import OCI

/// A layer that envsnap put below an engine's data-root.
struct SeededLayer: Sendable, Equatable {
    /// Where a layer stands below a data-root of the classic image store with overlay2.
    struct Place: Sendable, Hashable {
        /// The data-root on the outermost machine.
        let root: String
        /// The digest of the layer and all below it.
        let chain: Digest

        /// The layer's folder; any name that is no other's will do.
        var folder: String { "\(root)/overlay2/\(chain.hex)" }
        /// The folder of its files.
        var files: String { folder + "/diff" }
        /// The image store's notes on it.
        var record: String { "\(root)/image/overlay2/layerdb/sha256/\(chain.hex)" }
        /// What its tar had around the files.
        var recipe: String { record + "/tar-split.json.gz" }
    }

    let place: Place
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
        place = Place(root: root, chain: digest)
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
