// SPDX-License-Identifier: Apache-2.0
import JSONTree
import Terminal

/// Tells of engines with known holes, which matter where a snapshot is not trusted.
struct OldEngine {
    /// The engine's answer to `GET /version`.
    let version: JSONValue

    /// Warns where the engine or its runtime is older than the first without the holes that are known of.
    func warn(_ console: Console) {
        guard let sentence else { return }
        console.warn(sentence)
    }

    var sentence: String? {
        let engine = version["Version"].string ?? ""
        let runtime = (version["Components"].array ?? []).first { $0["Name"] == "runc" }?["Version"].string ?? ""
        var old: [String] = []
        // CVE-2026-41567; CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881.
        if Self.numbers(engine).lexicographicallyPrecedes([29, 5, 1]) { old.append("docker \(engine)") }
        if !runtime.isEmpty, Self.isOldRuntime(Self.numbers(runtime)) { old.append("runc \(runtime)") }
        guard !old.isEmpty else { return nil }
        return "the snapshot came from elsewhere, and \(old.joined(separator: " and ")) may have holes by which a "
            + "container gets out (CVE-2026-41567, CVE-2025-31133); your distribution may have mended them"
    }

    private static func isOldRuntime(_ version: [Int]) -> Bool {
        version.starts(with: [1, 3])
            ? version.lexicographicallyPrecedes([1, 3, 3]) : version.lexicographicallyPrecedes([1, 2, 8])
    }

    /// The numbers at the beginning of a version: 20, 10 and 24 of `20.10.24+dfsg1`.
    private static func numbers(_ version: String) -> [Int] {
        version.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    }
}
