// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The program that is under test.
public enum TestedProgram {
    /// Its path: that of ENVSNAP_BINARY, else the one that was built beside the tests.
    public static var path: String {
        if let named = ProcessInfo.processInfo.environment["ENVSNAP_BINARY"] { return named }
        let runner = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: runner).deletingLastPathComponent().appendingPathComponent("envsnap").path
    }
}
