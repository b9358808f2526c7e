/* rcodes.h
 * DNS response codes by which a server says that it is itself cut off (RFC 1035,
 * section 4.1.1).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_RCODES_H
#define SSE_RCODES_H

#include <stdbool.h>
#include <stdint.h>

/** SERVFAIL and REFUSED: what a local resolver, or a router that answers in any
 * server's name, says when it reaches nobody. */
static inline bool sse_rcode_is_cut_off(uint8_t rcode)
{
    return rcode == 2 || rcode == 5;
}

#endif
