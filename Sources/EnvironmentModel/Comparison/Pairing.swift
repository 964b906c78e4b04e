// SPDX-License-Identifier: Apache-2.0

/// Which object of one side is compared with which of the other.
struct Pairing<Object> {
    /// The pairs in the captured order, what is captured alone in its place; then what was found alone.
    private(set) var pairs: [(captured: Object?, found: Object?)] = []

    /// Pairs objects by a key; of several with one key the first.
    init(_ captured: [Object], _ found: [Object], by key: (Object) -> String) {
        let foundByKey = Dictionary(found.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let capturedKeys = Set(captured.map(key))
        pairs = captured.map { ($0, foundByKey[key($0)]) }
        pairs += found.filter { !capturedKeys.contains(key($0)) }.map { (nil, $0) }
    }
}

extension Pairing<ImageRecord> {
    /// Pairs images as people know them: the same under a shared tag, then what bears a tag now, then the same content.
    init(byTag captured: [ImageRecord], _ found: [ImageRecord]) {
        var partners: [Int: Int] = [:]
        func pair(where isPair: (ImageRecord, ImageRecord) -> Bool) {
            for (index, image) in captured.enumerated() where partners[index] == nil {
                let free = found.indices.filter { !partners.values.contains($0) }
                partners[index] = free.first { isPair(image, found[$0]) }
            }
        }
        func shareTag(_ one: ImageRecord, _ other: ImageRecord) -> Bool { !Set(one.tags).isDisjoint(with: other.tags) }
        pair { $0.config == $1.config && (shareTag($0, $1) || $0.tags.isEmpty && $1.tags.isEmpty) }
        pair(where: shareTag)
        pair { $0.config == $1.config }
        pairs = captured.indices.map { (captured[$0], partners[$0].map { found[$0] }) }
        pairs += found.indices.filter { !partners.values.contains($0) }.map { (nil, found[$0]) }
    }
}
