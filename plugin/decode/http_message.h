/* http_message.h
 * Peeks at the first segment of an HTTP message: CONNECT and its answer,
 * requests to a proxy, and connectivity tests.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HTTP_MESSAGE_H
#define SSE_HTTP_MESSAGE_H

#include "observation.h"

/** Can a segment that starts with this byte be of interest? To ask before the
 * segment is read: most traffic is something else. */
static inline bool sse_http_may_start(uint8_t first)
{
    return first == 'C' || first == 'G' || first == 'P' || first == 'H' || first == 'O' || first == 'D';
}

/** How a stream begins; of a segment that may be NULL. */
obs_start sse_http_start(const uint8_t *bytes, uint32_t length);

/** Reads the start of an HTTP message out of one segment.
 * @return true where http->kind is not OBS_HTTP_NONE. */
bool sse_http_read(const uint8_t *bytes, uint32_t length, obs_http *http);

#endif
