/* icmp.h
 * What an ICMP or ICMPv6 error means. Types and codes: RFC 792, RFC 1812, RFC 4443.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ICMP_H
#define SSE_ICMP_H

#include "address.h"

/** Errors of routing (RFC 792, RFC 4443 3.1, 3.3) are as good as silence: the
 * line is down, nobody filters.
 * @param sender whoever sent the error: tells ICMP from ICMPv6 */
bool sse_icmp_is_routing(const sse_addr *sender, uint8_t type, uint8_t code);

#endif
