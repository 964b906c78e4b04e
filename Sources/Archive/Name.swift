// SPDX-License-Identifier: Apache-2.0

/// Names as bytes: joining, splitting, and showing them.
enum Name {
    static let root: [UInt8] = [UInt8(ascii: ".")]
    static let slash = UInt8(ascii: "/")

    /// `parent/child`, where the root adds nothing.
    static func join(_ parent: [UInt8], _ child: [UInt8]) -> [UInt8] {
        guard parent != root else { return child }
        var path: [UInt8] = []
        path.reserveCapacity(parent.count + 1 + child.count)
        path += parent
        path.append(slash)
        path += child
        return path
    }

    /// The path without its last component; the root for a single component.
    static func parent(of path: [UInt8]) -> [UInt8] {
        guard let cut = path.lastIndex(of: slash) else { return root }
        return Array(path[..<cut])
    }

    static func last(of path: [UInt8]) -> [UInt8] {
        guard let cut = path.lastIndex(of: slash) else { return path }
        return Array(path[(cut + 1)...])
    }

    /// The name in quotes, with everything escaped that could drive a terminal (restic and Flatpak were bitten by that).
    static func text(_ name: [UInt8]) -> String {
        var text = "'"
        for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}
