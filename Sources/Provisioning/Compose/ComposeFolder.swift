// SPDX-License-Identifier: Apache-2.0
import Foundation
import LiveEnvironment

/// A folder of this machine with a compose project, found as the compose tool finds it: in the folder that was named or
/// the nearest above it, or by `COMPOSE_FILE`
/// (https://docs.docker.com/compose/how-tos/environment-variables/envvars/).
struct ComposeFolder: Sendable {
    /// The project's folder.
    let path: String
    /// Its compose files.
    let files: [ComposeText]
    /// The variables of its `.env` and, over them, those of the environment.
    let variables: [String: String]

    /// Finds the files and reads them.
    ///
    /// - Throws: `ProvisioningError` where there are none.
    init(_ folder: String, environment: [String: String]) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw ProvisioningError(.noComposeFile, "there is no folder \(folder)", hint: "name the project's folder")
        }
        guard isFolder.boolValue else {
            throw ProvisioningError(
                .noComposeFile, "\(folder) is no folder",
                hint: "name the folder that it lies in; COMPOSE_FILE=\(folder) chooses another file than the usual ones"
            )
        }
        let settings = Self.settings(in: folder, environment)
        let named = (settings["COMPOSE_FILE"] ?? "").split(separator: settings["COMPOSE_PATH_SEPARATOR"] ?? ":")
        if named.isEmpty {
            let found = try Self.search(from: folder)
            path = found.folder
            files = try found.names.map { try Self.read(found.folder.appendingPath($0), as: $0) }
        } else {
            path = folder
            files = try named.map { name in
                try Self.read(name.hasPrefix("/") ? String(name) : folder.appendingPath(String(name)), as: String(name))
            }
        }
        variables = Self.settings(in: path, environment)
    }

    /// What the tool calls a project that is given no name: the folder's, in small letters, without what a name may not
    /// have.
    var defaultName: String {
        if let name = variables["COMPOSE_PROJECT_NAME"], !name.isEmpty { return name }
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        return last.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }

    private static func settings(in folder: String, _ environment: [String: String]) -> [String: String] {
        let bytes = FileManager.default.contents(atPath: folder.appendingPath(".env")) ?? Data()
        return ComposeVariables.parse(String(decoding: bytes, as: UTF8.self)).merging(environment) { $1 }
    }

    private static func search(from folder: String) throws -> (folder: String, names: [String]) {
        var path = folder.withoutTrailingSlash
        while true {
            let found = NestedProjectFinder.fileNames.first { exists(path.appendingPath($0)) }
            if let name = found {
                let dot = name.lastIndex(of: ".") ?? name.endIndex
                let override = "\(name[..<dot]).override\(name[dot...])"
                return (path, exists(path.appendingPath(override)) ? [name, override] : [name])
            }
            guard path != "/", !path.isEmpty else { break }
            path = path.parentFolder
        }
        throw ProvisioningError(
            .noComposeFile,
            "there is no compose file in \(folder) or above it: no \(NestedProjectFinder.fileNames.joined(separator: ", "))",
            hint: "name the project's folder: envsnap up FOLDER")
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func read(_ path: String, as name: String) throws -> ComposeText {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ProvisioningError(
                .noComposeFile, "the compose file \(path) cannot be read",
                hint: "see COMPOSE_FILE, and the file's rights")
        }
        return ComposeText(file: name, text: String(decoding: bytes, as: UTF8.self))
    }
}
