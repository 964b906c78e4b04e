// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct PowerTests {
    @Test(arguments: PowerCase.ordinary) func `what every container may is asked of nobody`(_ setting: PowerCase) throws
    {
        #expect(try setting.asked() == [])
    }

    @Test(arguments: PowerCase.plain) func `everything else is a power`(_ setting: PowerCase) throws {
        #expect(try setting.asked() == setting.capsule.sorted())
        #expect(try !setting.asked(directly: true).isEmpty)
    }

    @Test(arguments: PowerCase.disguised) func `in another form it is one too, or is not sent`(_ setting: PowerCase)
        throws
    {
        #expect(try setting.asked() == setting.capsule.sorted())
    }

    @Test(arguments: PowerCase.onTheMachine)
    func `ports, policies, labels and paths are powers on the machine's own engine`(
        _ setting: PowerCase
    ) throws {
        #expect(try setting.asked() == [])
        #expect(try setting.asked(directly: true) == setting.direct)
    }

    @Test func `there are more than sixty powers`() {
        #expect(Set(PowerCase.plain.flatMap(\.capsule)).count >= 60)
        #expect(PowerCase.disguised.count >= 30)
    }

    @Test func `what is unknown and says nothing is not sent`() throws {
        let host: JSONValue = ["maskedpaths": [], "readonlypaths": [], "Privileged": false, "Foo": 0]
        let document = try PowerCase.host(host).document()
        let scope = PowerScope(document: document, folder: nil, movedSources: [:])
        let recipe = ContainerRecipe(
            container: document.engine.containers[0], context: try Sample.context(api: 45, engine: document.engine))
        let asked = ContainerPowers(
            document.engine.containers[0], body: recipe.body, connections: [], scope: scope)
        let keys = Set(asked.host.object?.keys ?? [])
        #expect(keys.contains("Privileged") && keys.isDisjoint(with: ["maskedpaths", "readonlypaths", "Foo"]))
    }

    @Test func `an engine with the first control groups shows a namespace that nobody asked for`() throws {
        var document = try PowerCase.host(["CgroupnsMode": "host"]).document()
        document.engine.info = ["CgroupVersion": "1", "DefaultRuntime": "runc"]
        #expect(PowerPlan(document, capsuleImage: "mine").requests.isEmpty)
    }

    @Test func `a power is asked for each container by the name that exec takes`() throws {
        var inner = try PowerCase.host(["Privileged": true]).document().engine
        inner.containers[0].inspect = [
            "Id": "i0", "Name": "/x_inner_1", "Image": "sha256:with",
            "Config": ["Image": "with:1", "Labels": ["com.docker.compose.service": "inner"]],
            "HostConfig": ["Privileged": true],
        ]
        var setting = PowerCase.host(["Privileged": true])
        setting.engine = inner
        let plan = PowerPlan(try setting.document(), capsuleImage: "mine:1")
        #expect(plan.requests.map(\.flag) == ["privileged=app", "privileged=app/inner"])
        #expect(plan.requests[0].power.meaning.contains("and so the machine"))
        #expect(plan.missing(["privileged=app"]).map(\.flag) == ["privileged=app/inner"])
        #expect(plan.missing(["privileged=inner", "privileged", "all=app"]).count == 2)
    }

    @Test func `what runs in an ordinary container reaches nothing else, unless another one does`() throws {
        let plain = try PowerCase.host([:]).document()
        #expect(PowerPlan.isConfined(to: "app", in: plain))
        for path in [".", "", "nothing", "app/inner"] { #expect(!PowerPlan.isConfined(to: path, in: plain), "\(path)") }
        for (host, isConfined) in [
            (["Sysctls": ["net.core.somaxconn": "9"]], true), (["CapAdd": ["NET_ADMIN"]], true),
            (["CapAdd": ["SYS_ADMIN"]], false), (["Privileged": true], false), (["PidMode": "host"], false),
            (["NetworkMode": "host", "Sysctls": ["net.core.somaxconn": "9"]], false),
            (["Binds": ["/var/run/docker.sock:/x"]], false), (["Binds": ["/srv/shared:/x"]], true),
        ] as [(JSONValue, Bool)] {
            let document = try PowerCase.host(host).document()
            #expect(PowerPlan.isConfined(to: "app", in: document) == isConfined, "\(host)")
            #expect(PowerPlan.isConfined(to: "donor", in: document) == isConfined, "\(host)")
        }
        var host = PowerCase.host(["Privileged": true])
        host.engine = try PowerCase.host([:]).document().engine
        #expect(try PowerPlan.isConfined(to: "app/donor", in: host.document()), "a host is a host")
        #expect(try !PowerPlan.isConfined(to: "app", in: host.document()))
        #expect(try PowerPlan.isConfined(to: "donor", in: host.document()))
    }

    @Test func `without an image of one's own the capsule is one more power`() throws {
        var setting = PowerCase.host(["Privileged": true])
        setting.engine = EngineRecord(version: ["Version": "1"], info: [:], apiVersion: "1.41")
        #expect(PowerPlan(try setting.document()).requests.map(\.flag) == ["privileged=.", "privileged=app"])
        #expect(PowerPlan(try PowerCase.host([:]).document()).requests.isEmpty, "docker:dind is the user's own")
    }

    @Test(arguments: [
        "/usr/local/bin", "/etc", "/etc/docker", "/var/lib/docker", "/root/.docker", "/root", "/run", "/dev/shm",
        "/opt", "/opt/containerd/bin",
    ])
    func `files where the capsule has its own are a power`(_ path: String) throws {
        var document = try PowerCase.host([:]).document()
        document.trees.append(TreeRecord(path: path, isFile: false, excluded: [], data: try PowerCase.data))
        let plan = PowerPlan(document, capsuleImage: "mine:1")
        #expect(plan.requests.map(\.flag) == ["capsule-files:\(path)=."])
        #expect(
            !PowerPlan(document, directFolder: "/s/r", capsuleImage: nil).requests.contains {
                $0.flag.hasPrefix("capsule")
            })
    }

    @Test(arguments: [
        "/home/me/x", "/work/x", "/root/project", "/var/www/x", "/etc/localtime", "/Users/me/x", "/opt/x", "/usr2/x",
    ])
    func `files where there is room for projects are none`(_ path: String) throws {
        var document = try PowerCase.host([:]).document()
        document.trees.append(TreeRecord(path: path, isFile: false, excluded: [], data: try PowerCase.data))
        #expect(PowerPlan(document, capsuleImage: "mine:1").requests.isEmpty)
    }

    @Test func `names of images on the machine's engine are a power`() throws {
        let plan = PowerPlan(try PowerCase.host([:]).document(), directFolder: "/s/r")
        #expect(plan.requests.map(\.flag) == ["image-names=."])
        #expect(plan.requests[0].power.meaning.contains("with:1"))
    }

    @Test(
        arguments: [
            (
                ["Driver": "bridge", "Options": ["com.docker.network.bridge.name": "br9"]], [],
                ["network-option:com.docker.network.bridge.name"]
            ),
            (["Driver": "macvlan"], ["network-driver:macvlan"], ["network-driver:macvlan"]),
            (["Driver": "plugin:1"], ["network-driver:plugin:1"], ["network-driver:plugin:1"]),
            (["IPAM": ["Driver": "mine"]], ["ipam-driver:mine"], ["ipam-driver:mine"]),
            (["ConfigFrom": ["Network": "theirs"]], ["network:theirs"], ["network:theirs"]),
            (
                [
                    "Driver": "bridge", "Options": ["com.docker.network.driver.mtu": "1400"],
                    "Labels": ["traefik.x": "y"],
                ], [], ["label:traefik"]
            ),
            (
                [
                    "IPAM": [
                        "Driver": "default", "Options": nil,
                        "Config": [["Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1"]],
                    ]
                ], [], []
            ),
            (["IPAM": ["Config": [["Subnet": "8.8.8.0/24"]]]], [], ["subnet:8.8.8.0/24"]),
            (["IPAM": ["Config": [["Subnet": "10.0.0.0/7"]]]], [], ["subnet:10.0.0.0/7"]),
            (["IPAM": ["Config": [["Subnet": "169.254.169.254/32"]]]], [], ["subnet:169.254.169.254/32"]),
            (["IPAM": ["Config": [["Subnet": "fd00:1::/64"], ["Subnet": "172.20.0.0/16"]]]], [], []),
            (["IPAM": ["Config": [["Subnet": "2001:4860:4860::/64"]]]], [], ["subnet:2001:4860:4860::/64"]),
        ] as [(JSONValue, [String], [String])])
    func `networks have powers too`(_ inspect: JSONValue, _ capsule: [String], _ direct: [String]) throws {
        var network = try #require(inspect.object)
        network["Name"] = "net"
        var document = try PowerCase.host([:]).document()
        document.engine.networks.append(NetworkRecord(inspect: .object(network)))
        func asked(_ folder: String?) -> [String] {
            PowerPlan(document, directFolder: folder, capsuleImage: "mine:1").requests.filter { $0.path == "net" }.map(
                \.power.name)
        }
        #expect(asked(nil) == capsule)
        #expect(asked("/s/r") == direct)
    }

    @Test(
        arguments: [
            (["Driver": "local", "Options": nil], []), (["Driver": "rexray"], ["volume-driver:rexray"]),
            (["Driver": "local", "Options": ["type": "none", "o": "bind", "device": "/"]], ["bind-host:/"]),
            (
                ["Driver": "local", "Options": ["type": "none", "o": "bind", "device": "/srv/foo/../../etc"]],
                ["bind-host:/etc"]
            ),
            (
                ["Driver": "local", "Options": ["type": "none", "o": "bind,shared", "device": "/srv/foo"]],
                ["volume-option:device=/srv/foo", "volume-option:o=bind,shared", "volume-option:type=none"]
            ),
            (["Driver": "local", "Options": ["type": "none", "o": "bind", "device": "/srv/foo"]], []),
            (
                ["Driver": "local", "Options": ["type": "nfs", "o": "addr=1.2.3.4", "device": ":/x"]],
                ["volume-option:device=:/x", "volume-option:o=addr=1.2.3.4", "volume-option:type=nfs"]
            ),
            (
                ["Driver": "local", "Options": ["type": "ext4", "device": "/dev/sda1"]],
                ["volume-option:device=/dev/sda1", "volume-option:type=ext4"]
            ),
            (["Driver": "local", "Options": ["type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=1"]], []),
            (
                ["Driver": "local", "Options": ["type": "tmpfs", "device": "/dev/sda", "o": "bind"]],
                ["volume-option:device=/dev/sda", "volume-option:o=bind", "volume-option:type=tmpfs"]
            ),
            (["Driver": "local", "Options": ["TYPE": "none", "o": "bind", "device": "/dev"]], ["bind-host:/dev"]),
        ] as [(JSONValue, [String])])
    func `volumes have powers too`(_ inspect: JSONValue, _ expected: [String]) throws {
        var volume = try #require(inspect.object)
        volume["Name"] = "vol"
        var document = try PowerCase.host([:]).document()
        document.engine.volumes.append(VolumeRecord(inspect: .object(volume)))
        let asked = PowerPlan(document, capsuleImage: "mine:1").requests.filter { $0.path == "vol" }.map(\.power.name)
        #expect(asked.sorted() == expected)
    }

    @Test(arguments: [
        "relative", "/srv/../etc", "/srv//x", "/", "/srv/foo/inside", "/srv", "/srv/foo", "/srv/foo/", "/a\0b",
    ])
    func `folders at places where no capture has one are refused for good`(_ path: String) throws {
        var document = try PowerCase.host([:]).document()
        try TreePaths.check(document)
        document.trees.append(TreeRecord(path: path, isFile: false, excluded: [], data: try PowerCase.data))
        let error = #expect(throws: ReplayError.self) { try TreePaths.check(document) }
        #expect(error?.code == .refused)
    }

    @Test func `names that differ look different, and none is the capsule's`() {
        let names = [".", "..", "a", "a=b", "a/b", "a b", "A", "é", "e\u{301}", "a\u{202E}", "%41"]
        #expect(Set(names.map { Array(PowerText.element($0).utf8) }).count == names.count)
        for name in names {
            #expect(!["."].contains(PowerText.element(name)) && PowerText.element(name).utf8.allSatisfy { $0 < 0x7F })
        }
    }
}
