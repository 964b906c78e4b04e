// SPDX-License-Identifier: Apache-2.0
// https://docs.openssl.org/3.0/man3/EVP_MAC/ and https://docs.openssl.org/3.0/man3/PKCS5_PBKDF2_HMAC/

internal import CCrypto

/// Hashes beside SHA-256 alone: with a key, of a password, and the MD5 that old formats ask for.
public enum KeyedHash {
    /// HMAC-SHA256 (RFC 2104).
    public static func hmac(key: [UInt8], _ bytes: [UInt8]) throws(HashingError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var length = 0
        let done = EVP_Q_mac(
            nil, "HMAC", nil, "SHA256", nil, key, key.count, bytes, bytes.count, &result, result.count, &length)
        guard done != nil, length == result.count else {
            throw HashingError(.failed, "libcrypto failed to compute an HMAC; try again")
        }
        return result
    }

    /// PBKDF2 with HMAC-SHA256 and 32 bytes of output (RFC 8018).
    public static func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int) throws(HashingError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let done = password.withUnsafeBufferPointer { password in
            password.withMemoryRebound(to: CChar.self) {
                PKCS5_PBKDF2_HMAC(
                    $0.baseAddress, Int32($0.count), salt, Int32(salt.count), Int32(clamping: iterations), EVP_sha256(),
                    Int32(result.count), &result)
            }
        }
        guard done == 1 else { throw HashingError(.failed, "libcrypto failed to derive a key; try again") }
        return result
    }

    /// MD5 (RFC 1321), where a format asks for it; it protects nothing.
    public static func md5(_ bytes: [UInt8]) throws(HashingError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 16)
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &result, &length, EVP_md5(), nil) == 1, length == 16 else {
            throw HashingError(.failed, "libcrypto failed to compute an MD5; its policy may forbid it")
        }
        return result
    }
}
