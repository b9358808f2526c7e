/* sessions.h
 * What became of a connection to a gateway after it opened: payload and its repeats,
 * CONNECT and its answers, the end.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_SESSIONS_H
#define SSE_SESSIONS_H

#include "records.h"

/** A segment of more bytes than this may be too big for the path. */
#define SSE_BIG_SEGMENT 1200

/** Makes the record of a connection that is open with this packet. */
sse_session *sse_open_session(sse_handshake *h, const obs_packet *p);
/** Its SYN-ACK says with which sequence numbers both sides begin. */
void sse_session_starts(sse_session *s, uint32_t client_first, uint32_t gateway_first);
/** The same of a session that the client's data, first in the file, opened. */
void sse_session_is_opened(sse_session *s, uint32_t gateway_first);
/** A handshake has none any more. */
void sse_free_session(sse_handshake *h);
/** The SYN whose SYN-ACK opened it is stamped so much, ns, behind it: all that the
 * gateway sent on it is read as much later. */
void sse_session_is_behind(sse_session *s, int64_t behind);
/** A segment of the client on an open connection. */
void sse_session_from_client(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp);
/** A segment of the gateway on an open connection, no reset. */
void sse_session_from_gateway(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp);
/** The gateway's reset on an open connection. */
void sse_session_reset(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp);

/** Charges the client's data that waited too long on open connections, as
 * sse_settle() does with other attempts. */
void sse_sessions_settle(sse_tracker *t);

#endif
