// SPDX-License-Identifier: Apache-2.0
import Archive
import Capture
import Catalogue
import ContentStore
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Provisioning
import Replay
import Sharing
import Snapshots

/// A failure as it is shown: a code for programs, a message and a hint for people, and the exit status.
struct Failure: Error, Equatable {
    let code: String
    let message: String
    var hint: String?
    let status: ExitStatus
    /// What belongs to the message and is a line of its own.
    var lines: [String] = []
    /// The same for programs.
    var details: JSONValue = .null

    init(_ code: String, _ message: String, hint: String? = nil, status: ExitStatus) {
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
    }

    /// The failure that an error of any module is shown as.
    init(_ error: any Error) {
        self =
            switch error {
            case let failure as Failure: failure
            case is CancellationError:
                Failure("interrupted", "interrupted; nothing was kept", status: .interrupted)
            case let error as EngineError: Failure(engine: error)
            case let error as ContentStoreError: Failure(store: error)
            case let error as CatalogueError: Failure(catalogue: error)
            case let error as SnapshotError: Failure(snapshot: error)
            case let error as SharingError: Failure(sharing: error)
            case let error as ModelError: Failure("unreadableSnapshot", error.message, status: .failed)
            case let error as LiveEnvironmentError:
                Failure("environment", error.description, hint: error.hint, status: Self.status(of: error.cause))
            case let error as CaptureError: Failure("capture", error.message, hint: error.hint, status: .failed)
            case let error as ProvisioningError where error.code == .interrupted:
                Failure("interrupted", error.message, hint: error.hint, status: .interrupted)
            case let error as ProvisioningError:
                Failure("provisioning", error.description, hint: error.hint, status: Self.status(of: error.cause))
            case let error as ReplayError where error.code == .interrupted:
                Failure("interrupted", error.message, hint: error.hint, status: .interrupted)
            case let error as ReplayError where error.code == .noSuchReplay:
                Failure("notFound", error.message, hint: error.hint, status: .notFound)
            case let error as ReplayError where error.code == .refused:
                Failure("refused", error.message, hint: error.hint, status: .refused)
            case let error as ReplayError:
                Failure("replay", error.description, hint: error.hint, status: Self.status(of: error.cause))
            case let error as ArchiveError: Failure("archive", error.description, status: .failed)
            default: Failure("failed", String(describing: error), status: .failed)
            }
    }

    private init(engine error: EngineError) {
        let unreachable: [EngineError.Code] = [
            .unreachable, .permissionDenied, .untrusted, .timedOut, .notAnEngine,
        ]
        self.init(
            error.code.description, error.message, hint: error.hint,
            status: unreachable.contains(error.code) ? .unreachable : .failed)
    }

    private init(store error: ContentStoreError) {
        switch error.code {
        case .locked:
            self.init(
                "locked", error.message, hint: "--lock-wait SECONDS waits for it", status: .locked)
        case .interrupted: self.init("interrupted", "interrupted; nothing was kept", status: .interrupted)
        case .damaged, .missing, .mismatch:
            self.init(
                "damaged", error.message, hint: "envsnap check --read-data lists everything that is damaged",
                status: .damaged)
        default: self.init("store", error.message, status: .failed)
        }
    }

    private init(catalogue error: CatalogueError) {
        switch error.code {
        case .locked: self.init("locked", error.message, status: .locked)
        case .damaged, .missingBlob: self.init("damaged", error.message, status: .damaged)
        case .noSuchSnapshot, .noSuchReplay: self.init("notFound", error.message, status: .notFound)
        default: self.init("catalogue", error.message, status: .failed)
        }
    }

    private init(snapshot error: SnapshotError) {
        switch error.code {
        case .noSuchSnapshot, .ambiguous:
            self.init("notFound", error.message, hint: error.hint, status: .notFound)
        case .damaged, .missingBlob: self.init("damaged", error.message, hint: error.hint, status: .damaged)
        default: self.init("snapshot", error.message, hint: error.hint, status: .failed)
        }
    }

    private init(sharing error: SharingError) {
        let statuses: [SharingError.Code: ExitStatus] = [
            .needsBase: .notFound, .notFound: .notFound, .badReference: .usage,
            .secretsFound: .refused,
        ]
        let status = statuses[error.code] ?? .failed
        self.init(error.code.description, error.message, hint: error.hint, status: status)
    }

    private static func status(of cause: (any Error)?) -> ExitStatus {
        cause.map { Failure($0).status } ?? .failed
    }
}

extension Failure {
    /// The failure as it is shown where somebody has asked for an end: whatever broke then, the command was interrupted.
    var afterInterruption: Failure {
        guard Task.isCancelled, [.failed, .unreachable].contains(status) else { return self }
        var failure = Failure(code, message, hint: hint, status: .interrupted)
        (failure.lines, failure.details) = (lines, details)
        return failure
    }
}
