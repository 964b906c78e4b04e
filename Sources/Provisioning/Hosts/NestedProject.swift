// SPDX-License-Identifier: Apache-2.0

/// The compose project of a host, as its files are seen inside it.
struct NestedProject: Sendable {
    /// Its folder in the host.
    let folder: String
    /// Its compose files.
    let files: [ComposeText]
    let model: ComposeModel

    /// The services that `up` starts.
    var services: [ComposeService] { model.started }

    /// The project with another reading of its files.
    func with(_ model: ComposeModel) -> NestedProject { NestedProject(folder: folder, files: files, model: model) }
}
