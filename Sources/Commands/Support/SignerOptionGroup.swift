// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Sharing

/// Who has to have signed a bundle.
struct SignerOptionGroup: ParsableArguments {
    @Option(help: ArgumentHelp("Take a bundle only if this identity signed it.", valueName: "identity"))
    var requireSigner: String?

    @Option(
        help: ArgumentHelp("The file that says who may sign, as ssh-keygen's ALLOWED SIGNERS.", valueName: "file"),
        completion: .file())
    var allowedSigners: String?

    @Option(help: ArgumentHelp("A file of keys that count no more.", valueName: "file"), completion: .file())
    var revokedSigners: String?

    /// The requirement; nil where nobody has to have signed.
    func requirement(_ environment: [String: String]) throws -> SignerRequirement? {
        guard let requireSigner else {
            guard allowedSigners == nil, revokedSigners == nil else {
                throw Failure(
                    "signature", "a list of signers is of no use without --require-signer IDENTITY", status: .usage)
            }
            return nil
        }
        return SignerRequirement(
            identity: requireSigner,
            signers: try SignerList(allowed: allowedSigners, revoked: revokedSigners, environment: environment),
            environment: environment)
    }
}

/// An identity that has to have signed.
struct SignerRequirement: Sendable {
    let identity: String
    let signers: SignerList
    let environment: [String: String]

    /// - Throws: `SharingError` where it did not sign.
    func check(_ signature: BundleSignature?) throws {
        try SignatureVerifier(environment: environment).require(identity, signature, signers: signers)
    }
}
