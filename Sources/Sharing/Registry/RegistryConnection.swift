// SPDX-License-Identifier: Apache-2.0

import HTTPTransfer
import OCI

/// One connection to a registry, for one thread: adds what lets it in, and follows redirects.
final class RegistryConnection {
    let session: RegistrySession
    private let client: HTTPClient

    init(_ session: RegistrySession) throws {
        self.session = session
        client = try session.makeClient()
    }

    /// The address of something in the repository, such as `manifests/latest`.
    func address(_ path: String) -> String { "\(session.base)/v2/\(session.reference.repository)/\(path)" }

    /// Makes a request and gives the head of an answer that is one of those expected.
    ///
    /// The request is made anew for each attempt, because its body may have been read. Only the body of a success is
    /// handed over.
    ///
    /// - Throws: `RegistryFailure` for every other answer, `HTTPError` where there is none.
    @discardableResult
    func send(
        expecting statuses: Set<Int>, receiving sink: @escaping HTTPClient.ResponseSink = { _, _ in },
        _ makeRequest: () throws -> HTTPRequest
    ) throws -> HTTPHead {
        var hasAuthorized = false
        var location: String?
        var redirects = 0
        while true {
            var request = try makeRequest()
            if let location { request.url = location }
            if let value = session.currentAuthorization, isOfRegistry(request.url) {
                request.headers.append(("Authorization", value))
            }
            var errorBody: [UInt8] = []
            let head = try client.perform(request) { head, bytes in
                if statuses.contains(head.status) { return try sink(head, bytes) }
                errorBody += bytes.prefix(max(0, (1 << 16) - errorBody.count))
            }
            if statuses.contains(head.status) { return head }
            if head.status == 401, !hasAuthorized, isOfRegistry(request.url) {
                hasAuthorized = true
                _ = try session.authorize(head, with: client)
            } else if let next = redirect(head, of: request), redirects < 5 {
                redirects += 1
                location = next
            } else {
                throw RegistryFailure(head, body: errorBody)
            }
        }
    }

    /// A small body whole.
    func read(_ path: String, accept: [MediaType] = [], limit: Int) throws -> [UInt8] {
        try session.retries.run {
            var body: [UInt8] = []
            let request = HTTPRequest(
                "GET", address(path), headers: accept.map { ("Accept", $0.rawValue) })
            try send(
                expecting: [200],
                receiving: { _, bytes in
                    guard body.count + bytes.count <= limit else {
                        throw SharingError(.badBundle, "the registry sends more than \(limit) bytes for \(path)")
                    }
                    body += bytes
                }
            ) { request }
            return body
        }
    }

    private func isOfRegistry(_ address: String) -> Bool {
        WebAddress.origin(address) == WebAddress.origin(session.base)
    }

    /// Where a registry keeps the bytes of blobs elsewhere, it sends readers there.
    private func redirect(_ head: HTTPHead, of request: HTTPRequest) -> String? {
        guard [301, 302, 303, 307, 308].contains(head.status), ["GET", "HEAD"].contains(request.method),
            let location = head["Location"].flatMap({ WebAddress.resolve($0, from: request.url) })
        else { return nil }
        // What began encrypted stays so.
        return request.url.hasPrefix("https://") && !location.hasPrefix("https://") ? nil : location
    }
}
