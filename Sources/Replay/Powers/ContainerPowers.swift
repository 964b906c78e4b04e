// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The powers in the requests that make a container.
///
/// They are read from the very bodies that are sent. Whatever is not known to be ordinary is a power.
struct ContainerPowers {
    let container: ContainerRecord
    let scope: PowerScope
    private(set) var powers: [Power] = []
    /// The body of `POST /containers/create`, without what is unknown and says nothing.
    private(set) var body: JSONValue

    var host: JSONValue { body["HostConfig"] }

    /// Reads the body of the creation and the endpoints that are connected later.
    init(_ container: ContainerRecord, body: JSONValue, connections: [EndpointRecipe.Connection], scope: PowerScope) {
        self.container = container
        self.scope = scope
        var screen = FieldScreen()
        self.body = screen.screen(Self.withoutDefaultGroups(body, scope), as: KnownFields.container)
        for connection in connections {
            _ = screen.screen(connection.endpoint, as: KnownFields.endpoint, at: "EndpointConfig")
        }
        for path in screen.unknown {
            add("unknown", path, "a setting that this envsnap does not know: there is no telling what it gives")
        }
        addPrivileges()
        addNamespaces()
        addFiles()
        addSurroundings()
        let endpoints = self.body["NetworkingConfig"]["EndpointsConfig"].object?.members ?? []
        for endpoint in endpoints { add(endpoint: endpoint.value, on: endpoint.key) }
        for connection in connections { add(endpoint: connection.endpoint, on: connection.network) }
        addMachineMatters()
    }

    mutating func add(_ power: Power) { powers.append(power) }

    mutating func add(_ name: String, _ meaning: String) { powers.append(Power(name, meaning)) }

    mutating func add(_ kind: String, _ detail: String, _ meaning: String) {
        powers.append(Power(kind, detail, meaning))
    }

    // MARK: Rights

    /// What every container may (moby's `oci/caps/defaults.go`).
    private static let defaultCapabilities: Set = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    private mutating func addPrivileges() {
        let isPrivileged = !(host["Privileged"].isNull || host["Privileged"] == false)
        if isPrivileged { add("privileged", "all rights: it owns \(scope.owned)") }
        if container.engine != nil, !isPrivileged {
            add("engine", "it is a host: envsnap writes the files of an engine into its volumes from outside")
        }
        if !isPrivileged { addRights() }
        if !host["DeviceRequests"].isEmpty { addDeviceRequests() }
        if host["OomKillDisable"].bool == true || (host["OomScoreAdj"].int ?? 0) < 0 {
            add("oom", "it is spared when memory runs out, and others of \(scope.ground) are killed")
        }
        if ["CpuRealtimePeriod", "CpuRealtimeRuntime"].contains(where: { (host[$0].int ?? 0) != 0 }) {
            add("realtime", "it may keep processors of \(scope.ground) for itself")
        }
    }

    /// What "privileged" includes.
    private mutating func addRights() {
        for capability in host["CapAdd"].texts {
            let upper = capability.uppercased()
            let name = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
            guard !Self.defaultCapabilities.contains(name) else { continue }
            add("cap", name, "the capability \(PowerText.detail(name)), which ordinary containers lack")
        }
        for device in host["Devices"].array ?? [] {
            let path = device["PathOnHost"].string ?? ""
            add("device", path, "the device \(PowerText.detail(path)) of \(scope.ground)")
        }
        for rule in host["DeviceCgroupRules"].texts {
            add("device-rule", rule, "access to devices of \(scope.ground) by this rule")
        }
        // An engine adds it by itself to a container with these namespaces (moby's `GenerateSecurityOpt`).
        let isUnlabelled = ["PidMode", "IpcMode"].contains { host[$0] == "host" }
        for option in host["SecurityOpt"].texts where option != "label=disable" || !isUnlabelled { addSecurity(option) }
        for (key, paths) in HostConfigRecipe.defaultPaths {
            guard let shown = host[key].array else { continue }
            if !paths.isSubset(of: shown.compactMap(\.string)) {
                add("systempaths", "parts of /proc and /sys that are hidden or read-only in ordinary containers")
                break
            }
        }
    }

    private mutating func addSecurity(_ option: String) {
        let parts = option.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "=" || $0 == ":" }.map(
            String.init)
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("no-new-privileges", _): return
        case ("seccomp", let profile):
            if profile != "builtin" {
                add("seccomp", "another filter of system calls than ordinary containers have, or none")
            }
        case ("apparmor", let profile):
            if profile != "docker-default" {
                add("apparmor", "another AppArmor profile than ordinary containers have, or none")
            }
        case ("label", _), ("disable", _):
            add("selinux", "another SELinux label than ordinary containers have, or none")
        case ("systempaths", _): add("systempaths", "parts of /proc and /sys that are hidden in ordinary containers")
        default: add("security-opt", option, "a security option that this envsnap does not know")
        }
    }

    private mutating func addDeviceRequests() {
        for request in host["DeviceRequests"].array ?? [] {
            let driver = request["Driver"].string ?? ""
            let isGraphics = (request["Capabilities"].array ?? []).contains { $0.texts.contains("gpu") }
            if isGraphics, ["", "nvidia"].contains(driver) {
                add("gpus", "graphics processors of \(scope.ground)")
            } else {
                add("device-request", driver, "devices of \(scope.ground) by this driver")
            }
        }
    }

    // MARK: Namespaces

    /// An engine with the first version of control groups shows "host" where nothing was asked for; the new engine's own
    /// default takes its place.
    private static func withoutDefaultGroups(_ body: JSONValue, _ scope: PowerScope) -> JSONValue {
        guard scope.captured.info["CgroupVersion"].string != "2", var object = body.object,
            var host = body["HostConfig"].object, host["CgroupnsMode"] == "host"
        else { return body }
        host["CgroupnsMode"] = nil
        object["HostConfig"] = .object(host)
        return .object(object)
    }

    private mutating func addNamespaces() {
        let names = [
            ("NetworkMode", "net", "the network"), ("PidMode", "pid", "the processes"),
            ("IpcMode", "ipc", "the shared memory"), ("UTSMode", "uts", "the host name"),
            ("UsernsMode", "user", "the user ids"), ("CgroupnsMode", "cgroup", "the control groups"),
        ]
        for (key, short, what) in names {
            let mode = host[key].string ?? ""
            if mode == "host" {
                add("ns:\(short)", "\(what) of \(scope.ground) itself")
            } else if let other = mode.afterPrefix("container:"), !scope.knows(container: other) {
                add("ns:\(short)", "\(what) of a container that is not the snapshot's: \(PowerText.detail(other))")
            } else if !Self.ordinary(key, mode), !mode.hasPrefix("container:") {
                if key != "NetworkMode" {
                    add("ns:\(short)", "\(what) in a way that this envsnap does not know")
                } else if !scope.knows(network: mode) {
                    addForeignNetwork(mode)
                }
            }
        }
        if !host["Cgroup"].isEmpty { add("cgroup-parent", "a place among the control groups of \(scope.ground)") }
    }

    private static func ordinary(_ key: String, _ mode: String) -> Bool {
        let modes = ["IpcMode": ["private", "shareable", "none"], "CgroupnsMode": ["private"]]
        return mode.isEmpty || (modes[key] ?? []).contains(mode)
    }

    mutating func addForeignNetwork(_ name: String) {
        add("network", name, "a network of \(scope.ground) that is not the snapshot's")
    }
}
