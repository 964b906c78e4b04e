// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import EnvironmentModel
import Foundation
public import LiveEnvironment
import OCI
public import Snapshots
public import Steps
import SystemPackage

/// Turns a running environment into a snapshot and leaves it as it was.
///
/// The order is that of `docs/architecture.md`: look, read the images, pause the leaves, read the data, unpause, look
/// again, run the probes, commit. A host is never paused: its engine would freeze with it.
public struct Capturer: Sendable {
    private let engine: Engine
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let place: Place
    private let toolVersion: String
    private let report: StepReport
    private let detail: @Sendable (String) -> Void

    /// A capturer on the outermost engine, or on one in a host of it.
    public init(
        engine: Engine, library: SnapshotLibrary, access: any DataAccess, place: Place = .outermost,
        toolVersion: String, report: StepReport, detail: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.library = library
        self.access = access
        self.place = place
        self.toolVersion = toolVersion
        self.report = report
        self.detail = detail
    }

    /// Where the engine of a capture stands.
    public struct Place: Sendable {
        /// Where its files lie.
        let paths: PathMap
        /// The container ids of the hosts to pass through, the outermost first.
        let hosts: [String]

        /// An engine in a host.
        public init(paths: PathMap, hosts: [String]) {
            self.paths = paths
            self.hosts = hosts
        }

        /// The outermost engine.
        public static let outermost = Place(paths: .outermost, hosts: [])
    }

    /// Looks at what would be captured, and reads nothing.
    public func plan(_ request: CaptureRequest) async throws -> (environment: ObservedEngine, plan: CapturePlan) {
        let observed = try await look(request)
        try checkNamedHosts(of: request, in: observed)
        _ = try probing(request, in: observed)
        var request = request
        if access.isOnThisMachine, place.hosts.isEmpty { request.store = library.folder.string }
        return (observed, try await CapturePlanner(request: request, environment: observed, access: access).plan())
    }

    /// Captures and commits.
    ///
    /// - Throws: what went wrong; then the environment is as it was, nothing is paused and the store shows no snapshot.
    public func capture(_ request: CaptureRequest) async throws -> CaptureResult {
        let capturedAt = Date.now.formatted(.iso8601)
        let (first, plan) = try await plan(request)
        let probing = try probing(request, in: first)
        try await probing.check()
        let transaction = try library.begin()
        defer { transaction.end() }
        for observed in first.all {
            try await ImageReader(
                observed: observed, access: access, transaction: transaction, report: report, detail: detail
            ).read()
        }
        let reader = DataReader(access: access, transaction: transaction, report: report, detail: detail)
        let journal = PauseJournal(folder: transaction.folder, engine: engine.address.description)
        let window = PauseWindow(journal: journal, above: place.hosts, report: report)
        let leaves = request.pause == .leaves ? first.all.map { ($0, $0.leaves) } : []
        let ahead = try await reader.readAhead(plan, isPausing: !leaves.isEmpty)
        let data: CapturedData
        let pause: Duration
        do {
            (data, pause) = try await window.hold(leaves) { try await reader.read(plan, ahead: ahead) }
        } catch let error as CaptureError where error.code == .unpauseFailed {
            // With the journal in it, so that doctor can do what could not be done here.
            transaction.leave()
            throw error
        }
        async let second = look(request, after: first)
        let assembly = DocumentAssembly(plan: plan, data: data, first: first)
        var document = EnvironmentDocument(
            project: request.project, engine: try await assembly.engine(storingAnswersIn: transaction),
            capturedAt: capturedAt, toolVersion: toolVersion)
        document.name = request.name
        document.message = request.message
        document.tags = request.tags
        document.trees = assembly.trees
        document.notCaptured = plan.remarks + data.remarks
        document.changedMeanwhile = assembly.changes(until: try await second)
        document.probes = try await probing.run()
        document.pauseMilliseconds = pause.milliseconds
        report("committing")
        let result = document
        let id = try await BlockingWork.run { try transaction.commit(result, origin: request.origin) }
        return CaptureResult(id: id, document: document, account: transaction.account)
    }

    /// A host that was misspelt would be captured as an ordinary container.
    private func checkNamedHosts(of request: CaptureRequest, in environment: ObservedEngine) throws {
        let names = environment.all.flatMap { observed in
            observed.record.containers.flatMap { [observed.record.callName(of: $0), $0.name] }
        }
        guard let unknown = request.hosts.subtracting(names).sorted().first else { return }
        throw CaptureError(
            .noSuchHost, "no container \"\(unknown)\" in \(request.project.name)",
            hint: "--host takes the service or the name of one of: \(Set(names).sorted().joined(separator: ", "))")
    }

    private func probing(_ request: CaptureRequest, in environment: ObservedEngine) throws -> Probing {
        try Probing(request.probes, in: environment, within: request.probeTimeLimit, report: report)
    }

    private func look(_ request: CaptureRequest, after earlier: ObservedEngine? = nil) async throws -> ObservedEngine {
        try await Observer(namedHosts: request.hosts, access: access, report: report, detail: detail)
            .observe(engine, scope: .project(request.project.name), paths: place.paths, after: earlier)
    }
}

extension Duration {
    /// The duration in whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
