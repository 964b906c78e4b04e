// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The number of the system call that has just failed.
struct CallFailure: Error {
    let number: CInt

    init(number: CInt = errno) {
        self.number = number
    }

    /// The error to throw out of the module.
    func failure(_ action: String, _ path: [UInt8]?) -> ArchiveError {
        .system(action, path, number: number)
    }
}
