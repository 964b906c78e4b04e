// SPDX-License-Identifier: Apache-2.0
import OCI

/// An image that the projects of hosts name.
struct ImageNeed: Sendable, Equatable {
    /// A service that names it.
    struct User: Sendable, Equatable {
        let host: String
        /// The compose file, with the line where that is known.
        let place: String
        let service: String
        /// Whether the service can be built in the host as well.
        let isBuilt: Bool
    }

    /// The image's name as Docker shows it.
    let name: String
    let users: [User]

    /// The images that the projects of these hosts name, each once, in the order of their names.
    ///
    /// One that is named by its digest is left out: no archive carries the digest of a registry's manifest, so that the
    /// host's engine has to pull it itself.
    ///
    /// - Throws: `ProvisioningError` for a name that is none.
    static func all(of hosts: [ProjectHost]) throws -> [ImageNeed] {
        var users: [String: [User]] = [:]
        for host in hosts {
            for service in host.project?.services ?? [] {
                guard let image = service.image else { continue }
                let user = User(
                    host: host.name, place: place(of: service, in: host), service: service.name,
                    isBuilt: service.isBuilt)
                guard let reference = try? Reference(parsing: image) else {
                    throw ProvisioningError(
                        .badComposeFile,
                        "\(user.place): \"\(image)\" of the service \(service.name) is no image's name",
                        hint: "mend the file, or set the variable that stands in the name")
                }
                if reference.digest == nil { users[reference.familiar, default: []].append(user) }
            }
        }
        return users.map { ImageNeed(name: $0.key, users: $0.value) }.sorted { $0.name < $1.name }
    }

    private static func place(of service: ComposeService, in host: ProjectHost) -> String {
        let files = host.project?.files ?? []
        for file in files.reversed() {
            if let line = file.line(of: ["services", service.name, "image"]) { return "\(file.file), line \(line)" }
        }
        return files.first?.file ?? host.name
    }
}
