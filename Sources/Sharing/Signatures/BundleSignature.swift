// SPDX-License-Identifier: Apache-2.0
// https://github.com/openssh/openssh-portable/blob/V_9_9_P1/PROTOCOL.sshsig

import Foundation
import Hashing
public import OCI

/// An SSH signature of a snapshot's manifest, and so of every byte of it.
///
/// Signed is the line `sha256:HEX` with the manifest's digest; the namespace keeps signatures that were made for
/// something else from counting here.
public struct BundleSignature: Sendable, Equatable {
    /// What the signature is for.
    public static let namespace = "envsnap-bundle@v1"
    /// The most bytes of a signature: those of large RSA keys and of certificates are far below it.
    static let largestSize = 64 << 10

    /// The signature in its armour (`-----BEGIN SSH SIGNATURE-----`).
    public let armour: String
    /// The digest of the manifest that it is said to sign.
    public let manifest: Digest

    init(armour: String, manifest: Digest) {
        self.armour = armour
        self.manifest = manifest
    }

    /// The bytes that are signed.
    static func message(_ manifest: Digest) -> [UInt8] { Array("\(manifest)\n".utf8) }

    /// Signs a manifest.
    ///
    /// - Parameter key: The file of a private key, or of a public one whose private key an agent holds.
    /// - Throws: `SharingError` where `ssh-keygen` is not there or does not sign.
    static func make(
        of manifest: Digest, key: String, environment: [String: String]
    ) throws -> BundleSignature {
        guard FileManager.default.isReadableFile(atPath: key) else {
            throw SharingError(
                .signature, "the key \(key) cannot be read", hint: "name a private key: ssh-keygen -t ed25519")
        }
        let outcome = try KeyTool(environment: environment).run(
            ["-Y", "sign", "-q", "-f", key, "-n", namespace], input: message(manifest))
        let armour = String(decoding: outcome.output, as: UTF8.self)
        guard outcome.status == 0, armour.hasPrefix("-----BEGIN SSH SIGNATURE-----") else {
            throw SharingError(
                .signature, "\(key) does not sign: \(outcome.sentence)",
                hint: "a key with a passphrase is best held by an agent: ssh-add \(key)")
        }
        return BundleSignature(armour: armour, manifest: manifest)
    }
}
