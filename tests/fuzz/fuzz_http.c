/* fuzz_http.c
 * The peek at the first segment of an HTTP message.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <string.h>

#include "http_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    obs_http http;
    bool is_http;

    fuzz_cheap(size, is_http = sse_http_read(data, (uint32_t)size, &http));
    if (is_http)
        fuzz_require(http.kind != OBS_HTTP_NONE);
    fuzz_require(memchr(http.host, 0, sizeof http.host) != NULL && fuzz_is_printable(http.host));
    fuzz_require(http.status < 1000);
    return 0;
}
