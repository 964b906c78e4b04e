// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The order in which containers are started: as it was observed, with two exceptions.
///
/// A container that lends its namespaces runs before those that join them. And on a default bridge, which takes no
/// addresses from anyone and gives out the lowest that is free, containers start in the order of their addresses.
enum StartOrder {
    /// The containers in the order of their starts.
    static func order(_ containers: [RestoredContainer]) -> [RestoredContainer] {
        var ordered = containers.sorted { startTime($0) < startTime($1) }
        for engine in Set(ordered.map(\.site.path)) {
            let slots = ordered.indices.filter { ordered[$0].site.path == engine && bridgeAddress(ordered[$0]) != nil }
            let byAddress = slots.map { ordered[$0] }.sorted {
                (bridgeAddress($0) ?? []).lexicographicallyPrecedes(bridgeAddress($1) ?? [])
            }
            for (slot, container) in zip(slots, byAddress) { ordered[slot] = container }
        }
        return donorsFirst(ordered)
    }

    private static func donorsFirst(_ containers: [RestoredContainer]) -> [RestoredContainer] {
        var order: [RestoredContainer] = []
        var done = Set<String>()
        // A circle is impossible: a container can only join one that was there before it.
        func visit(_ container: RestoredContainer) {
            guard done.insert(container.id).inserted else { return }
            for donor in containers where donor.site.path == container.site.path && joins(container, donor) {
                visit(donor)
            }
            order.append(container)
        }
        for container in containers { visit(container) }
        return order
    }

    private static func joins(_ container: RestoredContainer, _ donor: RestoredContainer) -> Bool {
        let host = container.captured.inspect["HostConfig"]
        return ["NetworkMode", "IpcMode", "PidMode"].contains { host[$0].string == "container:\(donor.captured.id)" }
    }

    private static func startTime(_ container: RestoredContainer) -> String {
        container.captured.inspect["State"]["StartedAt"].string ?? ""
    }

    private static func bridgeAddress(_ container: RestoredContainer) -> [UInt8]? {
        container.captured.inspect["NetworkSettings"]["Networks"]["bridge"]["IPAddress"].string
            .flatMap(AddressBlock.parse)
    }
}
