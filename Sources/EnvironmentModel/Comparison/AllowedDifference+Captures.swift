// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension AllowedDifference {
    /// What compose notes about an object that it has made anew, and what it says elsewhere too.
    static func composeNotes(in parent: String...) -> AllowedDifference {
        let labels = ["config-hash", "image", "replace", "version"]
        return AllowedDifference(
            labels.map { FieldPattern(steps: parent + ["Labels", "com.docker.compose.\($0)"]) },
            "compose's own note about what it has made", in: .captures)
    }

    /// What compose 1 says of the container whose place another one takes (docker/compose v1, `service.py`): it shall be put
    /// beside it, and keep its anonymous volumes, which it mounts with the mode written out.
    static let composeReplaced: [AllowedDifference] = [
        AllowedDifference(
            [FieldPattern(steps: ["Config", "Env", "affinity:container"])],
            "compose's own note about what it has made", in: .captures),
        AllowedDifference(
            ["Mounts.*.Mode"], "two ways to say that a mount may be written to", in: .captures,
            when: { captured, found, _ in Set([captured.string ?? "", found.string ?? ""]).isSubset(of: ["", "rw"]) }),
    ]

    /// A MAC address that nobody asked for: made from the IP address, and from engine 28 on at random at each start
    /// (moby pull 47233).
    static let generatedMAC = AllowedDifference(
        ["NetworkSettings.Networks.*.MacAddress"], "an address that the engine made up",
        in: .captures,
        when: { captured, found, context in
            guard context.object["Config"]["MacAddress"].isEmpty, context.other["Config"]["MacAddress"].isEmpty,
                let network = context.path.steps.dropFirst(2).first
            else { return false }
            let sides = [(captured, context.object, context.capturedInfo), (found, context.other, context.foundInfo)]
            return sides.allSatisfy { mac, object, info in
                let address = object["NetworkSettings"]["Networks"][network]["IPAddress"].string ?? ""
                return mac.isEmpty || mac.string == derivedMAC(address) || majorVersion(info) >= 28
            }
        })

    /// `02:42` and the four bytes of the address (libnetwork's `GenerateMACFromIP`).
    private static func derivedMAC(_ address: String) -> String {
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }
        return (["02", "42"] + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }).joined(separator: ":")
    }

    private static func majorVersion(_ info: JSONValue) -> Int {
        (info["ServerVersion"].string ?? "").split(separator: ".").first.flatMap { Int($0) } ?? 0
    }
}
