// SPDX-License-Identifier: Apache-2.0

/// A line with lines below it, drawn with branches.
public struct Tree: Sendable {
    /// The line itself.
    public var line: String
    /// What hangs below it.
    public var children: [Tree]

    /// A line with its children.
    public init(_ line: String, _ children: [Tree] = []) {
        self.line = line
        self.children = children
    }

    /// The lines of the whole tree.
    public var lines: [String] { [line] + branches }

    private var branches: [String] {
        children.enumerated().flatMap { index, child in
            let isLast = index == children.count - 1
            return [(isLast ? "└─ " : "├─ ") + child.line] + child.branches.map { (isLast ? "   " : "│  ") + $0 }
        }
    }
}
