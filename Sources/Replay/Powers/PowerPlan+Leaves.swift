// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel

extension PowerPlan {
    /// Whether a path leads to a container that is no host, and no such container has a power beyond its own walls.
    ///
    /// Then what runs there changes nothing but files, processes and objects that a reset puts back: the capsule and the
    /// hosts are out of its reach.
    public static func isConfined(to path: String, in document: EnvironmentDocument) -> Bool {
        let outermost = PowerScope(document: document, folder: nil, movedSources: [:])
        let names = path.split(separator: "/").map(String.init)
        var scope = outermost
        for name in names.dropLast() {
            guard let host = scope.captured.containers.called(name), let inside = scope.inside(host) else {
                return false
            }
            scope = inside
        }
        guard let last = names.last, let container = scope.captured.containers.called(last), container.engine == nil
        else { return false }
        return hasOrdinaryLeaves(outermost)
    }

    private static func hasOrdinaryLeaves(_ scope: PowerScope) -> Bool {
        scope.captured.containers.allSatisfy { container in
            if let inside = scope.inside(container) { return hasOrdinaryLeaves(inside) }
            return versions.flatMap { requests(of: container, in: scope, api: $0) }.allSatisfy(\.power.staysInside)
        }
    }
}

extension Power {
    /// Whether it ends with the container: what it reaches are the container's own namespaces and files, or those of other
    /// containers of the snapshot.
    fileprivate var staysInside: Bool {
        // Engines take settings of the kernel for the namespaces alone that the container has for itself.
        ["sysctl", "bind-swap", "oom", "log-driver"].contains(name.prefix { $0 != ":" })
            || ["cap:NET_ADMIN", "cap:SYS_PTRACE"].contains(name)
    }
}
