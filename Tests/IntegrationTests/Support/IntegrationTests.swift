// SPDX-License-Identifier: Apache-2.0

import Testing

/// Runs the built program against a real engine; one after the other, since all share that engine.
@Suite(
    "Integration", .serialized, .enabled(if: Settings.isWanted, Comment(rawValue: Settings.skipped)),
    .timeLimit(.minutes(15)))
enum IntegrationTests {}
