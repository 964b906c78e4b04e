// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension FileChange {
    /// What happened to it, in short: sizes, lines, mode, owner.
    ///
    /// The time alone is not told where anything else differs.
    ///
    /// - Parameter size: How a number of bytes is written.
    public func particulars(size: (Int64) -> String) -> [String] {
        guard let captured, let found else {
            guard let facts = captured ?? found else { return [] }
            return [facts.kind == "file" ? size(facts.size) : Self.words(facts.kind)]
        }
        if isTouch { return ["time"] }
        return properties.compactMap { property in
            switch property.name {
            case "kind": return "\(Self.words(captured.kind)) → \(Self.words(found.kind))"
            case "content":
                let sizes =
                    captured.size == found.size
                    ? "\(size(found.size)) of other content" : "\(size(captured.size)) → \(size(found.size))"
                return lines.map { "\(sizes), +\($0.added) −\($0.removed) lines" } ?? sizes
            case "time": return nil
            case "attributes": return "attributes"
            default: return "\(property.name) \(property.captured.string ?? "") → \(property.found.string ?? "")"
            }
        }
    }

    /// In a writable layer the device 0:0 marks what is removed of the image (overlayfs.rst, "whiteouts and opaque
    /// directories").
    private static func words(_ kind: String) -> String {
        kind == "character device 0:0" ? "mark of a removed file" : kind
    }
}
