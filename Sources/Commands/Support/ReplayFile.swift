// SPDX-License-Identifier: Apache-2.0

/// A path in a container of a replay, as `before:foo-host-corge/foo-app:/var/log`.
struct ReplayFile: Equatable {
    let replay: String
    /// The host or container.
    let container: String
    /// The absolute path in it.
    let path: String

    /// Reads `REPLAY:PATH:/FILE`; nil for anything else, which then is a path of this machine.
    ///
    /// No name of a replay or a container has a colon in it.
    init?(parsing text: String) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0].isReplayName, !parts[1].isEmpty, parts[2].hasPrefix("/") else { return nil }
        (replay, container, path) = (parts[0], parts[1], parts[2])
    }
}
