// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension EngineError {
    /// What an answer with an error status means; the engine's sentence stands in its `message`.
    static func refused(_ response: EngineResponse, request: HTTPRequest, location: String) -> EngineError {
        let text = String(decoding: response.bytes.prefix(1000), as: UTF8.self).trimmingSpaces()
        let json = try? JSONValue(parsing: response.bytes)
        let said = json?["message"].string ?? json?["cause"].string ?? text
        let code: Code =
            switch response.status {
            case 400: .badRequest
            case 404: .notFound
            case 409: .conflict
            case 501: .unsupported
            default: .engineFailure
            }
        let line = said.split(whereSeparator: \.isNewline).joined(separator: " ")
        let words = line.isEmpty ? "without a word" : "\"\(line)\""
        return EngineError(
            code, "\(location) answered \(response.status) to \(request.summary): \(words)", status: response.status)
    }
}
