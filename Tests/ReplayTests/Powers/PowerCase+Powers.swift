// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree

@testable import Replay

extension PowerCase {
    /// Settings as an engine shows them, each with the powers that it gives.
    static let plain: [PowerCase] = [
        .host(["Privileged": true], "privileged"),
        .host(["Privileged": true, "CapAdd": ["ALL"], "PidMode": "host"], "ns:pid", "privileged"),
        .host(["CapAdd": ["NET_ADMIN"]], "cap:NET_ADMIN"), .host(["CapAdd": ["SYS_ADMIN"]], "cap:SYS_ADMIN"),
        .host(["CapAdd": ["SYS_PTRACE", "SYS_MODULE"]], "cap:SYS_MODULE", "cap:SYS_PTRACE"),
        .host(["CapAdd": ["ALL"]], "cap:ALL"), .host(["CapAdd": ["DAC_READ_SEARCH"]], "cap:DAC_READ_SEARCH"),
        .host(["Devices": [["PathOnHost": "/dev/kvm"]]], "device:/dev/kvm"),
        .host(
            ["Devices": [["PathOnHost": "/dev/sda"], ["PathOnHost": "/dev/fuse"]]], "device:/dev/fuse",
            "device:/dev/sda"),
        .host(["DeviceCgroupRules": ["c 1:3 rwm"]], "device-rule:c 1:3 rwm"),
        .host(["DeviceRequests": [["Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]]]], "gpus"),
        .host(["DeviceRequests": [["Driver": "cdi", "DeviceIDs": ["x/y=z"]]]], "device-request:cdi"),
        .host(["NetworkMode": "host"], "ns:net"), .host(["PidMode": "host"], "ns:pid"),
        .host(["IpcMode": "host"], "ns:ipc"), .host(["UTSMode": "host"], "ns:uts"),
        .host(["UsernsMode": "host"], "ns:user"), .host(["CgroupnsMode": "host"], "ns:cgroup"),
        .host(["NetworkMode": "container:other"], "ns:net"), .host(["PidMode": "container:abc"], "ns:pid"),
        .host(["IpcMode": "container:abc"], "ns:ipc"), .host(["NetworkMode": "other_default"], "network:other_default"),
        .host(["SecurityOpt": ["seccomp=unconfined"]], "seccomp"),
        .host(["SecurityOpt": [#"seccomp={"defaultAction":"SCMP_ACT_ALLOW"}"#]], "seccomp"),
        .host(["SecurityOpt": ["apparmor=unconfined"]], "apparmor"),
        .host(["SecurityOpt": ["label=disable"]], "selinux"),
        .host(["SecurityOpt": ["label=disable"], "PidMode": "host"], "ns:pid"),
        .host(["SecurityOpt": ["writable-cgroups=true"]], "security-opt:writable-cgroups=true"),
        .host(["MaskedPaths": [], "ReadonlyPaths": []], "systempaths"),
        .host(["MaskedPaths": ["/proc/kcore"]], "systempaths"), .host(["ReadonlyPaths": ["/proc/bus"]], "systempaths"),
        .host(["Binds": ["/:/host"]], "bind-host:/"), .host(["Binds": ["/dev:/dev"]], "bind-host:/dev"),
        .host(["Binds": ["/etc/shadow:/x:ro"]], "bind-host:/etc/shadow"),
        .host(["Binds": ["/var/lib/docker:/x"]], "bind-host:/var/lib/docker"),
        .host(["Binds": ["/var/run/docker.sock:/x"]], "docker-sock"),
        .host(["Binds": ["/run/docker.sock:/x"]], "docker-sock"),
        .host(["Binds": ["/run/containerd/containerd.sock:/x"]], "docker-sock"),
        .host(["Binds": ["/srv/shared/sub:/x"]], "bind-swap:/srv/shared/sub"),
        .host(["Binds": ["/srv/foo:/x:shared"]], "propagation:shared"),
        .host(["Binds": ["/srv/foo:/x:rw,rshared"]], "propagation:rshared"),
        .host(["Binds": ["/srv/foo:/x:rslave"]], "propagation:rslave"),
        .host(["Binds": ["others:/x"]], "volume:others"), .host(["VolumesFrom": ["other"]], "volumes-from:other"),
        .host(["Mounts": [["Type": "bind", "Source": "/sys", "Target": "/x"]]], "bind-host:/sys"),
        .host(
            ["Mounts": [["Type": "bind", "Source": "/srv/foo", "BindOptions": ["Propagation": "rshared"]]]],
            "propagation:rshared"),
        .host(["Mounts": [["Type": "image", "Source": "secret:1", "Target": "/x"]]], "mount-type:image"),
        .host(["Mounts": [["Type": "cluster", "Source": "x"]]], "mount-type:cluster"),
        .host(
            ["Mounts": [["Type": "volume", "VolumeOptions": ["DriverConfig": ["Name": "nfs"]]]]], "volume-driver:nfs"),
        .host(
            [
                "Mounts": [
                    ["Type": "volume", "VolumeOptions": ["DriverConfig": ["Options": ["device": "/", "o": "bind"]]]]
                ]
            ],
            "volume-option:device=/", "volume-option:o=bind"),
        .host(["VolumeDriver": "rexray"], "volume-driver:rexray"),
        .host(["Runtime": "sysbox-runc"], "runtime:sysbox-runc"),
        .host(["Sysctls": ["kernel.msgmax": "1"]], "sysctl:kernel.msgmax"),
        .host(
            ["Sysctls": ["net.core.somaxconn": "1", "net.ipv4.ip_forward": "1"]], "sysctl:net.core.somaxconn",
            "sysctl:net.ipv4.ip_forward"),
        .host(["CgroupParent": "/system.slice"], "cgroup-parent"), .host(["Cgroup": "container:x"], "cgroup-parent"),
        .host(["LogConfig": ["Type": "syslog"]], "log-driver:syslog"),
        .host(["LogConfig": ["Type": "fluentd"]], "log-driver:fluentd"),
        .host(["Annotations": ["run.oci.x": "1"]], "annotation:run.oci.x"),
        .host(["Links": ["/other:/app/db"]], "link:other"),
        .host(["OomKillDisable": true], "oom"), .host(["OomScoreAdj": -1000], "oom"),
        .host(["CpuRealtimeRuntime": 950000], "realtime"),
        .host(["ANewField": true], "unknown:HostConfig.ANewField"),
        .host(["ANewField": [1]], "unknown:HostConfig.ANewField"),
        .config(["ANewField": ["x": "y"]], "unknown:ANewField"),
        .config(["Image": "sha256:someone-elses"], "image:sha256:someone-elses"),
        PowerCase(
            description: "an image that did not come", config: ["Image": "secret:1"], image: "sha256:none",
            capsule: ["image:secret:1"]),
        PowerCase(
            description: "a network", host: ["NetworkMode": "foo_net"], networks: ["foo_net": [:], "theirs": [:]],
            capsule: ["network:theirs"]),
        PowerCase(
            description: "a driver's option", host: ["NetworkMode": "foo_net"],
            networks: ["foo_net": ["DriverOpts": ["com.example.x": "y"]]], capsule: ["endpoint-option:com.example.x"]),
        PowerCase(
            description: "a host without rights", engine: EngineRecord(version: [:], info: [:], apiVersion: "1.41"),
            capsule: ["engine"]),
    ]

    /// The same in another form, which an engine takes for the same.
    static let disguised: [PowerCase] = [
        .host(["privileged": true], "unknown:HostConfig.privileged"),
        .host(["Privileged": false, "PRIVILEGED": true], "unknown:HostConfig.PRIVILEGED"),
        .host(["\u{212A}ernelMemory": 5], "unknown:HostConfig.%E2%84%AAernelMemory"),
        .host(["CapAdd": "SYS_ADMIN"], "cap:SYS_ADMIN"), .host(["CapAdd": ["cap_sys_admin"]], "cap:SYS_ADMIN"),
        .host(["CapAdd": ["Cap_Net_Admin"]], "cap:NET_ADMIN"), .host(["CapAdd": ["all"]], "cap:ALL"),
        .host(["capadd": ["SYS_ADMIN"]], "unknown:HostConfig.capadd"),
        .host(["SecurityOpt": ["seccomp:unconfined"]], "seccomp"),
        .host(["SecurityOpt": ["apparmor:unconfined"]], "apparmor"),
        .host(["SecurityOpt": ["disable"]], "selinux"), .host(["SecurityOpt": "seccomp=unconfined"], "seccomp"),
        .host(["SecurityOpt": ["systempaths=unconfined"]], "systempaths"),
        .host(["Binds": ["/srv/foo/../../etc:/x:ro"]], "bind-host:/etc"),
        .host(["Binds": ["//etc//:/x"]], "bind-host:/etc"),
        .host(["Binds": ["/srv/../run/./docker.sock:/x"]], "docker-sock"), .host(["Binds": "/:/host"]),
        .host(["Binds": ["/srv/foo/..:/x:ro"]]),
        .host(["binds": ["/:/host"]], "unknown:HostConfig.binds"),
        .host(
            ["Mounts": [["type": "bind", "source": "/", "target": "/x"]]],
            "mount-type:", "unknown:HostConfig.Mounts[0].source", "unknown:HostConfig.Mounts[0].target",
            "unknown:HostConfig.Mounts[0].type"),
        .host(
            ["Mounts": [["Type": "bind", "Source": "/srv/foo", "source": "/"]]], "unknown:HostConfig.Mounts[0].source"),
        .host(
            ["Mounts": [["Type": "bind", "Source": "/srv/foo", "BindOptions": ["propagation": "rshared"]]]],
            "unknown:HostConfig.Mounts[0].BindOptions.propagation"),
        .host(["Mounts": ["Type": "bind", "Source": "/"]]),
        .host(["maskedpaths": []]), .host(["Maskedpaths": ["/x"]], "unknown:HostConfig.Maskedpaths"),
        .host(["NetworkMode": ["host"]], "unknown:HostConfig.NetworkMode"), .host(["PidMode": "HOST"], "ns:pid"),
        .host(["UTSMode": "container:x"], "ns:uts"), .host(["IpcMode": "Shareable"], "ns:ipc"),
        .config(["hostConfig": ["Privileged": true]], "unknown:hostConfig"),
        .config(["HostConfig": ["Privileged": true]]),
        .config(["Privileged": true, "Binds": ["/:/x"]], "unknown:Binds", "unknown:Privileged"),
        .config(["networkingconfig": ["EndpointsConfig": ["host": [:]]]], "unknown:networkingconfig"),
        .host(["Devices": [["pathonhost": "/dev/sda"]]], "device:", "unknown:HostConfig.Devices[0].pathonhost"),
        .host(["LogConfig": ["type": "syslog"]], "unknown:HostConfig.LogConfig.type"),
        .host(
            ["Sysctls": ["net.ipv4.conf.eth0.proxy_arp": "1"], "NetworkMode": "foo_net"],
            "sysctl:net.ipv4.conf.IFNAME.proxy_arp"),
        .host(["CapAdd": ["EVIL=app --allow privileged"]], "cap:EVIL=APP --ALLOW PRIVILEGED"),
        .host(["CapAdd": ["X\u{1B}[2K\u{202E}"]], "cap:X%1B[2K%E2%80%AE"),
    ]

    /// What matters on the machine's engine alone.
    static let onTheMachine: [PowerCase] = [
        .host(["PortBindings": ["80/tcp": [["HostIp": "", "HostPort": "8080"]]]], direct: ["publish:*:8080->80/tcp"]),
        .host(
            ["PortBindings": ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "80"]]]],
            direct: ["publish:0.0.0.0:80->80/tcp"]),
        .host(["PortBindings": ["80/tcp": [["HostIp": "127.0.0.1", "HostPort": "80"]]]], direct: []),
        .host(["PublishAllPorts": true], direct: ["publish-all"]),
        .host(["RestartPolicy": ["Name": "always"]], direct: ["restart:always"]),
        .host(["RestartPolicy": ["Name": "unless-stopped"]], direct: ["restart:unless-stopped"]),
        .host(["RestartPolicy": ["Name": "on-failure"], "AutoRemove": true], direct: ["restart:on-failure"]),
        .host(["RestartPolicy": ["Name": "no"]], direct: []),
        .config(["Labels": ["traefik.enable": "true", "traefik.http.x": "y"]], direct: ["label:traefik"]),
        .config(["Labels": ["com.centurylinklabs.watchtower.enable": "true"]], direct: ["label:com.centurylinklabs"]),
        .config(["Labels": ["com.docker.compose.project": "theirs"]], direct: ["label:com.docker"]),
        .config(["Labels": ["org.opencontainers.image.title": "x", "maintainer": "y"]], direct: []),
        .host(["Binds": ["/srv/foo:/x:ro"]], direct: []),
        .host(["Binds": ["/opt/theirs:/x"]], direct: ["bind-host:/opt/theirs"]),
        .host(["Binds": ["/home:/x"]], direct: ["bind-host:/home"]),
    ]
}
