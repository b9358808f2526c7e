/* direct.h
 * A client's connections to public addresses that are no gateway: direct ones, while
 * web protection was up or down; and, where nobody named its gateway, those to 443,
 * of which one may be it (candidates).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_DIRECT_H
#define SSE_DIRECT_H

#include "records.h"

/** A SYN to a public address. opened: its SYN-ACK came first in the file */
void sse_direct_syn(sse_tracker *t, uint32_t client, const obs_packet *p, bool opened);
/** CONNECT to a public address. */
void sse_direct_connect(sse_tracker *t, uint32_t client, const obs_packet *p);
/** Its request: an operating system's connectivity test. */
void sse_direct_test(sse_address *a, const obs_packet *p);
/** The SYN-ACK of such a connection. */
void sse_direct_opened(sse_address *a, const obs_packet *p);
/** A handshake with a gateway completed: what the client reached directly between
 * the one before and it was reached while web protection was up. What it reached
 * before the first one says nothing. */
void sse_fold_direct(sse_tracker *t, sse_address *a, int64_t completed);

#endif
