// SPDX-License-Identifier: Apache-2.0

/// Something that a snapshot asks for and that an ordinary container does not have.
public struct Power: Sendable, Hashable {
    /// What it is called on the command line, as `privileged` or `cap:NET_ADMIN`.
    public let name: String
    /// What whoever grants it gives away, for people.
    public let meaning: String

    init(_ kind: String, _ meaning: String) {
        name = kind
        self.meaning = meaning
    }

    /// A power with a particular, which is foreign text: a capability, a path, a name.
    init(_ kind: String, _ detail: String, _ meaning: String) {
        name = "\(kind):\(PowerText.detail(detail))"
        self.meaning = meaning
    }
}

/// A power, and the object that is to have it.
public struct PowerRequest: Sendable, Hashable {
    /// The power.
    public let power: Power
    /// The object: `.` for the capsule, else its path, as `foo-host-corge/foo-app`.
    public let path: String

    /// What grants it: the value of `--allow`.
    public var flag: String { "\(power.name)=\(path)" }
}

/// Foreign text as it stands in the name of a power or of an object: printable ASCII, so that two that differ look
/// different, and that a shell and a terminal take as it is.
enum PowerText {
    /// A name in a path: without "/" and "=", and never ".", which is the capsule.
    static func element(_ name: String) -> String {
        if name.allSatisfy({ $0 == "." }) { return name.utf8.map(Self.escape).joined() }
        return escaping(name) { $0.isAlphanumeric || "_-.".utf8.contains($0) }
    }

    /// A particular of a power.
    static func detail(_ text: String) -> String {
        escaping(text) { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "%") }
    }

    private static func escaping(_ text: String, _ isPlain: (UInt8) -> Bool) -> String {
        text.utf8.map { isPlain($0) ? String(UnicodeScalar($0)) : escape($0) }.joined()
    }

    private static func escape(_ byte: UInt8) -> String {
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
    }
}
