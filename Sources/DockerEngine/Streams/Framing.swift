// SPDX-License-Identifier: Apache-2.0

/// How the output of a container or process travels.
public enum Framing: Sendable {
    /// In frames that tell standard output from standard error: without a terminal (`Config.Tty` false).
    case multiplexed
    /// As it is: with a terminal, where both are one.
    case raw
}
