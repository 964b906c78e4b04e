// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md

import HTTPTransfer
import JSONTree
import OCI
import Steps
import Synchronization

/// What all connections to one registry share: where it is, and how it lets one in.
final class RegistrySession: Sendable {
    /// What is going to be done with a repository.
    enum Action: String, Sendable {
        case pull
        case push = "pull,push"
    }

    let reference: RegistryReference
    let options: RegistryOptions
    let retries: Retries
    /// `https://HOST`, or `http://HOST` where that is fine.
    let base: String
    private let action: Action
    private let credentials: Credentials?
    private let cancellation: Cancellation
    /// The value of the `Authorization` header that was last let in.
    private let authorization = Mutex<String?>(nil)
    /// Another repository of the registry from which blobs may be taken over.
    let source: String?

    /// Finds out how the registry is reached.
    ///
    /// - Throws: `HTTPError`, `RegistryFailure` or `SharingError`.
    init(
        _ reference: RegistryReference, for action: Action, mountingFrom source: String? = nil,
        options: RegistryOptions, cancellation: Cancellation, report: StepReport
    ) throws {
        self.reference = reference
        self.options = options
        self.action = action
        self.source = source
        self.cancellation = cancellation
        var retries = Retries(
            attempts: options.attempts, firstDelay: options.firstDelay, cancellation: cancellation, report: report)
        credentials = try DockerCredentials(environment: options.environment).find(reference.host)
        var settings = HTTPClient.Settings(userAgent: options.userAgent, isCancelled: { cancellation.isCancelled })
        settings.authorities = options.authorities
        base = try retries.run { [settings] in
            try Self.reach(reference, HTTPClient(settings), isPlainFine: options.allowsPlainHTTP)
        }
        // Who has answered once will do so again.
        retries.includesUnreachable = true
        self.retries = retries
    }

    /// A client for one thread.
    func makeClient() throws -> HTTPClient {
        let cancellation = cancellation
        var settings = HTTPClient.Settings(userAgent: options.userAgent, isCancelled: { cancellation.isCancelled })
        settings.authorities = options.authorities
        settings.stallSeconds = options.stallSeconds
        return try HTTPClient(settings)
    }

    /// The `Authorization` header for the next request, where one is known.
    var currentAuthorization: String? { authorization.withLock { $0 } }

    /// Does what a registry asks for that answered 401, and gives the new header.
    func authorize(_ head: HTTPHead, with client: HTTPClient) throws -> String {
        guard let challenge = AuthChallenge.best(of: head) else {
            throw SharingError(.unauthorized, "\(reference.host) asks for a login of a kind that envsnap does not know")
        }
        let value: String
        if challenge.scheme == "basic" {
            guard let basic = credentials?.basic else { throw needsLogin }
            value = basic
        } else {
            value = "Bearer " + (try token(challenge, with: client))
        }
        authorization.withLock { $0 = value }
        return value
    }

    /// The error of a registry that does not let in who comes without a login, or with this one.
    var needsLogin: SharingError {
        let action = action == .pull ? "pull from" : "push to"
        return SharingError(
            .unauthorized,
            credentials == nil
                ? "\(reference.host) wants a login to \(action) \(reference.repository), and the docker config has none"
                : "\(reference.host) does not take the docker config's login to \(action) \(reference.repository)",
            hint: "docker login \(reference.host)")
    }

    // https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/
    /// Gets a token for what is going to be done.
    private func token(_ challenge: AuthChallenge, with client: HTTPClient) throws -> String {
        let realm = challenge.parameters["realm"] ?? ""
        guard realm.hasPrefix("https://") || base.hasPrefix("http://") else {
            throw SharingError(.unauthorized, "\(reference.host) sends logins to \(realm), which is not encrypted")
        }
        let request = tokenRequest(realm, challenge.parameters["service"])
        var body: [UInt8] = []
        let head = try retries.run {
            body = []
            let head = try client.perform(request()) { _, bytes in
                guard body.count + bytes.count <= 1 << 20 else {
                    throw HTTPError(code: .malformed, message: "the token is too large")
                }
                body += bytes
            }
            let failure = RegistryFailure(head, body: body)
            if failure.isPassing { throw failure }
            return head
        }
        let answer = (try? JSONValue(parsing: body, maximumDepth: 16)) ?? .null
        guard head.isSuccess, let token = answer["token"].string ?? answer["access_token"].string else {
            throw needsLogin
        }
        return token
    }

    private func tokenRequest(_ realm: String, _ service: String?) -> () -> HTTPRequest {
        var scopes = ["repository:\(reference.repository):\(action.rawValue)"]
        if let source { scopes.append("repository:\(source):pull") }
        if case .identityToken(let token) = credentials {
            let fields = [
                ("grant_type", "refresh_token"), ("service", service ?? ""), ("client_id", "envsnap"),
                ("scope", scopes.joined(separator: " ")), ("refresh_token", token),
            ]
            let form = fields.map { "\($0)=\(WebAddress.escaped($1))" }.joined(separator: "&")
            return {
                HTTPRequest(
                    "POST", realm, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                    body: HTTPRequest.body(Array(form.utf8)))
            }
        }
        var address = service.map { WebAddress.adding("service", $0, to: realm) } ?? realm
        for scope in scopes { address = WebAddress.adding("scope", scope, to: address) }
        let headers = credentials?.basic.map { [(name: "Authorization", value: $0)] } ?? []
        return { [address] in HTTPRequest("GET", address, headers: headers) }
    }

    /// HTTPS, or on this machine HTTP where the other end does not speak TLS, as docker does it.
    private static func reach(_ reference: RegistryReference, _ client: HTTPClient, isPlainFine: Bool) throws -> String
    {
        func ping(_ base: String) throws -> String {
            let head = try client.perform(HTTPRequest("GET", base + "/v2/")) { _, _ in }
            let failure = RegistryFailure(head, body: [])
            if failure.isPassing { throw failure }
            guard head.isSuccess || head.status == 401 else {
                throw SharingError(
                    .registry, "\(reference.host) is no registry: it answers \(head.status) at /v2/",
                    hint: "look at the name and the port")
            }
            return base
        }
        if isPlainFine { return try ping("http://\(reference.apiHost)") }
        do {
            return try ping("https://\(reference.apiHost)")
        } catch let error as HTTPError where error.code == .noTLS && reference.isLoopback {
            return try ping("http://\(reference.apiHost)")
        }
    }
}
