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

/** Errors after which a packet is lost whatever its size: all that say
 * "unreachable" (RFC 792, RFC 4443 3.1), time or hops exceeded. */
bool sse_icmp_is_rejection(const sse_addr *sender, uint8_t type, uint8_t code);

/** "Fragmentation needed" (RFC 1191), "packet too big" (RFC 4443 3.2). */
bool sse_icmp_is_too_big(const sse_addr *sender, uint8_t type, uint8_t code);

/** Errors that only a filter sends (RFC 1812 5.2.7.1, RFC 4443 3.1), "port
 * unreachable" if it is not the destination itself that says so: then a rule is
 * the remedy. */
bool sse_icmp_is_filter(const sse_addr *sender, uint8_t type, uint8_t code, const sse_addr *destination);

/** "Port unreachable": what a host says of a port on which nobody listens, or that
 * its own firewall rejects. */
bool sse_icmp_is_port_unreachable(const sse_addr *sender, uint8_t type, uint8_t code);

/** What an error says, in words: RFC 792, RFC 1812 5.2.7.1; RFC 4443 3.1, 3.3.
 * @param family 4, 6: of the sender. @return NULL where it has no name here. */
const char *sse_icmp_meaning(uint8_t family, uint8_t type, uint8_t code);

#endif
