// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs

import HTTPTransfer
import OCI

/// Sends one blob, unless the registry has it.
final class BlobUpload {
    /// What became of a blob.
    enum Outcome: Sendable { case wasThere, mounted, sent }

    private let connection: RegistryConnection
    private let digest: Digest
    private let size: Int64
    private let bytes: RewindingSource
    /// Where the registry takes the rest of the bytes, and how many it has.
    private var session: (location: String, offset: Int64)?

    /// An upload of the bytes that `open` gives from their beginning.
    init(
        _ digest: Digest, size: Int64, over connection: RegistryConnection,
        open: @escaping () throws -> HTTPRequest.BodySource
    ) {
        self.connection = connection
        self.digest = digest
        self.size = size
        bytes = RewindingSource(open: open)
    }

    private var options: RegistryOptions { connection.session.options }

    /// Sends the bytes, in chunks when they are many; after a failure it goes on where the registry is.
    func run() throws -> Outcome {
        try connection.session.retries.run(progress: { [self] in session?.offset ?? 0 }) {
            if try isThere() { return .wasThere }
            if let open = session { session = try? status(open.location) }
            if session == nil {
                guard let location = try begin() else { return .mounted }
                session = (location, 0)
            }
            try sendRest()
            return .sent
        }
    }

    private func isThere() throws -> Bool {
        try connection.send(expecting: [200, 404]) { HTTPRequest("HEAD", connection.address("blobs/\(digest)")) }
            .status == 200
    }

    /// Opens an upload session and gives its address; nil when the blob was taken over from another repository.
    private func begin() throws -> String? {
        var address = connection.address("blobs/uploads/")
        if let source = connection.session.source {
            address = WebAddress.adding("mount", digest.description, to: address)
            address = WebAddress.adding("from", source, to: address)
        }
        let head = try connection.send(expecting: [201, 202]) { HTTPRequest("POST", address) }
        return head.status == 201 ? nil : try location(in: head, of: address)
    }

    private func sendRest() throws {
        do {
            while let (location, offset) = session {
                guard size - offset > options.chunkSize else { return try finish(location, offset) }
                let head = try send("PATCH", location, offset, options.chunkSize, expecting: [202, 201, 204])
                session = (try self.location(in: head, of: location), offset + options.chunkSize)
            }
        } catch let failure as RegistryFailure where [404, 416].contains(failure.status) {
            // The registry has forgotten the session, or lost count: the blob begins anew.
            session = nil
            throw HTTPError(code: .broken, message: "the registry dropped the upload: \(failure.text)")
        }
    }

    /// Closes the session with the rest of the bytes.
    private func finish(_ location: String, _ offset: Int64) throws {
        let address = WebAddress.adding("digest", digest.description, to: location)
        _ = try send("PUT", address, offset, size - offset, expecting: [201, 204])
    }

    private func send(
        _ method: String, _ address: String, _ offset: Int64, _ count: Int64, expecting statuses: Set<Int>
    ) throws -> HTTPHead {
        try connection.send(expecting: statuses) {
            var request = HTTPRequest(
                method, address, headers: [("Content-Type", "application/octet-stream")],
                body: (count, try bytes.part(from: offset, count: count)))
            if count > 0, offset > 0 || method == "PATCH" {
                request.headers.append(("Content-Range", "\(offset)-\(offset + count - 1)"))
            }
            return request
        }
    }

    /// How far the registry is in a session.
    private func status(_ location: String) throws -> (location: String, offset: Int64)? {
        let head = try connection.send(expecting: [204]) { HTTPRequest("GET", location) }
        guard let last = head["Range"]?.split(separator: "-").last.flatMap({ Int64($0) }), last < size else {
            return nil
        }
        // Nothing at all and one byte are both told as "0-0".
        return (try self.location(in: head, of: location), last == 0 ? 0 : last + 1)
    }

    private func location(in head: HTTPHead, of address: String) throws -> String {
        guard let location = head["Location"].flatMap({ WebAddress.resolve($0, from: address) }) else {
            throw SharingError(.registry, "the registry does not say where the upload goes on")
        }
        return location
    }
}
