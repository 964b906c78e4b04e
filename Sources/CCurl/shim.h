// SPDX-License-Identifier: Apache-2.0
// libcurl's setters take a variable number of arguments, which Swift cannot call: one function a type here.
#ifndef ENVSNAP_CCURL_H
#define ENVSNAP_CCURL_H

#include <curl/curl.h>

typedef size_t (*envsnap_curl_data_function)(char *bytes, size_t size, size_t count, void *context);
typedef int (*envsnap_curl_progress_function)(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

static inline CURLcode envsnap_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode envsnap_curl_set_size(CURL *handle, CURLoption option, int64_t value) {
    return curl_easy_setopt(handle, option, (curl_off_t)value);
}

static inline CURLcode envsnap_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode envsnap_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode envsnap_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode envsnap_curl_set_data_function(
    CURL *handle, CURLoption option, envsnap_curl_data_function value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode envsnap_curl_set_progress_function(CURL *handle, envsnap_curl_progress_function value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

#endif
