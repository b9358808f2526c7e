/* waiting.h
 * A client's other attempts (TCP, DNS, HTTP with a proxy or a connectivity test)
 * that wait for their answer. Those that met silence are charged to the record that
 * was the client's newest when they were made.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_WAITING_H
#define SSE_WAITING_H

#include "records.h"

/** Names a conversation, seen from one of its two sides. what: tells kinds of
 * conversations apart */
uint64_t sse_conversation_key(const sse_addr *peer, uint16_t peer_port, uint16_t own_port, unsigned what);

/** How an attempt stands when it is made. */
typedef enum { SSE_ATTEMPT_WAITS, SSE_ATTEMPT_ANSWERED, SSE_ATTEMPT_OPENED } sse_attempt;
/** An attempt of a client, which waits unless its answer came first in the file. */
sse_attempt sse_wait_for(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool dns);
/** An answer to one, or to one that comes later in the file. opened: a SYN-ACK
 * @return how long it waited, in ns; 0 where none did */
int64_t sse_attempt_answered(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool opened);

/** How long another attempt waits before it counts as silence. */
#define SSE_ATTEMPT_WAIT (5 * SSE_SECOND)
/** An attempt met silence: charged to a record, by its number. */
void sse_charge_silence(sse_tracker *t, uint32_t record, bool dns);

/** See sse_tracker_settle(). */
void sse_settle(sse_tracker *t);

/** An HTTP request (CONNECT, absolute URI, connectivity test) whose answer is awaited. */
void sse_expect_http(sse_address *a, uint64_t key, const obs_http *http);
/** An HTTP answer to a client. */
void sse_http_answer(sse_tracker *t, uint32_t client, uint64_t key, const obs_packet *p, const obs_http *http);

#endif
