// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Foundation
import LiveEnvironment

/// Decides which folders and files of the outermost machine are read: the project's own and all bind sources.
struct TreePlanner {
    let request: CaptureRequest
    let environment: ObservedEngine
    let access: any DataAccess
    /// Where the data-roots of nested engines lie.
    let dataRoots: [String]

    func add(to plan: inout CapturePlan) async throws {
        var kinds: [String: FileKind] = [:]
        var sources: [String: String] = [:]
        for path in try await projectPaths() where !isExcluded(path, remarks: &plan.remarks) {
            guard let source = try await source(of: path) else { continue }
            sources[path] = source
            if let kind = try await access.kind(of: source) { kinds[path] = kind }
        }
        for path in bindSources where !isExcluded(path, remarks: &plan.remarks) {
            if let reason = Self.machineFolder(path) {
                plan.remarks.append(Remark(object: path, text: reason, weight: .note))
                continue
            }
            guard let source = try await source(of: path) else {
                plan.remarks.append(Remark(object: path, text: "its files are out of reach", weight: .loss))
                continue
            }
            sources[path] = source
            guard let kind = try await access.kind(of: source) else { throw gone(path) }
            switch kind {
            case .file, .directory: kinds[path] = kind
            case .socket, .special:
                plan.remarks.append(
                    Remark(object: path, text: "a \(kind.rawValue) file: made anew by what serves it", weight: .note))
            }
        }
        let folders = kinds.filter { $0.value == .directory }.keys
        let topmost = kinds.keys.sorted().filter { path in
            !dataRoots.contains(sources[path] ?? path) && !folders.contains { $0 != path && path.below($0) != nil }
        }
        for path in topmost {
            if let store = request.store.below(path), !store.isEmpty {
                plan.remarks.append(Remark(object: request.store, text: "envsnap's own store", weight: .note))
            }
            plan.items.append(
                .init(
                    role: .tree(path: path), title: path, path: sources[path] ?? path, isFile: kinds[path] == .file,
                    exclusions: exclusions(below: path, lyingAt: sources[path] ?? path)))
        }
    }

    private var bindSources: [String] {
        Set(environment.record.bindSources.map(\.resolvingDots)).sorted()
    }

    /// The project's folder, where it is one, and every file its compose files name outside of it.
    private func projectPaths() async throws -> [String] {
        let project = request.project
        var paths: [String] = []
        if project.workingDirectory.split(separator: "/").count > 1,
            Self.machineFolder(project.workingDirectory) == nil,
            project.workingDirectory != NSHomeDirectory()
        {
            paths.append(project.workingDirectory.resolvingDots)
        }
        let files = ComposeFiles(project: project, access: access, paths: environment.paths)
        return paths + (try await files.paths())
    }

    private func isExcluded(_ path: String, remarks: inout [Remark]) -> Bool {
        if !request.store.isEmpty, path.below(request.store) != nil {
            remarks.append(Remark(object: path, text: "envsnap's own store", weight: .note))
            return true
        }
        guard request.exclusions.contains(where: { path.below($0) != nil }) else { return false }
        remarks.append(Remark(object: path, text: "left out as asked", weight: .loss))
        return true
    }

    /// Where the bytes of a path lie; nil where they are out of reach.
    ///
    /// In a host its own programs may have made a link of it, which would lead anywhere on the machine.
    private func source(of path: String) async throws -> String? {
        guard let place = environment.paths.place(of: path) else { return nil }
        let source = place.root.appendingPath(place.rest)
        if source == path || place.rest.isEmpty { return source }
        return try await access.hasLink(in: place.rest, below: place.root) ? nil : source
    }

    private func exclusions(below path: String, lyingAt source: String) -> [Exclusion] {
        let roots = dataRoots.compactMap { $0.below(source) }.map { Exclusion(path: $0, keepsFolder: true) }
        let asked = (request.exclusions + [request.store]).compactMap { $0.below(path) }
            .map { Exclusion(path: $0, keepsFolder: false) }
        return (roots + asked).filter { !$0.path.isEmpty }
    }

    private func gone(_ path: String) -> CaptureError {
        let users = environment.record.containers.filter { $0.mounts.contains { $0.source.resolvingDots == path } }
            .map(\.name)
        return CaptureError(
            .bindSourceGone, "\(path), which is bound into \(users.joined(separator: ", ")), is no longer there",
            hint: "put it back, recreate the container without it, or leave it out: --exclude \(path)")
    }

    /// Why a path belongs to the machine and not to the environment; nil where it does not.
    private static func machineFolder(_ path: String) -> String? {
        if path == "/" { return "the machine's whole root is not captured" }
        let folders = [
            "/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/lib/modules", "/usr/lib/modules", "/usr/src",
            "/var/lib/docker", "/var/lib/containerd",
        ]
        guard let folder = folders.first(where: { path.below($0) != nil }) else { return nil }
        return "belongs to the machine (\(folder)); a replay uses its own machine's"
    }
}
