// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// One difference as people read it.
public struct DifferenceLine: Sendable, Equatable {
    /// What became of it.
    public var change: FileChange.Kind
    /// What of the object differs, in one or two words: `env`, `address`, `package`.
    public var aspect: String
    /// Which one, as the name of a variable; empty where there is only one.
    public var name: String
    /// What was captured; nil where nothing was.
    public var captured: String?
    /// What was found; nil where nothing was.
    public var found: String?

    init(_ change: FileChange.Kind, _ aspect: String, _ name: String, _ captured: String?, _ found: String?) {
        self.change = change
        self.aspect = aspect
        self.name = name
        self.captured = captured
        self.found = found
    }

    /// A field that differs.
    init(_ finding: FieldFinding) {
        let (aspect, name) = FieldAspect.of(finding)
        guard finding.field != "exists" else {
            self.init(finding.found == true ? .added : .removed, "", "", nil, nil)
            return
        }
        let (captured, found) = (Self.text(finding.captured), Self.text(finding.found))
        let change: FileChange.Kind = captured == nil ? .added : found == nil ? .removed : .changed
        let isValueless = aspect == "tag"
        self.init(change, aspect, name, isValueless ? nil : captured, isValueless ? nil : found)
    }

    /// The package's versions.
    init(_ package: PackageChange) {
        self.init(
            package.captured == nil ? .added : package.found == nil ? .removed : .changed, "package", package.name,
            package.captured, package.found)
    }

    /// A value as people write it; nil where it is absent.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return readable(text)
        case .bool(true): return "yes"
        case .bool(false): return "no"
        case .array(let elements) where elements.allSatisfy({ $0.string != nil }):
            return elements.isEmpty ? "none" : value.strings.map(readable).joined(separator: " ")
        case .object(let object) where object["Destination"] != nil: return mount(value)
        case .object(let object) where object["IPAddress"] != nil:
            let addresses = [object["IPAddress"], object["GlobalIPv6Address"]].compactMap { $0?.string }
            return addresses.filter { !$0.isEmpty }.joined(separator: ", ")
        default: return value.canonicalText
        }
    }

    private static func mount(_ value: JSONValue) -> String {
        let mount = MountPoint(inspect: value)
        let source = mount.name ?? mount.source
        let from = source.hasPrefix("<volume of ") ? "anonymous volume" : "\(mount.type) \(source)"
        return from + (mount.isWritable ? "" : ", read-only")
    }

    /// Names that stand for ids without their marks, and digests as short as `docker` shows them.
    static func readable(_ text: String) -> String {
        if text.isEmpty { return #""""# }
        guard text.hasPrefix("<"), text.hasSuffix(">") else { return text }
        let inner = text.dropFirst().dropLast()
        return inner.hasPrefix("image sha256:") ? String(inner.dropFirst(13).prefix(12)) : String(inner)
    }
}
