// SPDX-License-Identifier: Apache-2.0

import HTTPTransfer

/// Says what a registry's refusal means, and what to do about it.
enum RegistryProblem {
    /// Runs the body, and turns what the network and the registry say into errors for people.
    static func explaining<Result>(
        _ reference: RegistryReference, _ action: String, _ body: () throws -> Result
    ) throws -> Result {
        do { return try body() } catch let failure as RegistryFailure {
            throw error(failure, reference, action)
        } catch let failure as HTTPError { throw error(failure, reference) }
    }

    private static func error(
        _ failure: RegistryFailure, _ reference: RegistryReference, _ action: String
    ) -> SharingError {
        let host = reference.host
        switch failure.status {
        case 401:
            return SharingError(
                .unauthorized, "\(host) wants another login to \(action) \(reference.repository): \(failure.text)",
                hint: "docker login \(host)")
        case 403:
            return SharingError(
                .unauthorized, "\(host) does not let this login \(action) \(reference.repository): \(failure.text)",
                hint: "ask who runs the registry, or docker login \(host) as somebody else")
        case 404 where failure.code == "MANIFEST_UNKNOWN" || failure.code == "NAME_UNKNOWN" || failure.code == nil:
            return SharingError(
                .notFound, "there is no \(reference)", hint: "look at the name and the tag; was it pushed?")
        case 404:
            return SharingError(
                .notFound, "\(reference) is not whole, or not to be had: \(failure.text)", hint: "push it again")
        case 413:
            return SharingError(
                .registry, "\(host) does not take so much at once: \(failure.text)",
                hint: "a proxy before the registry may limit the size of requests")
        default:
            return SharingError(.registry, "\(host) answers with \(failure.text)", hint: "try again later")
        }
    }

    private static func error(_ error: HTTPError, _ reference: RegistryReference) -> SharingError {
        let host = reference.host
        switch error.code {
        case .unreachable:
            return SharingError(
                .unreachable, "\(host) cannot be reached: \(error.message)", hint: "look at the name and the port")
        case .noTLS:
            return SharingError(
                .unreachable, "\(host) does not speak TLS: \(error.message)",
                hint: "if it is meant to, look at the port; --plain-http sends everything unencrypted")
        case .untrusted:
            return SharingError(
                .untrusted, "the certificate of \(host) is not to be trusted: \(error.message)",
                hint: "give the authority that signed it with --ca-file")
        default:
            return SharingError(
                .unreachable, "the connection with \(host) failed: \(error.message)",
                hint: "try again: what has come or gone already is not sent twice")
        }
    }
}
