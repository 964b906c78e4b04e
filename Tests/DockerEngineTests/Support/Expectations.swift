// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Testing

/// Runs a body that must fail with an `EngineError` of a code, and returns the error for a closer look.
@discardableResult
func expectError<Value>(
    _ code: EngineError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async -> EngineError? {
    do {
        _ = try await body()
        Issue.record("no error, where \(code) was expected", sourceLocation: sourceLocation)
    } catch let error as EngineError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) where \(code) was expected", sourceLocation: sourceLocation)
    }
    return nil
}

extension AsyncSequence where Element == [UInt8] {
    /// All bytes of a stream.
    func collected() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in self { bytes += chunk }
        return bytes
    }
}

/// Short limits, so that what must fail fails soon.
func shortLimits(_ change: (inout EngineLimits) -> Void = { _ in }) -> EngineLimits {
    var limits = EngineLimits()
    limits.connect = .seconds(2)
    limits.request = .seconds(2)
    limits.stall = .seconds(2)
    change(&limits)
    return limits
}
