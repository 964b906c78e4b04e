// SPDX-License-Identifier: Apache-2.0
import DockerEngine
public import EnvironmentModel
public import JSONTree
import LiveEnvironment
import OCI
import Steps

/// A host whose engine was given images.
public struct LoadedHost: Sendable {
    /// How it is called.
    public let name: String
    /// The images that were sent.
    public let sent: [String]
    /// Those that its engine had already.
    public let present: [String]

    /// The host as `--json` shows it.
    public var json: JSONValue {
        [
            "name": .string(name), "sent": .array(sent.map(JSONValue.string)),
            "present": .array(present.map(JSONValue.string)),
        ]
    }
}

extension Provisioner {
    /// Sends images of the engine to the engines in hosts of a project that runs; only those layers that are missing there.
    ///
    /// - Parameters:
    ///   - words: Images, and behind them hosts; all hosts of the project where none is named.
    ///   - named: Hosts that are named apart; then all words are images.
    ///   - project: The project.
    /// - Throws: `ProvisioningError` for an image that is not there, or a host that is not.
    public func load(_ words: [String], hosts named: [String], of project: ProjectRecord) async throws -> [LoadedHost] {
        report("looking for hosts of \(project.name)")
        let running = try await RunningHost.all(
            of: project.name, on: engine, access, named: Set(named), detail: detail)
        let images = EngineImages(engine: engine, access: access)
        let parts = try await LoadWords(words, named: named, hosts: Set(running.flatMap { [$0.name, $0.container] })) {
            try await images.inspect($0) != nil
        }
        guard !running.isEmpty else {
            throw ProvisioningError(
                .noSuchHost, "no host of \(project.name) runs", hint: "bring the project up first: envsnap up")
        }
        let records = try await self.records(parts.images, images)
        let targets = running.filter { host in
            parts.hosts.isEmpty || parts.hosts.contains(host.name) || parts.hosts.contains(host.container)
        }
        return try await SideBySide.map(targets, atMost: 4) { host in
            let sender = ImageSender(
                source: engine, images: images, target: host.engine, targetName: host.name, report: report,
                detail: detail)
            let sent = try await sender.send(records)
            return LoadedHost(
                name: host.name, sent: sent, present: records.keys.filter { !sent.contains($0) }.sorted())
        }
    }

    private func records(_ names: [String], _ images: EngineImages) async throws -> [String: ImageRecord] {
        let stock = ImageStock(
            engine: engine, images: images, model: .empty, build: { _ in }, report: report)
        var records: [String: ImageRecord] = [:]
        for name in names {
            guard let reference = try? Reference(parsing: name), reference.digest == nil else {
                throw ProvisioningError(
                    .imageMissing, "\"\(name)\" is no name of an image with a tag",
                    hint: "docker image ls shows the names; docker tag gives an image one")
            }
            guard let image = try await stock.image(named: reference.familiar) else {
                throw ProvisioningError(
                    .imageMissing, "there is no image \(reference.familiar) on \(engine.location)",
                    hint: "build it or pull it first; docker image ls shows what is there")
            }
            records[reference.familiar] = image
        }
        return records
    }
}
