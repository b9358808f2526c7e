/* room.h
 * How much is kept of what a sender controls: see SSE_MAX_RECORDS and its like in records.h.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ROOM_H
#define SSE_ROOM_H

#include "records.h"

/** Notes, once for each limit, that something was left out. */
void sse_note_limit(sse_tracker *t, sse_limit limit, uint32_t client, uint32_t frame, int64_t time);
/** Is there room for one more probe, handshake or lookup? If not, notes it. */
bool sse_has_room(sse_tracker *t, const GArray *records, sse_limit limit, const obs_packet *p);
/** Is there room for the addresses of a packet? If not, notes it. */
bool sse_has_room_for_addresses(sse_tracker *t, const obs_packet *p);

#endif
