// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension AllowedDifference {
    /// The outermost engine is the one that the replay was given: the capsule's, or the machine's.
    static let outermostEngine: [AllowedDifference] = [
        AllowedDifference(
            ["ServerVersion", "DefaultRuntime", "Driver", "FirewallBackend", "CgroupDriver", "CgroupVersion"],
            "the environment is replayed on another engine than it was captured from", in: .replays)
    ]

    /// A nested engine comes out of its host's image, and sees the machine's control groups.
    static let nestedEngine: [AllowedDifference] = [
        AllowedDifference(
            ["CgroupDriver", "CgroupVersion"], "the control groups of the machine that replays",
            in: .replays)
    ]
}
