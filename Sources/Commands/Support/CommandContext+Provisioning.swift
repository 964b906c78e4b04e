// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import Provisioning
import Terminal

extension CommandContext {
    /// What brings projects up on an engine.
    func provisioner(of engine: Engine) async throws -> Provisioner {
        let console = console
        return Provisioner(
            engine: engine, access: try await AccessChooser(context: self, engine: engine).local(),
            environment: environment, report: report, detail: { console.detail($0) })
    }
}
