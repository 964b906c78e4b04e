// SPDX-License-Identifier: Apache-2.0

/// Which part of a container's log to read.
public struct LogOptions: Sendable {
    /// Whether standard output is wanted.
    public var stdout = true
    /// Whether standard error is wanted.
    public var stderr = true
    /// Whether to go on with what is written from now on.
    public var follow = false
    /// Whether each line begins with its time.
    public var timestamps = false
    /// The number of lines from the end; all unless given.
    public var tail: Int?
    /// Only lines after this time, in Unix seconds with or without a fraction.
    public var since: String?
    /// Only lines before this time, in Unix seconds with or without a fraction.
    public var until: String?

    /// The whole log.
    public init() {}

    var query: [(String, String)] {
        flag("stdout", stdout) + flag("stderr", stderr) + flag("follow", follow) + flag("timestamps", timestamps)
            + item("tail", tail.map(String.init)) + item("since", since) + item("until", until)
    }
}
