// SPDX-License-Identifier: Apache-2.0
// https://curl.se/libcurl/c/libcurl-easy.html

internal import CCurl

/// Speaks HTTP over libcurl, one request at a time; connections are kept for the next one.
///
/// Bodies stream in both directions: a callback that takes its time holds up the network, so memory stays small. A
/// client belongs to one thread at a time, and blocks it.
public final class HTTPClient {
    /// Takes a piece of a response's body, with the head that came before it.
    public typealias ResponseSink = (HTTPHead, UnsafeRawBufferPointer) throws -> Void

    /// How requests are made.
    public struct Settings: Sendable {
        /// What the program calls itself.
        public var userAgent: String
        /// Certificates to trust beside those of the system, in PEM.
        public var authorities: String?
        /// How long making a connection may take, in seconds.
        public var connectSeconds = 30
        /// After how long without a byte a transfer has failed, in seconds.
        public var stallSeconds = 120
        /// Whether requests have to end.
        public var isCancelled: @Sendable () -> Bool

        /// Settings that trust what the system trusts.
        public init(userAgent: String, isCancelled: @escaping @Sendable () -> Bool) {
            self.userAgent = userAgent
            self.isCancelled = isCancelled
        }
    }

    private let settings: Settings
    private let handle: UnsafeMutableRawPointer
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Once for the process, before any thread uses libcurl.
    // CURL_GLOBAL_DEFAULT, a macro that Swift does not see.
    private static let isReady = curl_global_init(3) == CURLE_OK

    /// A client without a connection.
    public init(_ settings: Settings) throws {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw HTTPError(code: .malformed, message: "libcurl cannot be used")
        }
        self.settings = settings
        self.handle = handle
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// Makes a request and hands over the body of whatever answer comes; redirects are not followed.
    ///
    /// - Throws: `HTTPError`, `CancellationError`, or what the body's source or the sink threw.
    public func perform(_ request: HTTPRequest, receiving sink: @escaping ResponseSink) throws -> HTTPHead {
        curl_easy_reset(handle)
        errorText.pointee = 0
        let exchange = HTTPExchange(
            source: request.body?.source, sink: sink, isCancelled: settings.isCancelled)
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        // Without an empty one libcurl waits a second for `100 Continue` before it sends a body.
        for (name, value) in request.headers + [(name: "Expect", value: "")] {
            guard (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw HTTPError(code: .malformed, message: "the header \(name) has a control character in it")
            }
            headers = curl_slist_append(headers, value.isEmpty ? "\(name):" : "\(name): \(value)")
        }
        configure(request)
        envsnap_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        let code = withExtendedLifetime(exchange) { () -> CURLcode in
            connect(exchange)
            return curl_easy_perform(handle)
        }
        if let failure = exchange.failure { throw failure }
        guard code == CURLE_OK else { throw error(code, exchange) }
        return exchange.head
    }

    private func configure(_ request: HTTPRequest) {
        envsnap_curl_set_text(handle, CURLOPT_URL, request.url)
        envsnap_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        envsnap_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        envsnap_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.authorities { envsnap_curl_set_text(handle, CURLOPT_CAINFO, file) }
        envsnap_curl_set_text(handle, CURLOPT_USERAGENT, settings.userAgent)
        envsnap_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        envsnap_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, settings.connectSeconds)
        envsnap_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        envsnap_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, settings.stallSeconds)
        envsnap_curl_set_long(handle, CURLOPT_BUFFERSIZE, 1 << 18)
        envsnap_curl_set_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, 1 << 18)
        envsnap_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        if request.method == "HEAD" {
            envsnap_curl_set_long(handle, CURLOPT_NOBODY, 1)
        } else if let body = request.body {
            envsnap_curl_set_long(handle, CURLOPT_UPLOAD, 1)
            envsnap_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, body.size)
        } else if request.method != "GET" {
            envsnap_curl_set_long(handle, CURLOPT_POST, 1)
            envsnap_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, 0)
        }
        envsnap_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func connect(_ exchange: HTTPExchange) {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        envsnap_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        envsnap_curl_set_data_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let taken = HTTPClient.exchange(context)?.takeHead(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
            return taken == true ? size * count : 0
        }
        envsnap_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        envsnap_curl_set_data_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let taken = HTTPClient.exchange(context)?.takeBody(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
            return taken == true ? size * count : 0
        }
        envsnap_curl_set_pointer(handle, CURLOPT_READDATA, context)
        envsnap_curl_set_data_function(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
            let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return HTTPClient.exchange(context)?.giveBody(buffer) ?? Int(CURL_READFUNC_ABORT)
        }
        envsnap_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        envsnap_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        envsnap_curl_set_progress_function(handle) { context, _, _, _, _ in
            HTTPClient.exchange(context)?.mustStop == false ? 0 : 1
        }
    }

    private static func exchange(_ context: UnsafeMutableRawPointer?) -> HTTPExchange? {
        context.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    private func error(_ code: CURLcode, _ exchange: HTTPExchange) -> any Error {
        if code == CURLE_ABORTED_BY_CALLBACK || exchange.mustStop { return CancellationError() }
        let detail = String(cString: errorText)
        let message = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let kind: HTTPError.Code =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: .unreachable
            case CURLE_SSL_CONNECT_ERROR: .noTLS
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM: .untrusted
            case CURLE_OPERATION_TIMEDOUT: .stalled
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .malformed
            default: .broken
            }
        return HTTPError(code: kind, message: message)
    }
}
