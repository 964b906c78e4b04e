// SPDX-License-Identifier: Apache-2.0
import Archive
import SystemPackage

/// An error of the helper on its way to envsnap, of which callers tell the kinds apart.
enum HelperFailure: Codable {
    case environment(LiveEnvironmentError.Code, message: String, hint: String?)
    case archive(ArchiveError)
    case system(CInt)
    case other(String)

    /// What an error becomes on its way.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as LiveEnvironmentError:
                .environment(error.code, message: error.description, hint: error.hint)
            case let error as ArchiveError: .archive(error)
            case let error as Errno: .system(error.rawValue)
            default: .other(String(describing: error))
            }
    }

    /// The error that it was.
    var error: any Error {
        switch self {
        case .environment(let code, let message, let hint): LiveEnvironmentError(code, message, hint: hint)
        case .archive(let error): error
        case .system(let number): Errno(rawValue: number)
        case .other(let message): LiveEnvironmentError(.helperFailed, "the helper could not: \(message)")
        }
    }
}
