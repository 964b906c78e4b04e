// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension Engine {
    /// Sends a request and reads its whole answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, without a version.
    ///   - query: What stands behind the question mark.
    ///   - body: What the request carries.
    ///   - version: The version of the API to use instead of the agreed one: an older version keeps older meanings,
    ///     such as when a container is made.
    ///   - timeLimit: The time that the answer may take.
    /// - Throws: `EngineError`, also for an answer that reports an error; its message has the engine's sentence.
    @discardableResult
    public func send(
        _ method: HTTPMethod, _ path: RequestPath, query: [(String, String)] = [], body: RequestBody = .none,
        at version: APIVersion? = nil, timeLimit: TimeLimit = .standard
    ) async throws -> EngineResponse {
        let content = body.content.map { HTTPRequest.Content.bytes($0.bytes, type: $0.type) } ?? .none
        let request = try request(method, path, query: query, content: content, at: version)
        let deadline = Deadline(after: timeLimit.duration(standard: limits.request))
        return try await transport.exchange(request, within: deadline).wholeResponse(within: deadline)
    }

    /// Sends a request whose answer is JSON.
    public func json(
        _ method: HTTPMethod, _ path: RequestPath, query: [(String, String)] = [], body: RequestBody = .none,
        at version: APIVersion? = nil, timeLimit: TimeLimit = .standard
    ) async throws -> RawJSON {
        try await send(method, path, query: query, body: body, at: version, timeLimit: timeLimit).json()
    }

    /// Asks for an answer of any length; errors the engine reports in its status are thrown here.
    public func download(
        _ path: RequestPath, query: [(String, String)] = [], at version: APIVersion? = nil, ending: StreamEnding = .any,
        timeLimit: TimeLimit = .standard
    ) async throws -> ByteStream {
        ByteStream(try await body(path, query: query, at: version, ending: ending, timeLimit: timeLimit))
    }

    /// Sends a request with content of any length, and reads its whole answer.
    ///
    /// The body is asked for its next piece only when the engine has taken the one before.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, without a version.
    ///   - query: What stands behind the question mark.
    ///   - contentType: What the body is.
    ///   - body: The content, piece by piece.
    ///   - version: The version of the API to use instead of the agreed one.
    ///   - timeLimit: The time the answer may take once all has been sent.
    @discardableResult
    public func upload<Body: AsyncSequence>(
        _ method: HTTPMethod, _ path: RequestPath, query: [(String, String)] = [],
        contentType: String = "application/x-tar", body: Body, at version: APIVersion? = nil,
        timeLimit: TimeLimit = .standard
    ) async throws -> EngineResponse where Body.Element == [UInt8] {
        let request = try request(method, path, query: query, content: .stream(type: contentType), at: version)
        return try await transport.upload(
            request, body: body, answerWithin: timeLimit.duration(standard: limits.bulk))
    }

    /// The body of an answer whose status is good.
    func body(
        _ path: RequestPath, query: [(String, String)], at version: APIVersion? = nil, ending: StreamEnding = .any,
        timeLimit: TimeLimit = .standard, stallLimit: TimeLimit = .standard
    ) async throws -> ResponseBody {
        let request = try request(.get, path, query: query, content: .none, at: version)
        let deadline = Deadline(after: timeLimit.duration(standard: limits.request))
        let exchange = try await transport.exchange(request, within: deadline)
        guard exchange.head.status == 200 else {
            let response = try await exchange.wholeResponse(within: deadline)
            throw EngineError(
                .protocolViolation, "\(location) answered \(response.status) to \(request.summary), not with bytes")
        }
        return ResponseBody(exchange, ending: ending, stall: stallLimit.duration(standard: limits.stall))
    }

    /// A request with the version of the API in its path.
    func request(
        _ method: HTTPMethod, _ path: RequestPath, query: [(String, String)], content: HTTPRequest.Content,
        at version: APIVersion?
    ) throws -> HTTPRequest {
        guard path.isSound else {
            throw EngineError(.badRequest, "the name in \(path) is empty or a step in a path: no object is called so")
        }
        let target = "/v\(version ?? apiVersion)\(path)\(PercentEncoding.query(query))"
        return HTTPRequest(method: method, target: target, content: content)
    }
}

/// Builds the query item for filters: `{"label":["a=b"]}`.
func filterItems(_ filters: [String: [String]]) -> [(String, String)] {
    guard !filters.isEmpty else { return [] }
    let object = JSONObject(filters.mapValues { .array($0.map(JSONValue.string)) })
    return [("filters", JSONValue.object(object).canonicalText)]
}

/// A query item that is only sent when true.
func flag(_ name: String, _ value: Bool) -> [(String, String)] { value ? [(name, "1")] : [] }

/// A query item that is only sent when there is a value.
func item(_ name: String, _ value: String?) -> [(String, String)] { value.map { [(name, $0)] } ?? [] }
