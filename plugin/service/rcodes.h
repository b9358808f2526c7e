/* rcodes.h
 * DNS response codes and types that rules name, and by which code a server says that
 * it is itself cut off.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_RCODES_H
#define SSE_RCODES_H

#include <stdbool.h>
#include <stdint.h>

/** RFC 1035, sections 4.1.1 and 3.2.2. */
#define SSE_RCODE_SERVFAIL 2
#define SSE_RCODE_NXDOMAIN 3
#define SSE_RCODE_REFUSED  5
#define SSE_DNS_TYPE_A     1
#define SSE_DNS_TYPE_TXT   16

/** SERVFAIL and REFUSED: what a local resolver, or a router that answers in any
 * server's name, says when it reaches nobody. */
static inline bool sse_rcode_is_cut_off(uint8_t rcode)
{
    return rcode == SSE_RCODE_SERVFAIL || rcode == SSE_RCODE_REFUSED;
}

#endif
