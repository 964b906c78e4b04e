// SPDX-License-Identifier: Apache-2.0
import Archive

/// What envsnap asks its helper for: the functions of `DataAccess`.
enum HelperRequest: Codable {
    case kind(path: String)
    case pack(path: String, exclusions: [Exclusion])
    case moment
    case synchronize(paths: [String])
    case survey(path: String, exclusions: [Exclusion])
    case unpack(UnpackTarget, limits: TreeExtractor.Options.Limits, isConfined: Bool)
    case revert(path: String, exclusions: [Exclusion], limits: TreeExtractor.Options.Limits, isConfined: Bool)
    case realPath(of: String)
    case isSame(path: String, other: String)
    case hasLink(path: String, folder: String)
    case readFiles(paths: [String], process: String)
    case read(ImageBlobs.Place)
    case unpackLayer(folder: String, recipe: String, isConfined: Bool)
    case makeFolder(path: String, permissions: UInt32)
    case writeFile(path: String)
    case makeLink(path: String, target: String)
    case remove(path: String)
    case readFile(path: String)
    case names(folder: String)
}

/// How a request ended.
enum HelperAnswer<Value: Codable>: Codable {
    case value(Value)
    case failure(HelperFailure)

    /// The value, or the failure as the error that it was.
    func get() throws -> Value {
        switch self {
        case .value(let value): return value
        case .failure(let failure): throw failure.error
        }
    }
}

/// The value of a request that gives none.
struct Done: Codable, Sendable {}

/// A value that may be missing.
struct Found<Value: Codable & Sendable>: Codable, Sendable {
    let value: Value?
}
