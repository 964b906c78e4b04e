// SPDX-License-Identifier: Apache-2.0

/// A difference between two snapshots, a command that fails because of it, and how `bisect` has to name it.
struct PlantedDifference {
    /// What it is, for the table.
    let name: String
    /// A script that succeeds where it is not there.
    let check: String
    /// The container that the script runs in.
    var host = "box"
    let kind: String
    let object: String
    var field = ""
    var files: [String] = []
    /// Whether it is tried in every run of the tests; the others are of the same kinds.
    var isAlways = false

    /// Whether it is tried in this run: without a wish, by its name, or because all are.
    var isWanted: Bool {
        guard let wish = Settings.plantedDifferences else { return isAlways }
        return wish == "all" || name.contains(wish)
    }

    /// All of them, in two snapshots of a project.
    static func all(of project: String, subnet: String) -> [PlantedDifference] {
        let box = "container box"
        return [
            PlantedDifference(
                name: "an image under the same name", check: "test $(cat /version) = one", kind: "image", object: box,
                field: "image", isAlways: true),
            PlantedDifference(
                name: "a variable of another value", check: "test $MODE = plain", kind: "environment", object: box,
                field: "MODE", isAlways: true),
            PlantedDifference(
                name: "a variable that is gone", check: "test -n \"$TOKEN\"", kind: "environment", object: box,
                field: "TOKEN"),
            PlantedDifference(
                name: "a variable that was added", check: "test -z \"$DEBUG\"", kind: "environment", object: box,
                field: "DEBUG"),
            PlantedDifference(
                name: "a changed file in a bound folder", check: "test \"$(cat '/srv/bind/file 7')\" = one",
                kind: "files", object: "", files: ["bind/file 7"], isAlways: true),
            PlantedDifference(
                name: "a new file in a bound folder", check: "! test -e /srv/bind/new", kind: "files", object: "",
                files: ["bind/new"]),
            PlantedDifference(
                name: "a file that is gone", check: "test -e /srv/bind/gone", kind: "files", object: "",
                files: ["bind/gone"]),
            PlantedDifference(
                name: "a changed file in a volume", check: "test $(cat /data/state) = one", kind: "files",
                object: "volume \(project)_data", files: ["state"]),
            PlantedDifference(
                name: "the mode of a file in a volume", check: "test -x /data/script", kind: "files",
                object: "volume \(project)_data", files: ["script"], isAlways: true),
            PlantedDifference(
                name: "the target of a link", check: "test $(readlink /data/link) = one", kind: "files",
                object: "volume \(project)_data", files: ["link"]),
            PlantedDifference(
                name: "a file in a volume without a name", check: "test $(cat /anonymous/in) = one", kind: "files",
                object: box, field: "volume at /anonymous", files: ["in"]),
            PlantedDifference(
                name: "a file in a writable layer", check: "test $(cat /layer) = one", kind: "files", object: box,
                field: "writable layer", files: ["layer"], isAlways: true),
            PlantedDifference(
                name: "a container's address", check: "ip -4 addr | grep -q '\(subnet).10/'", kind: "network",
                object: box, field: "on network \(project)_default"),
            PlantedDifference(
                name: "a setting of a network", check: "grep -qx 1500 /sys/class/net/eth0/mtu", host: "third",
                kind: "network", object: "network \(project)_side", isAlways: true),
            PlantedDifference(
                name: "a host name", check: "test $(hostname) = one", kind: "setting", object: box, field: "Hostname"),
            PlantedDifference(
                name: "an entry in /etc/hosts", check: "grep -q '^192.0.2.1' /etc/hosts", kind: "setting", object: box,
                field: "ExtraHosts"),
            PlantedDifference(
                name: "a working folder", check: "test \"$PWD\" = /tmp", kind: "setting", object: box,
                field: "WorkingDir"),
            PlantedDifference(
                name: "a user", check: "test $(id -u) = 0", host: "third", kind: "setting", object: "container third",
                field: "User", isAlways: true),
            PlantedDifference(
                name: "a command", check: "tr '\\0' ' ' </proc/1/cmdline | grep -q 900", host: "third",
                kind: "setting", object: "container third", field: "Cmd"),
            PlantedDifference(
                name: "a root that is read-only", check: "touch /tmp/x", host: "third", kind: "setting",
                object: "container third", field: "ReadonlyRootfs"),
            PlantedDifference(
                name: "a mounted volume", check: "! grep -q ' /more ' /proc/mounts", host: "third", kind: "volume",
                object: "container third", field: "mounts"),
            PlantedDifference(
                name: "a container that has ended", check: "ping -c 1 -W 1 \(subnet).40", kind: "state",
                object: "container ended", field: "state", isAlways: true),
            PlantedDifference(
                name: "a container that is gone", check: "ping -c 1 -W 1 \(subnet).50", kind: "container",
                object: "container goner"),
        ]
    }
}
