// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// When, by which clock and in which boot of a machine a survey is made.
public struct SurveyMoment: Sendable, Equatable, Codable {
    /// The boot's id, as `/proc/sys/kernel/random/boot_id` has it.
    public var boot: String
    /// How far the wall clock is ahead of the time since the boot, in milliseconds; less when it was set back.
    public var clock: Int64
    /// The time by the wall clock.
    public var time: Timestamp

    /// A moment.
    public init(boot: String, clock: Int64, time: Timestamp) {
        (self.boot, self.clock, self.time) = (boot, clock, time)
    }

    /// This moment on this machine.
    ///
    /// - Throws: `Errno` where the kernel does not tell the boot's id.
    public static func now() throws -> SurveyMoment {
        let file = try FileDescriptor.open(
            FilePath("/proc/sys/kernel/random/boot_id"), .readOnly, options: .closeOnExec)
        var text = [UInt8](repeating: 0, count: 64)
        let count = try file.closeAfter { try text.withUnsafeMutableBytes { try file.read(into: $0) } }
        var (wall, boot) = (timespec(), timespec())
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_BOOTTIME, &boot)
        let ahead = (Int64(wall.tv_sec) - Int64(boot.tv_sec)) * 1000 + Int64(wall.tv_nsec - boot.tv_nsec) / 1_000_000
        return SurveyMoment(
            boot: String(decoding: text[..<count].filter { $0 > 32 }, as: UTF8.self), clock: ahead,
            time: Timestamp(seconds: Int64(wall.tv_sec), nanoseconds: Int32(wall.tv_nsec)))
    }

    /// Whether a change at that time lies so far back that a later one would have another time.
    public func isSettled(_ change: Timestamp) -> Bool { change.seconds < time.seconds - 2 }
}
