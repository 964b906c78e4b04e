// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import DockerEngine
import EnvironmentModel
import Glibc
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import Terminal

/// Looks at everything that capture and replay need of a machine.
struct Examination {
    /// One thing that was looked at.
    struct Finding {
        enum Grade: String { case good, warning, bad }
        let grade: Grade
        let text: String
        var remedy: String?
        var status = ExitStatus.failed

        var json: JSONValue {
            ["grade": .string(grade.rawValue), "text": .string(text), "remedy": .optional(remedy)]
        }
    }

    let context: CommandContext

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        let library = store(&findings)
        let engine = await engine(&findings)
        if let engine {
            await access(to: engine, &findings)
            await capsules(on: engine, &findings)
        }
        if let library { findings += await leftovers(of: library, on: engine) }
        return findings
    }

    private func store(_ findings: inout [Finding]) -> SnapshotLibrary? {
        do {
            let library = try context.openLibrary()
            let free = try library.store.availableBytes()
            findings.append(
                Finding(
                    grade: free < 5_000_000_000 ? .warning : .good,
                    text: "store \(context.storeFolder), \(Units.count(try library.snapshots().count, "snapshot")), "
                        + "\(Units.bytes(free)) free",
                    remedy: free < 5_000_000_000 ? "envsnap gc frees what no snapshot needs" : nil))
            return library
        } catch {
            let failure = Failure(error)
            findings.append(
                Finding(grade: .bad, text: failure.message, remedy: failure.hint, status: failure.status))
            return nil
        }
    }

    private func engine(_ findings: inout [Finding]) async -> Engine? {
        do {
            let engine = try await context.connect()
            let version = engine.version["Version"].string ?? "unknown"
            findings.append(
                Finding(grade: .good, text: "engine \(version) at \(engine.location), API \(engine.apiVersion)"))
            return engine
        } catch {
            let failure = Failure(error)
            findings.append(
                Finding(grade: .bad, text: failure.message, remedy: failure.hint, status: failure.status))
            return nil
        }
    }

    private func access(to engine: Engine, _ findings: inout [Finding]) async {
        do {
            let description = try await AccessChooser(context: context, engine: engine).with { $0.description }
            findings.append(Finding(grade: .good, text: "data is read \(description)"))
        } catch {
            let failure = Failure(error)
            findings.append(
                Finding(grade: .bad, text: failure.message, remedy: failure.hint, status: failure.status))
        }
    }

    private func capsules(on engine: Engine, _ findings: inout [Finding]) async {
        do {
            let info = try await engine.info()
            let driver = info["Driver"].string ?? "unknown"
            let isOverlay = driver == "overlay2" || EngineRecord.usesContainerdStore(info.value)
            findings.append(
                Finding(
                    grade: isOverlay ? .good : .warning, text: "storage driver \(driver)",
                    remedy: isOverlay
                        ? nil : "writable layers are captured from overlay2 only: set \"storage-driver\": \"overlay2\"")
            )
            let architecture = info["Architecture"].string ?? "unknown"
            let kernel = info["KernelVersion"].string ?? "unknown"
            findings.append(
                Finding(
                    grade: .good,
                    text: "\(architecture), kernel \(kernel), cgroup v\(info["CgroupVersion"].string ?? "?")"))
        } catch {
            findings.append(Finding(grade: .bad, text: Failure(error).message))
        }
    }
}
