// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

extension ContainerPowers {
    /// Paths, volumes and images that are not the snapshot's own.
    mutating func addFiles() {
        let image = body["Image"].string ?? ""
        if !scope.knowsImage(image, of: container) {
            add("image", image, "an image of \(scope.ground) that did not come with the snapshot")
        }
        for bind in BindSource.all(in: host) {
            if bind.isPath {
                add(path: bind)
            } else if !scope.knows(volume: bind.source) {
                add("volume", bind.source, "a volume of \(scope.ground) that is not the snapshot's")
            }
            for mode in bind.unknownModes { add("mount-mode", mode, "a way to mount that this envsnap does not know") }
        }
        for mount in host["Mounts"].array ?? [] { add(mount: mount) }
        for entry in host["VolumesFrom"].texts {
            let other = String(entry.prefix { $0 != ":" })
            if !scope.knows(container: other) {
                add("volumes-from", other, "all volumes of a container that is not the snapshot's")
            }
        }
        let driver = host["VolumeDriver"].string ?? ""
        if !["", "local"].contains(driver) { addVolumeDriver(driver) }
    }

    private mutating func add(path bind: BindSource) {
        for power in BindPowers(bind, scope: scope).powers { add(power) }
    }

    private mutating func add(mount: JSONValue) {
        let type = mount["Type"].string ?? ""
        if !["bind", "volume", "tmpfs"].contains(type) {
            add("mount-type", type, "a kind of mount that this envsnap does not know")
        }
        let driver = mount["VolumeOptions"]["DriverConfig"]
        if !["", "local"].contains(driver["Name"].string ?? "") { addVolumeDriver(driver["Name"].string ?? "") }
        for option in driver["Options"].object?.members ?? [] {
            add(
                "volume-option", "\(option.key)=\(option.value.string ?? "")",
                "a volume that may be any folder or device")
        }
    }

    private mutating func addVolumeDriver(_ name: String) {
        add("volume-driver", name, "a volume of this driver, which acts on \(scope.ground) with all rights")
    }
}

/// The powers in a path of the engine's machine that is bound.
struct BindPowers {
    private(set) var powers: [Power] = []

    init(_ bind: BindSource, scope: PowerScope) {
        let path = bind.source
        // Of a moved source the captured path is what a user knows.
        let captured = scope.folder.flatMap { path.below($0) }.map { "/" + $0 } ?? path
        let shown = PowerText.detail(captured)
        if SystemPlaces.isEngineSocket(path) {
            powers.append(Power("docker-sock", "the socket of an engine: it owns \(scope.owned)"))
        } else if !Self.isOwn(path, scope) {
            powers.append(
                Power("bind-host", path, "\(shown) of \(scope.ground), which is not the snapshot's own"))
        } else if scope.writable.contains(where: { $0 != path && path.below($0) != nil }) {
            powers.append(
                Power(
                    "bind-swap", captured,
                    "\(shown) lies in a folder that a container writes to, and can be made a link to any place of \(scope.ground)"
                ))
        }
        if !["", "private", "rprivate"].contains(bind.propagation) {
            powers.append(
                Power(
                    "propagation", bind.propagation, "mounts that reach from the container to \(scope.ground) or back"))
        }
    }

    /// Whether a path is room that the snapshot brings itself.
    private static func isOwn(_ path: String, _ scope: PowerScope) -> Bool {
        guard let folder = scope.folder else { return !SystemPlaces.contain(path) }
        return path.below(folder)?.isEmpty == false
    }
}
