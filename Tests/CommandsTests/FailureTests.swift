// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import LiveEnvironment
import OCI
import Provisioning
import Testing

@testable import Archive
@testable import Capture
@testable import Catalogue
@testable import Commands
@testable import ContentStore
@testable import EnvironmentModel
@testable import Replay
@testable import Sharing
@testable import Snapshots

@Suite struct FailureTests {
    private typealias Case = (error: any Error, code: String, status: Commands.ExitStatus)

    private static func check(_ cases: [Case], hint: String? = "h", _ location: SourceLocation = #_sourceLocation) {
        for (error, code, status) in cases {
            let expected = Failure(code, "m", hint: hint, status: status)
            #expect(Failure(error) == expected, sourceLocation: location)
        }
    }

    @Test func `an engine that does not answer has a status of its own`() {
        func error(_ code: EngineError.Code) -> EngineError { EngineError(code, "m", hint: "h", status: 500) }
        Self.check([
            (error(.unreachable), "unreachable", .unreachable),
            (error(.permissionDenied), "permission-denied", .unreachable),
            (error(.timedOut), "timed-out", .unreachable), (error(.notAnEngine), "not-an-engine", .unreachable),
        ])
    }

    @Test func `what an engine refuses is a failure`() {
        func error(_ code: EngineError.Code) -> EngineError { EngineError(code, "m", hint: "h", status: 500) }
        Self.check([
            (error(.notFound), "not-found", .failed), (error(.conflict), "conflict", .failed),
            (error(.badRequest), "bad-request", .failed), (error(.engineFailure), "engine-failure", .failed),
            (error(.hostNotRunning), "host-not-running", .failed), (error(.cutStream), "cut-stream", .failed),
            (error(.invalidAddress), "invalid-address", .failed), (error(.unsupported), "unsupported", .failed),
        ])
    }

    @Test func `the store is locked, damaged, or fails`() {
        func error(_ code: ContentStoreError.Code) -> ContentStoreError { ContentStoreError(code, "m") }
        let hint = "envsnap check --read-data lists everything that is damaged"
        Self.check(
            [
                (error(.damaged), "damaged", .damaged), (error(.missing), "damaged", .damaged),
                (error(.mismatch), "damaged", .damaged),
            ], hint: hint)
        Self.check(
            [
                (error(.diskFull), "store", .failed),
                (error(.notAStore), "store", .failed), (error(.unsafe), "store", .failed),
                (error(.failed), "store", .failed),
            ], hint: nil)
    }

    @Test func `who meets a lock is told how to wait for it`() {
        let failure = Failure(ContentStoreError(.locked, "m"))
        #expect(failure.code == "locked" && failure.status == .locked)
        #expect(failure.hint == "--lock-wait SECONDS waits for it")
        #expect(Failure(ContentStoreError(.interrupted, "m")).status == .interrupted)
    }

    @Test func `the catalogue is locked, damaged, lacks something, or fails`() {
        func error(_ code: CatalogueError.Code) -> CatalogueError { CatalogueError(code, "m") }
        Self.check(
            [
                (error(.locked), "locked", .locked), (error(.damaged), "damaged", .damaged),
                (error(.missingBlob), "damaged", .damaged), (error(.noSuchSnapshot), "notFound", .notFound),
                (error(.noSuchReplay), "notFound", .notFound), (error(.nameTaken), "catalogue", .failed),
                (error(.newerVersion), "catalogue", .failed), (error(.foreign), "catalogue", .failed),
                (error(.inUse), "catalogue", .failed), (error(.diskFull), "catalogue", .failed),
            ], hint: nil)
    }

    @Test func `a snapshot is not found, damaged, or in use`() {
        func error(_ code: SnapshotError.Code) -> SnapshotError { SnapshotError(code, "m", hint: "h") }
        Self.check([
            (error(.noSuchSnapshot), "notFound", .notFound), (error(.ambiguous), "notFound", .notFound),
            (error(.damaged), "damaged", .damaged), (error(.missingBlob), "damaged", .damaged),
            (error(.inUse), "snapshot", .failed),
        ])
    }

    @Test func `what went wrong in sharing has a code of its own`() {
        func error(_ code: SharingError.Code) -> SharingError { SharingError(code, "m", hint: "h") }
        Self.check([
            (error(.badBundle), "badBundle", .failed), (error(.incomplete), "incomplete", .failed),
            (error(.notASnapshot), "notASnapshot", .failed), (error(.needsBase), "needsBase", .notFound),
            (error(.exists), "exists", .failed), (error(.noSpace), "noSpace", .failed),
            (error(.system), "sharing", .failed), (error(.badReference), "badReference", .usage),
            (error(.unauthorized), "unauthorized", .failed), (error(.notFound), "notFound", .notFound),
            (error(.unreachable), "unreachableRegistry", .failed), (error(.untrusted), "untrusted", .failed),
            (error(.credentials), "credentials", .failed), (error(.registry), "registry", .failed),
            (error(.secretsFound), "secretsFound", .refused), (error(.secretLeft), "secretLeft", .failed),
            (error(.encryption), "encryption", .failed),
        ])
    }

    @Test func `sizes are those of split`() {
        for (text, bytes) in [
            ("100M", 104_857_600), ("100MB", 100_000_000), ("1", 1), ("2G", 2_147_483_648), ("3kB", 3000),
        ] as [(String, Int64)] { #expect(ByteSize(argument: text)?.bytes == bytes, "\(text)") }
        for text in ["", "M", "0", "-1M", "1X", "1 M", "9999999999999T", "1.5G"] {
            #expect(ByteSize(argument: text) == nil, "\(text)")
        }
    }

    @Test func `what went wrong in a capture or a replay is a failure`() {
        Self.check([
            (CaptureError(.noSuchHost, "m", hint: "h"), "capture", .failed),
            (CaptureError(.unpauseFailed, "m", hint: "h"), "capture", .failed),
            (ReplayError(.conflict, "m", hint: "h"), "replay", .failed),
            (LiveEnvironmentError(.hostDoesNotAnswer, "m", hint: "h"), "environment", .failed),
            (LiveEnvironmentError(.noSuchProject, "m", hint: "h"), "environment", .failed),
            (ProvisioningError(.portTaken, "m", hint: "h"), "provisioning", .failed),
            (ProvisioningError(.interrupted, "m", hint: "h"), "interrupted", .interrupted),
            (Failure("mine", "m", hint: "h", status: .refused), "mine", .refused),
        ])
    }

    @Test func `what lies below tells the status, and is said`() {
        let engine = EngineError(.unreachable, "no socket", hint: "start it")
        let expected = Failure(
            "environment", "no host: no socket. start it", hint: "look", status: .unreachable)
        #expect(Failure(LiveEnvironmentError(.hostDoesNotAnswer, "no host", hint: "look", cause: engine)) == expected)
        let damaged = SnapshotError(.damaged, "wrong bytes")
        let replay = ReplayError(.failed, "c could not be made", cause: damaged)
        #expect(Failure(replay) == Failure("replay", "c could not be made: wrong bytes", status: .damaged))
        let deeper = ReplayError(.failed, "a", cause: ReplayError(.failed, "b", cause: engine))
        #expect(Failure(deeper).status == .unreachable)
        #expect(Failure(ReplayError(.failed, "a", cause: CancellationError())).status == .interrupted)
        let cut = ReplayError(.interrupted, "half reset", hint: "again", cause: CancellationError())
        #expect(Failure(cut) == Failure("interrupted", "half reset", hint: "again", status: .interrupted))
    }

    @Test func `an interruption, an archive and a document have codes of their own`() {
        #expect(Failure(CancellationError()).code == "interrupted")
        #expect(Failure(CancellationError()).status == .interrupted)
        let archive = ArchiveError(.unsafeEntry, "the path \"..\" is refused")
        #expect(Failure(archive) == Failure("archive", archive.description, status: .failed))
        #expect(
            Failure(ModelError.malformed("m"))
                == Failure("unreadableSnapshot", "the environment document is malformed: m", status: .failed))
    }

    @Test func `any other error is a failure that says what it is`() {
        struct Strange: Error, CustomStringConvertible { let description = "strange" }
        #expect(Failure(Strange()) == Failure("failed", "strange", status: .failed))
    }
}
