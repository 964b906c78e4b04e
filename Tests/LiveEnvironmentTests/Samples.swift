// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import TestSupport

enum Sample {
    static let id = String(repeating: "ab", count: 32)

    /// A container with mounts as `TYPE SOURCE DESTINATION`, and a root on overlay2 unless told otherwise.
    static func container(
        name: String = "host", mounts: [(type: String, source: String, destination: String)] = [],
        merged: String? = "/var/lib/docker/overlay2/h/merged", driver: String = "overlay2"
    ) -> ContainerRecord {
        var data = JSONObject()
        if let merged {
            data["MergedDir"] = .string(merged)
            data["UpperDir"] = .string(merged.replacing("/merged", with: "/diff"))
        }
        return ContainerRecord(inspect: [
            "Id": .string(id), "Name": .string("/" + name), "State": ["Status": "running"],
            "GraphDriver": ["Name": .string(driver), "Data": .object(data)],
            "Mounts": .array(
                mounts.map {
                    ["Type": .string($0.type), "Source": .string($0.source), "Destination": .string($0.destination)]
                }),
        ])
    }
}

/// Remembers how far something came, from any thread.
actor Progress {
    private(set) var values: [Int] = []
    func note(_ value: Int) { values.append(value) }
}
