// SPDX-License-Identifier: Apache-2.0
public import Catalogue

extension ReplayRecord {
    /// The name by which what it has made is labelled; nil in a capsule, where all is its own.
    public var directName: String? { mode == .direct ? name : nil }
}
