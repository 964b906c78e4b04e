// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Terminal

/// Shows a project that was brought up.
struct ProvisioningRendering {
    let project: ProvisionedProject

    /// Prints the containers by host; what is not well is a warning.
    func show(on console: Console) {
        for problem in project.problems { console.warn(problem) }
        console.result(project.json, lines: table.lines(width: console.width) + [summary])
    }

    private var table: Table {
        var table = Table(["HOST", "ENGINE", "SERVICE", "STATE", "PORTS"])
        for host in project.hosts {
            if host.services.isEmpty { table.append([host.name, host.engineVersion, "", "", ""]) }
            for (index, service) in host.services.enumerated() {
                let isFirst = index == 0
                table.append([
                    isFirst ? host.name : "", isFirst ? host.engineVersion : "", service.service, service.state,
                    service.ports.joined(separator: ", "),
                ])
            }
        }
        for (index, service) in project.services.enumerated() {
            // The outer engine is called so elsewhere too.
            table.append([
                index == 0 ? "." : "", "", service.service, service.state, service.ports.joined(separator: ", "),
            ])
        }
        return table
    }

    private var summary: String {
        let services = project.hosts.reduce(0) { $0 + $1.services.count }
        let images = project.hosts.reduce(0) { $0 + $1.images.count }
        let given = images == 0 ? "no image was missing" : "\(Units.count(images, "image")) given to their engines"
        return "\(project.name) is up: \(Units.count(project.hosts.count, "host")), "
            + "\(Units.count(services, "container")) in them, \(given)"
    }
}
