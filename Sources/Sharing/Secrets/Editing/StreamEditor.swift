// SPDX-License-Identifier: Apache-2.0

import Archive

/// Edits a stream of any length while it passes.
final class StreamEditor {
    private let editor: SecretEditor
    private let sink: ByteSink
    private var held: [UInt8] = []
    /// How many of the held bytes were searched already and are kept as context.
    private var searched = 0
    private(set) var places = 0

    init(_ editor: SecretEditor, sink: @escaping ByteSink) { (self.editor, self.sink) = (editor, sink) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        held += bytes
        if held.count >= 1 << 20 { try advance(to: held.count - editor.reach) }
    }

    func finish() throws {
        try advance(to: held.count)
        try release(held.count)
    }

    private func advance(to end: Int) throws {
        guard end > searched else { return }
        let found = try editor.edit(&held, from: searched, to: end)
        places += found.count
        // What was found may reach behind the end; it is not searched again.
        searched = max(end, found.last?.upperBound ?? 0)
        try release(max(0, searched - SecretEditor.margin))
    }

    private func release(_ count: Int) throws {
        try held.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        held.removeFirst(count)
        searched -= count
    }
}
