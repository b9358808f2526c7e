/* untaught.h
 * What clients sent to addresses that an answer may yet teach to be gateways: where one
 * file is appended to another the answer stands behind what was sent after it.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_UNTAUGHT_H
#define SSE_UNTAUGHT_H

#include "records.h"

struct sse_untaught;

/** A client's segment to an address that is no gateway so far. Keeps its SYN or
 * CONNECT, the newest of all clients. */
void sse_keep_untaught(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp);
/** An answer of this time taught this gateway: what was sent to it since, by the time,
 * is of its handshakes. */
void sse_untaught_is_gateway(sse_tracker *t, const sse_addr *gateway, int64_t time);
void sse_free_untaught(struct sse_untaught *u);

#endif
