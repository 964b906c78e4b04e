// SPDX-License-Identifier: Apache-2.0
import LiveEnvironment

/// The places of a machine, a capsule or a host that are its own: its programs, its settings, its engine's data.
///
/// A folder there is no container's business. Everywhere else is room for projects: whatever is not in the list of the
/// Filesystem Hierarchy Standard 3.0, and those parts of it that are made for local use.
enum SystemPlaces {
    private static let roots: Set<Substring> = [
        "bin", "boot", "certs", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "root", "run", "sbin", "sys",
        "usr", "var",
    ]
    private static let free = ["/var/www", "/var/opt", "/var/local", "/var/tmp", "/var/mail", "/usr/local/src"]
    /// What containerd runs before the programs of the system (its `io.containerd.internal.v1.opt`), and plugins.
    private static let programs = ["/opt/containerd", "/opt/cni"]
    private static let harmless: Set = ["/etc/localtime", "/etc/timezone"]

    /// Whether a path, which is normal, is the system's own, lies in something that is, or has something of it below it.
    static func contain(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let first = parts.first else { return true }
        if programs.contains(where: { path.below($0) != nil || $0.below(path) != nil }) { return true }
        guard roots.contains(first), !harmless.contains(path) else { return false }
        // Below the home of the superuser only what is no setting of a program.
        if first == "root" { return parts.count < 2 || parts[1].hasPrefix(".") }
        return !free.contains { path.below($0) != nil }
    }

    /// Whether a path looks like the socket of an engine.
    static func isEngineSocket(_ path: String) -> Bool {
        ["docker.sock", "containerd.sock", "podman.sock", "cri-dockerd.sock", "crio.sock"]
            .contains { path.hasSuffix("/" + $0) }
    }
}
