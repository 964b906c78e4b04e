// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Decides what a capture reads: every byte once, at the outermost level that owns it.
///
/// A bind source of a nested engine lies in its host: on a mount of the host, or in its writable layer. Both are read
/// there, so that only the outermost engine's bind sources are read as folders of their own.
struct CapturePlanner {
    let request: CaptureRequest
    let environment: ObservedEngine
    let access: any DataAccess

    func plan() async throws -> CapturePlan {
        var plan = CapturePlan()
        let excluded = Set(request.exclusions)
        try await TreePlanner(
            request: request, environment: environment, access: access, dataRoots: dataRoots
        ).add(to: &plan)
        for observed in environment.all {
            for volume in observed.record.volumes {
                if excluded.contains(volume.name) {
                    plan.remarks.append(
                        Remark(
                            object: observed.path.objectName(volume.name), text: "volume left out as asked",
                            weight: .loss))
                } else {
                    try await add(volume, of: observed, to: &plan)
                }
            }
            for container in observed.record.containers { try await add(layerOf: container, of: observed, to: &plan) }
            for container in observed.leaves { try await add(memoryOf: container, of: observed, to: &plan) }
        }
        return plan
    }

    /// Where the data-roots of all nested engines lie: they are rebuilt through their engines, never copied.
    private var dataRoots: [String] {
        environment.all.dropFirst().flatMap { nested in
            [nested.record.dataRoot, "/var/lib/containerd"].compactMap { nested.paths.resolve($0) }
        }
    }

    private func add(_ volume: VolumeRecord, of observed: ObservedEngine, to plan: inout CapturePlan) async throws {
        let title = observed.path.objectName(volume.name)
        switch volume.backing {
        case .folder: break
        // Read where the folder itself is read, and from the containers that use it.
        case .bind, .memory: return
        case .foreign:
            let driver = volume.inspect["Driver"].string ?? ""
            plan.remarks.append(
                Remark(
                    object: title, text: "the content of a volume with driver \(driver) and its options is elsewhere",
                    weight: .loss))
            return
        }
        guard let path = volume.inspect["Mountpoint"].string.flatMap(observed.paths.resolve) else {
            plan.remarks.append(Remark(object: title, text: "the volume's files are out of reach", weight: .loss))
            return
        }
        if dataRoots.contains(path) { return }
        guard try await access.kind(of: path) == .directory else {
            throw CaptureError(
                .unreadable, "the volume \(title) has no files at \(path)",
                hint: "is the engine on this machine? see envsnap doctor; --exclude \(volume.name) leaves it out")
        }
        plan.items.append(
            .init(
                role: .volume(engine: observed.path, name: volume.name), title: "volume \(title)", path: path,
                isFile: false, exclusions: exclusions(below: path)))
    }

    private func add(
        layerOf container: ContainerRecord, of observed: ObservedEngine, to plan: inout CapturePlan
    ) async throws {
        let title = observed.path.objectName(observed.record.callName(of: container))
        let layers = WritableLayers(info: observed.record.info, paths: observed.paths, access: access)
        guard let path = try await layers.path(of: container) else {
            let driver = container.inspect["GraphDriver"]["Name"].string ?? "unknown"
            plan.remarks.append(
                Remark(
                    object: title, text: "its writable layer is not captured (storage driver \(driver))", weight: .loss)
            )
            return
        }
        var exclusions = exclusions(below: path)
        if let host = observed.nested[container.id] {
            exclusions += HostLayer.exclusions(dataRoot: host.record.dataRoot)
        }
        plan.items.append(
            .init(
                role: .layer(engine: observed.path, container: container.id), title: "writable layer of \(title)",
                path: path, isFile: false, exclusions: exclusions))
    }

    /// What a leaf keeps in memory; what a host has there names processes that are gone.
    private func add(
        memoryOf container: ContainerRecord, of observed: ObservedEngine, to plan: inout CapturePlan
    ) async throws {
        let process = try await ContainerProcess(paths: observed.paths, access: access).folder(of: container)
        let volumes = Set(observed.record.volumes.filter { $0.backing == .memory }.map(\.name))
        let mounted = container.mounts.filter { $0.name.map(volumes.contains) ?? false }.map(\.destination)
        for path in container.memoryPaths + mounted {
            let title = "\(observed.path.objectName(observed.record.callName(of: container))): \(path)"
            guard let process, try await access.kind(of: "\(process)/root\(path)") == .directory else {
                let text = "the content of its tmpfs is out of reach: the engine is in another PID namespace"
                plan.remarks.append(Remark(object: title, text: text, weight: .note))
                continue
            }
            plan.items.append(
                .init(
                    role: .memory(engine: observed.path, container: container.id, path: path), title: "tmpfs \(title)",
                    path: "\(process)/root\(path)", isFile: false, exclusions: []))
        }
    }

    private func exclusions(below path: String) -> [Exclusion] {
        let roots = dataRoots.compactMap { $0.below(path) }.map { Exclusion(path: $0, keepsFolder: true) }
        let asked = request.exclusions.compactMap { $0.below(path) }.map { Exclusion(path: $0, keepsFolder: false) }
        return (roots + asked).filter { !$0.path.isEmpty }
    }
}
