// SPDX-License-Identifier: Apache-2.0
import Foundation
import LiveEnvironment

extension FileHandle {
    /// What can be read from the handle, as it comes, without blocking the threads of Swift's concurrency.
    var chunks: AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream {
            let data = try await BlockingWork.run { self.availableData }
            return data.isEmpty ? nil : Array(data)
        }
    }
}
