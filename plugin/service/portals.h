/* portals.h
 * The connectivity tests of operating systems and browsers, by which a captive
 * portal is recognised; one of them is also the echo service of the gateway's
 * agent. Source: plugin/docs/domain.md, "Captive portals".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PORTALS_H
#define SSE_PORTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Which connectivity test a request is.
 * @param host  in lower case, without port
 * @param path  the request's target and what follows it, length bytes
 * @return its number, 0 where it is none */
uint8_t sse_portal_test_of(const char *host, const uint8_t *path, size_t length);

/** Which of the bodies that open networks answer with are in this one, as bits. */
uint8_t sse_portal_bodies_in(const uint8_t *body, size_t length);

/** What an answer to a test says. A redirect, 511 (RFC 6585), or a page of somebody
 * else's is no open network's; an error, or a body in a later segment, says nothing. */
typedef enum { SSE_PORTAL_SAYS_NOTHING, SSE_PORTAL_FALSE, SSE_PORTAL_KNOWN } sse_portal_answer;
/** @param test   see sse_portal_test_of()
 * @param bodies see sse_portal_bodies_in() */
sse_portal_answer sse_portal_judge(uint8_t test, uint16_t status, bool has_body, uint8_t bodies);

#endif
