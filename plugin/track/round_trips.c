/* round_trips.c
 * How far the nearest public addresses are.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "round_trips.h"

/* What answers sooner may be a device next door that answers for others. */
#define AWAY (2 * SSE_MSECOND)

void sse_note_round_trip(sse_tracker *t, const sse_addr *address, int64_t rtt)
{
    sse_nearest *n = t->nearest;

    if (rtt <= AWAY || (n[1].rtt != 0 && rtt >= n[1].rtt) || !sse_tracker_is_public(t, address))
        return;
    /* Two, of different addresses: what is asked is that of another one. */
    if (n[0].rtt != 0 && sse_addr_equal(&n[0].address, address)) {
        n[0].rtt = MIN(n[0].rtt, rtt);
        return;
    }
    n[1] = (sse_nearest){ .address = *address, .rtt = rtt };
    if (n[0].rtt == 0 || rtt < n[0].rtt) {
        const sse_nearest nearest = n[1];

        n[1] = n[0];
        n[0] = nearest;
    }
}
