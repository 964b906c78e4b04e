// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel

extension EnvironmentDocument {
    /// A sentence for each thing that a replay lacks because it was not captured.
    var lossWarnings: [String] {
        notCaptured.filter { $0.weight == .loss }.map { "not captured: \($0.object): \($0.text)" }
    }
}

extension RestoredContainer {
    /// What its engine said when it made it, with its name.
    var engineWarnings: [String] { warnings.map { "\(site.path.objectName(captured.name)): \($0)" } }
}
