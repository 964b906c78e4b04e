// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension EnvironmentDifference {
    /// Compares how probes ended that were run in both environments; one that was run in one alone is a difference too.
    public mutating func addProbes(captured: [ProbeRecord], found: [ProbeRecord]) {
        for probe in captured {
            guard let other = found.first(where: { $0.title == probe.title }) else {
                fields.append(.existence(of: probe.subject, isCaptured: true))
                continue
            }
            compared += 1
            guard probe.result.ending != other.result.ending else { continue }
            fields.append(
                FieldFinding(
                    subject: probe.subject, field: "result", captured: .string(probe.result.endingText),
                    found: .string(other.result.endingText), reason: nil))
        }
        for probe in found where !captured.contains(where: { $0.title == probe.title }) {
            fields.append(.existence(of: probe.subject, isCaptured: false))
        }
    }
}

extension ProbeRecord {
    /// What findings about the probe are about.
    fileprivate var subject: ComparedObject {
        let names = ProbeRequest.names(in: container)
        return ComparedObject(.probe, EnginePath(hosts: names.dropLast()), "\(names.last ?? ""): \(command)")
    }
}
