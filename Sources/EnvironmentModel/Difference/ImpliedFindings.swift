// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// Leaves out of findings what only says once more what another one says.
struct ImpliedFindings {
    /// The findings that say something of their own.
    let rest: [FieldFinding]

    init(_ findings: [FieldFinding], changedImages: [ComparedObject]) {
        let changedImages = Set(changedImages)
        var bySubject: [ComparedObject: [FieldFinding]] = [:]
        for finding in findings { bySubject[finding.subject, default: []].append(finding) }
        rest = findings.filter { finding in
            if changedImages.contains(finding.subject) { return finding.field.hasPrefix("RepoTags") }
            return !Self.isImplied(finding, by: bySubject[finding.subject] ?? [])
        }
    }

    private static func isImplied(_ finding: FieldFinding, by others: [FieldFinding]) -> Bool {
        func differs(_ prefixes: String...) -> Bool {
            others.contains { other in prefixes.contains { other.field.hasPrefix($0) } }
        }
        let field = finding.field
        // Whatever does not run has neither address nor port.
        if field.hasPrefix("NetworkSettings."), differs("State"), finding.captured.isEmpty || finding.found.isEmpty,
            finding.captured.object == nil, finding.found.object == nil
        {
            return true
        }
        // An address that was asked for shows in the address itself.
        if let network = field.firstRange(of: ".IPAMConfig") {
            return differs("\(field[..<network.lowerBound]).IPAddress")
        }
        if field == "Path" || field.hasPrefix("Args") { return differs("Config.Cmd", "Config.Entrypoint") }
        if ["HostConfig.Mounts", "Config.Volumes"].contains(where: field.hasPrefix) {
            return differs("Mounts.")
        }
        if field.hasPrefix("HostConfig.PortBindings") { return differs("NetworkSettings.Ports") }
        // Which interface is which changes with the networks.
        guard field.hasPrefix("Interfaces.") else { return false }
        return others.contains { $0.field.hasPrefix("NetworkSettings.Networks.") && $0.isOneSided }
    }
}

extension FieldFinding {
    /// Whether an entry of a map is there on one side only.
    var isOneSided: Bool { captured.isNull != found.isNull }
}
