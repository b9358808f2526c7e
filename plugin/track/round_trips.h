/* round_trips.h
 * How far the nearest public addresses are: what comes much sooner came from a
 * device on the path: docs/verdict.md, "Origin".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ROUND_TRIPS_H
#define SSE_ROUND_TRIPS_H

#include "records.h"

/** An address answered a client so long (ns) after it was asked. */
void sse_note_round_trip(sse_tracker *t, const sse_addr *address, int64_t rtt);

#endif
