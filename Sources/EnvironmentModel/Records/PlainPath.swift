// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Whether it is an absolute path that says where it leads: without `.`, `..`, doubled slashes, NUL, or a slash at
    /// its end.
    ///
    /// A replay makes paths of this machine out of it; only such a one stays below what is put before it.
    var isPlainAbsolutePath: Bool {
        if self == "/" { return true }
        guard utf8.first == UInt8(ascii: "/"), !utf8.contains(0) else { return false }
        return utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
        }
    }

    /// The folders above an absolute path, the root last.
    var foldersAbove: [String] {
        var folders: [String] = []
        var rest = Substring(self)
        while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")), rest.utf8.count > 1 {
            rest = rest[..<slash]
            folders.append(rest.isEmpty ? "/" : String(rest))
        }
        return folders
    }
}
