// SPDX-License-Identifier: Apache-2.0

/// One extended attribute, raw as the kernel gives it; ACLs are `system.posix_acl_access` and `…_default`.
public struct ExtendedAttribute: Sendable, Hashable {
    /// The name with its namespace, such as `user.comment`.
    public let name: [UInt8]
    /// The value.
    public let value: [UInt8]

    /// An attribute of that name and value.
    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
