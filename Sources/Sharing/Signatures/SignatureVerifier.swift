// SPDX-License-Identifier: Apache-2.0

import OCI

/// Verifies who signed a snapshot; that somebody signed it says nothing about what it does.
public struct SignatureVerifier: Sendable {
    /// What is known of a signature.
    public enum Finding: Sendable, Equatable {
        /// It is good, and its key is that of these identities in the list.
        case signed(by: [String])
        /// It is good, by a key that is in no list: `SHA256:…`.
        case unknownKey(String)
        /// It is not good.
        case bad(String)
    }

    private let environment: [String: String]

    /// A verifier that finds `ssh-keygen` by the environment's `PATH`.
    public init(environment: [String: String]) { self.environment = environment }

    /// Makes sure that an identity of the list signed.
    ///
    /// - Throws: `SharingError` where it did not, or where that cannot be told.
    public func require(_ identity: String, _ signature: BundleSignature?, signers: SignerList) throws {
        guard !identity.isEmpty else { throw SharingError(.signature, "an empty identity is nobody's") }
        guard let signature else {
            throw SharingError(
                .signature, "it is not signed, and \(identity) was to have signed it",
                hint: "have it exported with --sign-key; nothing was imported")
        }
        let outcome = try verify(identity, signature, signers)
        guard outcome.status == 0 else {
            throw SharingError(
                .signature, "it is not signed by \(identity): \(outcome.sentence)",
                hint: "\(signers.allowed) says who may sign; nothing was imported")
        }
    }

    /// What is known of a signature; nobody is required to have made it.
    public func find(_ signature: BundleSignature, signers: SignerList?) throws -> Finding {
        let message = BundleSignature.message(signature.manifest)
        let files = try TemporaryFiles()
        let file = try files.write(Array(signature.armour.utf8), "signature")
        let tool = KeyTool(environment: environment)
        let plain = try tool.run(
            ["-Y", "check-novalidate", "-n", BundleSignature.namespace, "-s", file], input: message)
        guard plain.status == 0 else { return .bad(plain.sentence) }
        guard let signers else { return .unknownKey(Self.key(in: plain)) }
        let found = try tool.run(["-Y", "find-principals", "-s", file, "-f", signers.allowed], input: message)
        let identities = String(decoding: found.output, as: UTF8.self).split(whereSeparator: \.isNewline).map(
            String.init)
        let verified = try identities.filter { try verify($0, signature, signers).status == 0 }
        if found.status == 0, !verified.isEmpty { return .signed(by: verified) }
        return identities.isEmpty
            ? .unknownKey(Self.key(in: plain))
            : .bad("its key is no longer good for \(identities.joined(separator: ", "))")
    }

    private func verify(
        _ identity: String, _ signature: BundleSignature, _ signers: SignerList
    ) throws -> KeyTool.Outcome {
        let files = try TemporaryFiles()
        let file = try files.write(Array(signature.armour.utf8), "signature")
        var arguments = [
            "-Y", "verify", "-f", signers.allowed, "-I", identity, "-n", BundleSignature.namespace, "-s", file,
        ]
        if let revoked = signers.revoked { arguments += ["-r", revoked] }
        return try KeyTool(environment: environment).run(
            arguments, input: BundleSignature.message(signature.manifest))
    }

    /// The fingerprint in `Good "…" signature with ED25519 key SHA256:…`.
    private static func key(in outcome: KeyTool.Outcome) -> String {
        let words = String(decoding: outcome.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.last { $0.hasPrefix("SHA256:") }.map(String.init) ?? "of an unknown kind"
    }
}
