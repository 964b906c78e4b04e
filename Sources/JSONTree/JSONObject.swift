// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order in which they stood.
///
/// Keys are compared by their UTF-8 bytes. Two objects are equal when they have equal members, in whatever order.
public struct JSONObject: Sendable {
    /// One name and its value.
    public struct Member: Sendable {
        /// The member's name.
        public let key: String
        /// The member's value.
        public var value: JSONValue
    }

    /// The members in order.
    public private(set) var members: [Member] = []

    /// Whether the keys stand in the order of their bytes, as in canonical text and in most literals.
    private var isAscending = true

    /// An object without members.
    public init() {}

    /// An object with the members of a dictionary, in the order of their keys' bytes.
    public init(_ dictionary: [String: JSONValue]) {
        members = dictionary.map { Member(key: $0.key, value: $0.value) }.sorted { $0.key.precedes($1.key) }
    }

    /// An object of members as they are written down; a key that stands twice keeps its last value.
    init(literal elements: [(String, JSONValue)]) {
        members.reserveCapacity(elements.count)
        for (key, value) in elements {
            // Behind members in order, none with the same key has to be looked for.
            if isAscending, members.last?.key.precedes(key) != false {
                members.append(Member(key: key, value: value))
            } else {
                self[key] = value
            }
        }
    }

    /// The value under a key; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key.hasSameBytes(as: key) }?.value }
        set {
            guard let index = members.firstIndex(where: { $0.key.hasSameBytes(as: key) }) else {
                if let newValue { appendNew(key, newValue) }
                return
            }
            guard let newValue else {
                members.remove(at: index)
                return
            }
            members[index].value = newValue
        }
    }

    /// The members' names in order.
    public var keys: [String] { members.map(\.key) }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The members in the order of their keys' bytes.
    public var sorted: [Member] { isAscending ? members : members.sorted { $0.key.precedes($1.key) } }

    /// Appends a member that is known to be new, without looking for it.
    mutating func appendNew(_ key: String, _ value: JSONValue) {
        isAscending = isAscending && members.last?.key.precedes(key) != false
        members.append(Member(key: key, value: value))
    }
}

extension JSONObject: Equatable {
    /// Whether two objects have equal members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left.sorted, right.sorted).allSatisfy { $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value }
    }
}

extension String {
    /// Whether two strings are the same bytes in UTF-8; `==` would also take canonically equivalent ones.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && compare(other, { $0.elementsEqual($1) }, { $0.elementsEqual($1) })
    }

    /// Whether the string stands before another in the order of UTF-8 bytes.
    func precedes(_ other: String) -> Bool {
        compare(other, { $0.lexicographicallyPrecedes($1) }, { $0.lexicographicallyPrecedes($1) })
    }

    /// Compares the bytes of two strings; where they lie in memory, as they do of all but bridged strings, at its speed.
    private func compare(
        _ other: String, _ inMemory: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool,
        _ oneByOne: (UTF8View, UTF8View) -> Bool
    ) -> Bool {
        let result = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { inMemory(bytes, $0) }
        }
        return (result ?? nil) ?? oneByOne(utf8, other.utf8)
    }
}
