// SPDX-License-Identifier: Apache-2.0
// https://docs.docker.com/reference/api/engine/version/v1.51/

/// The members of requests that this program knows, and whose powers it can tell.
enum KnownFields {
    /// `POST /containers/create`.
    static let container = FieldShape.members(
        merging(
            config,
            [
                "HostConfig": .members(hostConfig),
                "NetworkingConfig": .members(["EndpointsConfig": .map(endpoint)]),
            ]))

    /// `EndpointConfig` of `POST /networks/NAME/connect`.
    static let endpoint = FieldShape.members([
        "IPAMConfig": .members(["IPv4Address": .text, "IPv6Address": .text, "LinkLocalIPs": .any]), "Links": .texts,
        "Aliases": .texts, "DriverOpts": .map(.text), "MacAddress": .text, "GwPriority": .any,
    ])

    /// `POST /networks/create`.
    static let network = FieldShape.members(
        merging(
            all(.any, "CheckDuplicate", "Internal", "Attachable", "Ingress", "EnableIPv4", "EnableIPv6", "ConfigOnly"),
            [
                "Name": .text, "Driver": .text, "Options": .map(.text), "Labels": .map(.text),
                "ConfigFrom": .members(["Network": .text]),
                "IPAM": .members([
                    "Driver": .text, "Options": .map(.text),
                    "Config": .list(
                        .members(
                            merging(
                                all(.text, "Subnet", "IPRange", "Gateway"), ["AuxiliaryAddresses": .map(.text)]))),
                ]),
            ]))

    /// `POST /volumes/create`.
    static let volume = FieldShape.members([
        "Name": .text, "Driver": .text, "DriverOpts": .map(.text), "Labels": .map(.text),
    ])

    private static let config: [String: FieldShape] = merging(
        all(
            .any, "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce", "ArgsEscaped",
            "NetworkDisabled", "StopTimeout"),
        all(.text, "Hostname", "Domainname", "User", "Image", "WorkingDir", "MacAddress", "StopSignal"),
        all(.texts, "Env", "Cmd", "Entrypoint", "OnBuild", "Shell"),
        [
            "ExposedPorts": .map(.any), "Volumes": .map(.any), "Labels": .map(.text),
            "Healthcheck": .members(
                merging(all(.any, "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"), ["Test": .texts])),
        ])

    private static let hostConfig: [String: FieldShape] = merging(
        all(
            .any, "AutoRemove", "ConsoleSize", "OomScoreAdj", "Privileged", "PublishAllPorts", "ReadonlyRootfs",
            "ShmSize", "CpuShares", "Memory", "NanoCpus", "BlkioWeight", "CpuPeriod", "CpuQuota", "CpuRealtimePeriod",
            "CpuRealtimeRuntime", "KernelMemory", "KernelMemoryTCP", "MemoryReservation", "MemorySwap",
            "MemorySwappiness", "OomKillDisable", "PidsLimit", "CpuCount", "CpuPercent", "IOMaximumIOps",
            "IOMaximumBandwidth", "Init"),
        all(
            .text, "ContainerIDFile", "NetworkMode", "VolumeDriver", "CgroupnsMode", "IpcMode", "Cgroup", "PidMode",
            "UTSMode", "UsernsMode", "Runtime", "Isolation", "CgroupParent", "CpusetCpus", "CpusetMems"),
        all(
            .texts, "Binds", "VolumesFrom", "CapAdd", "CapDrop", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts",
            "GroupAdd", "Links", "SecurityOpt", "DeviceCgroupRules", "MaskedPaths", "ReadonlyPaths"),
        all(.map(.text), "Annotations", "StorageOpt", "Tmpfs", "Sysctls"),
        all(
            .list(.members(all(.any, "Path", "Rate", "Weight"))), "BlkioWeightDevice", "BlkioDeviceReadBps",
            "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps"),
        [
            "LogConfig": .members(["Type": .text, "Config": .map(.text)]),
            "PortBindings": .map(.list(.members(["HostIp": .text, "HostPort": .text]))),
            "RestartPolicy": .members(["Name": .text, "MaximumRetryCount": .any]),
            "Ulimits": .list(.members(["Name": .text, "Hard": .any, "Soft": .any])),
            "Devices": .list(.members(all(.text, "PathOnHost", "PathInContainer", "CgroupPermissions"))),
            "DeviceRequests": .list(
                .members([
                    "Driver": .text, "Count": .any, "DeviceIDs": .texts, "Capabilities": .list(.texts),
                    "Options": .map(.text),
                ])),
            "Mounts": .list(mount),
        ])

    private static let mount = FieldShape.members([
        "Type": .text, "Source": .text, "Target": .text, "ReadOnly": .any, "Consistency": .text,
        "BindOptions": .members(
            merging(
                all(.any, "NonRecursive", "CreateMountpoint", "ReadOnlyNonRecursive", "ReadOnlyForceRecursive"),
                ["Propagation": .text])),
        "VolumeOptions": .members([
            "NoCopy": .any, "Labels": .map(.text), "Subpath": .text,
            "DriverConfig": .members(["Name": .text, "Options": .map(.text)]),
        ]),
        "TmpfsOptions": .members(all(.any, "SizeBytes", "Mode", "Options")),
    ])

    private static func all(_ shape: FieldShape, _ names: String...) -> [String: FieldShape] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, shape) })
    }

    private static func merging(_ parts: [String: FieldShape]...) -> [String: FieldShape] {
        parts.reduce(into: [:]) { $0.merge($1) { $1 } }
    }
}
