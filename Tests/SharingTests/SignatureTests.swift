// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import Steps
import TestSupport
import Testing

@testable import Sharing

/// Signatures by the real `ssh-keygen`.
@Suite(.enabled(if: Tool.exists("ssh-keygen"))) struct SignatureTests {
    private let store: SharedStore
    private let snapshot: SnapshotRecord
    private let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"]
    private var verifier: SignatureVerifier { SignatureVerifier(environment: environment) }
    private let alice: String
    private let mallory: String

    init() throws {
        store = try SharedStore()
        snapshot = try store.snapshot([Array("content".utf8)], name: "before")
        alice = try Self.key("alice", in: store.folder)
        mallory = try Self.key("mallory", in: store.folder)
    }

    private static func key(_ name: String, in folder: TemporaryFolder, type: String = "ed25519") throws -> String {
        let path = folder.path(name)
        try Tool.run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", path)
        return path
    }

    private func publicKey(_ key: String) throws -> String {
        try String(contentsOfFile: key + ".pub", encoding: .utf8).split(separator: " ").prefix(2).joined(separator: " ")
    }

    private func list(_ lines: String..., revoked: String? = nil) throws -> SignerList {
        let file = try store.folder.write(lines.joined(separator: "\n") + "\n", to: "signers-\(UUID().uuidString)")
        return try SignerList(allowed: file, revoked: revoked, environment: environment)
    }

    private func aliceAlone(_ options: String = "", revoked: String? = nil) throws -> SignerList {
        try list("alice@example.org \(options)\(options.isEmpty ? "" : " ")\(publicKey(alice))", revoked: revoked)
    }

    private func signed(by key: String, _ other: SnapshotRecord? = nil) throws -> [UInt8] {
        var writer = try BundleWriter(other ?? snapshot, since: [], library: store.library, report: .silent)
        try writer.sign(key: key, environment: environment)
        var bytes: [UInt8] = []
        try writer.write(to: { bytes += $0 }, cancellation: Cancellation())
        return bytes
    }

    private func signature(in bundle: [UInt8]) throws -> BundleSignature? {
        var rest = bundle[...]
        return try BundleReader { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }.signature
    }

    /// A signature as somebody makes it by hand.
    private func byHand(_ key: String, _ message: String, namespace: String = "envsnap-bundle@v1") throws -> String {
        let file = try store.folder.write(message, to: "message-\(UUID().uuidString)")
        try Tool.run("ssh-keygen", "-Y", "sign", "-q", "-f", key, "-n", namespace, file)
        return try String(contentsOfFile: file + ".sig", encoding: .utf8)
    }

    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func `a bundle that was signed is taken, and is an ordinary bundle`(
        _ type: String
    ) throws {
        let key = try Self.key("bob", in: store.folder, type: type)
        let bundle = try signed(by: key)
        let found = try #require(try signature(in: bundle))
        try verifier.require("bob", found, signers: list("bob \(publicKey(key))"))
        #expect(try verifier.find(found, signers: list("bob \(publicKey(key))")) == .signed(by: ["bob"]))
        #expect(try SharedStore().take(bundle).id == snapshot.id)
        if type == "ed25519" { #expect(try signed(by: key) == bundle) }
    }

    @Test func `anybody can verify it with ssh-keygen alone`() throws {
        let found = try #require(try signature(in: signed(by: alice)))
        let sig = try store.folder.write(found.armour, to: "x.sig")
        let signers = try aliceAlone().allowed
        try Tool.run(
            "sh", "-c",
            "printf '%s\\n' '\(found.manifest)' | ssh-keygen -Y verify -f \(signers) -I alice@example.org -n envsnap-bundle@v1 -s \(sig)"
        )
    }

    @Test func `a key that is in no list is told by its fingerprint`() throws {
        let found = try #require(try signature(in: signed(by: mallory)))
        guard case .unknownKey(let print) = try verifier.find(found, signers: aliceAlone()) else {
            return #expect(Bool(false), "mallory is known")
        }
        #expect(try Tool.run("ssh-keygen", "-l", "-f", mallory + ".pub").contains(print))
        #expect(try verifier.find(found, signers: nil) == .unknownKey(print))
    }

    @Test func `nothing that is not alice's signature of this bundle passes for one`() throws {
        let good = try #require(try signature(in: signed(by: alice)))
        let line = "\(good.manifest)\n"
        let other = try store.snapshot([Array("other".utf8)], name: "other")
        let revokedKeys = try store.folder.write(publicKey(alice) + "\n", to: "revoked")
        let krl = store.folder.path("krl")
        try Tool.run("ssh-keygen", "-q", "-k", "-f", krl, alice + ".pub")
        let (key, stranger) = (try publicKey(alice), try publicKey(mallory))
        var attempts: [(String, String, BundleSignature?, SignerList)] = []
        func attempt(
            _ what: String, _ armour: String?, signers: SignerList? = nil, as identity: String = "alice@example.org"
        ) throws {
            attempts.append(
                (
                    what, identity, armour.map { BundleSignature(armour: $0, manifest: good.manifest) },
                    try signers ?? aliceAlone()
                ))
        }
        try attempt("no signature", nil)
        try attempt("an empty one", "")
        for length in stride(from: 20, to: good.armour.utf8.count - 20, by: 40) {
            try attempt("cut at \(length)", String(good.armour.prefix(length)))
        }
        try attempt("another key", byHand(mallory, line))
        for namespace in ["git", "file", "envsnap-bundle@v2", "envsnap-bundle", "ENVSNAP-BUNDLE@V1"] {
            try attempt("namespace \(namespace)", byHand(alice, line, namespace: namespace))
        }
        try attempt("another bundle's", signature(in: signed(by: alice, other))?.armour)
        try attempt("without the newline", byHand(alice, good.manifest.description))
        try attempt("the bare digits", byHand(alice, good.manifest.hex + "\n"))
        try attempt("the snapshot's id", byHand(alice, "sha256:\(snapshot.id.hex)\n"))
        try attempt("something before it", byHand(alice, "x" + line))
        try attempt("something behind it", byHand(alice, line + "x"))
        try attempt(
            "a flipped character", String(good.armour.enumerated().map { $0 == 90 ? ($1 == "A" ? "B" : "A") : $1 }))
        try attempt("another armour", good.armour.replacing("SSH SIGNATURE", with: "PGP SIGNATURE"))
        try attempt("a public key", String(contentsOfFile: alice + ".pub", encoding: .utf8))
        try attempt("a private key", String(contentsOfFile: mallory, encoding: .utf8))
        try attempt("an identity that is not in the list", good.armour, as: "bob@example.org")
        try attempt("an empty identity", good.armour, as: "")
        try attempt("an identity in other letters", good.armour, as: "Alice@example.org")
        try attempt("an identity that is an option", good.armour, as: "-f")
        try attempt("a pattern", good.armour, as: "*")
        try attempt("an empty list", good.armour, signers: list(""))
        try attempt("a commented line", good.armour, signers: list("# alice@example.org \(key)"))
        try attempt("alice with another key", good.armour, signers: list("alice@example.org \(stranger)"))
        try attempt("alice's key as bob", good.armour, signers: list("bob \(key)"))
        try attempt("expired", good.armour, signers: aliceAlone("valid-before=\"20200101\""))
        try attempt("not yet valid", good.armour, signers: aliceAlone("valid-after=\"20990101\""))
        try attempt("for another namespace", good.armour, signers: aliceAlone("namespaces=\"git\""))
        try attempt("an authority, no signer", good.armour, signers: aliceAlone("cert-authority"))
        try attempt("revoked", good.armour, signers: aliceAlone(revoked: revokedKeys))
        try attempt("revoked in a KRL", good.armour, signers: aliceAlone(revoked: krl))
        try attempt("another than alice", good.armour, signers: list("!alice@example.org,*@example.org \(key)"))

        #expect(attempts.count >= 40)
        for (what, identity, signature, signers) in attempts {
            let error = #expect(throws: SharingError.self, "\(what)") {
                try verifier.require(identity, signature, signers: signers)
            }
            #expect(error?.code == .signature, "\(what)")
        }
        try verifier.require("alice@example.org", good, signers: aliceAlone())
        try verifier.require("alice@example.org", good, signers: aliceAlone("valid-before=\"20990101\""))
        try verifier.require("alice@example.org", good, signers: list("*@example.org \(key)"))
        #expect(try verifier.find(good, signers: aliceAlone(revoked: krl)) != .signed(by: ["alice@example.org"]))
    }

    @Test func `a signature does not move to another bundle`() throws {
        let bundle = try signed(by: alice)
        let armour = try #require(try signature(in: bundle)).armour
        var hand = try HandMadeBundle()
        hand.artifactType = .string(MediaType.snapshot.rawValue)
        var members = try hand.members()
        let manifest = try SHA256Hasher.digest(of: members[2].bytes)
        members[1] = HandMadeBundle.Member(
            BundleLayout.index,
            BundleLayout.indexBytes(
                manifest: manifest, size: members[2].bytes.count, of: snapshot.id,
                signature: BundleSignature(armour: armour, manifest: manifest)))
        let moved = try #require(try signature(in: HandMadeBundle.tar(members)))
        #expect(moved.manifest == manifest)
        #expect(throws: SharingError.self) { try verifier.require("alice@example.org", moved, signers: aliceAlone()) }
    }

    @Test func `without ssh-keygen it is said what to install`() throws {
        let found = try #require(try signature(in: signed(by: alice)))
        let error = #expect(throws: SharingError.self) {
            try SignatureVerifier(environment: ["PATH": "/nonexistent"]).require(
                "alice@example.org", found, signers: aliceAlone())
        }
        #expect(error?.hint == "apt install openssh-client")
    }

    @Test func `a list that is not there is none`() throws {
        #expect(throws: SharingError.self) { try SignerList(allowed: "/nonexistent", environment: environment) }
        #expect(throws: SharingError.self) {
            try SignerList(allowed: alice, revoked: "/nonexistent", environment: environment)
        }
        let folder = try TemporaryFolder()
        let nobody = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": folder.path]
        #expect(throws: SharingError.self) { try SignerList(allowed: nil, environment: nobody) }
        let file = try folder.write("x", to: "envsnap/allowed_signers")
        #expect(try SignerList(allowed: nil, environment: nobody).allowed == file)
    }

    @Test func `a key that cannot sign is told before anything is written`() throws {
        var writer = try BundleWriter(snapshot, since: [], library: store.library, report: .silent)
        #expect(throws: SharingError.self) { try writer.sign(key: "/nonexistent", environment: environment) }
        let locked = store.folder.path("locked")
        try Tool.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked)
        let asking = environment.merging(["SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"]) { $1 }
        #expect(throws: SharingError.self) { try writer.sign(key: locked, environment: asking) }
        #expect(writer.signature == nil)
    }
}
