// SPDX-License-Identifier: Apache-2.0

/// What became of a snapshot that was to be put into the catalogue.
public enum InsertOutcome: Hashable, Sendable {
    /// It was put in.
    case inserted
    /// It was there already, and its name, message and tags stay as they were.
    case alreadyPresent
}
