// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// What `--mount LOCAL:PATH` says: a file or folder here, and where it is to be in a container.
struct LocalMount: ExpressibleByArgument, Equatable {
    let local: String
    let path: String

    /// The last colon before an absolute path divides the two, since a path here may have colons of its own.
    init?(argument: String) {
        guard let mark = argument.lastRange(of: ":/") else { return nil }
        local = String(argument[..<mark.lowerBound])
        path = String(argument[argument.index(after: mark.lowerBound)...])
        guard !local.isEmpty, !path.split(separator: "/").contains("..") else { return nil }
    }

    /// Before anything is made: a replay that is removed again for a path that was misspelt takes too long.
    ///
    /// - Throws: wrong usage where there is no such file or folder here.
    func check() throws {
        guard !FileManager.default.fileExists(atPath: local) else { return }
        throw Failure(
            "noSuchFile", "there is no file or folder \(local) here",
            hint: "--mount takes LOCAL:PATH, LOCAL on this machine and PATH, an absolute one, in the replay",
            status: .usage)
    }
}

extension String {
    /// Where a text last stands in this one.
    fileprivate func lastRange(of text: String) -> Range<Index>? { ranges(of: text).last }
}
