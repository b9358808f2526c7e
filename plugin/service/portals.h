/* portals.h
 * The connectivity tests of Windows and Apple's systems, by which a captive
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

/** Is a request a connectivity test?
 * @param host  in lower case, without port
 * @param path  the request's target and what follows it, length bytes */
bool sse_is_portal_test(const char *host, const uint8_t *path, size_t length);

/** What an open network answers to one: each answer holds one of these. */
#define SSE_PORTAL_BODIES 3
extern const char *const sse_portal_bodies[SSE_PORTAL_BODIES];

#endif
