// SPDX-License-Identifier: Apache-2.0

import Glibc

extension ArchiveError {
    /// An error from `errno`, to be made at once after the failed call.
    static func system(_ action: String, _ path: [UInt8]? = nil, number: CInt = errno) -> ArchiveError {
        let reason = String(cString: strerror(number))
        let subject = path.map { " \(Name.text($0))" } ?? ""
        return ArchiveError(
            .system, "cannot \(action)\(subject): \(reason)\(advice(number))", path: path, errorNumber: number)
    }

    private static func advice(_ number: CInt) -> String {
        switch number {
        case EPERM, EACCES: "; run with the rights of the files' owners (root)"
        case ENOSPC, EDQUOT: "; free some space and try again"
        case EMFILE, ENFILE: "; raise the limit of open files"
        default: ""
        }
    }
}
