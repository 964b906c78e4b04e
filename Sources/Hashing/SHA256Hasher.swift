// SPDX-License-Identifier: Apache-2.0
// FIPS 180-4 by libcrypto's EVP interface: https://docs.openssl.org/3.0/man3/EVP_DigestInit/

internal import CCrypto
public import OCI

/// A running SHA-256 computation.
///
/// libcrypto uses the processor's SHA instructions where it has them.
public final class SHA256Hasher {
    private let context: OpaquePointer
    private var failed = false

    /// Begins a computation.
    public init() throws(HashingError) {
        guard let context = EVP_MD_CTX_new() else {
            throw HashingError(
                .unavailable, "libcrypto has no memory for a SHA-256 computation; free some and try again")
        }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw HashingError(.unavailable, "libcrypto offers no SHA-256; check the openssl configuration")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes more bytes in; a failure of libcrypto is told by `finalize()`.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        if EVP_DigestUpdate(context, base, bytes.count) != 1 { failed = true }
    }

    /// Takes more bytes in; a failure of libcrypto is told by `finalize()`.
    public func update(_ bytes: some Collection<UInt8>) {
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if contiguous == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    /// Ends the computation, gives the digest of all bytes taken in, and begins anew.
    public func finalize() throws(HashingError) -> Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let ended = EVP_DigestFinal_ex(context, &bytes, &count) == 1 && count == 32
        let begun = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        defer { failed = !begun }
        guard ended, !failed, let digest = try? Digest(sha256: bytes) else {
            throw HashingError(.failed, "libcrypto failed to compute a SHA-256; nothing was verified, try again")
        }
        return digest
    }

    /// The digest of the bytes.
    public static func digest(of bytes: UnsafeRawBufferPointer) throws(HashingError) -> Digest {
        let hasher = try SHA256Hasher()
        hasher.update(bytes)
        return try hasher.finalize()
    }

    /// The digest of the bytes.
    public static func digest(of bytes: some Collection<UInt8>) throws(HashingError) -> Digest {
        let hasher = try SHA256Hasher()
        hasher.update(bytes)
        return try hasher.finalize()
    }
}
