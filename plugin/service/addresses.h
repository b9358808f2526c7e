/* addresses.h
 * The addresses of Cisco's service: resolvers, gateway, block pages, own ranges.
 * Facts: plugin/docs/domain.md, "Names and addresses".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ADDRESSES_H
#define SSE_ADDRESSES_H

#include "address.h"

/** The resolvers that the module probes: dns.umbrella.com and dns.sse.cisco.com
 * (Cisco's "Network requirements"), the third and fourth, which virtual
 * appliances use, and the pair of the US-only setting. As the preference's default. */
#define SSE_DEFAULT_RESOLVERS \
    "208.67.222.222, 208.67.220.220, 208.67.222.220, 208.67.220.222, 208.67.221.76, 208.67.223.76, " \
    "2620:119:35::35, 2620:119:53::53"

/** The gateway's fixed address: swgAnycast of the module's SWGConfig.json. */
#define SSE_BUILTIN_GATEWAY "146.112.255.50"

/** A block-page address of OpenDNS, Umbrella or Secure Access: an answer with
 * it is policy, not the service asked for. */
bool sse_addr_is_block_page(const sse_addr *addr);
/** One of the pair that only the US-only setting uses: nobody else needs a rule
 * for it. */
bool sse_addr_is_us_only_resolver(const sse_addr *addr);
/** What a firewall answers in place of a name that it blocks. Source:
 * plugin/docs/domain.md, "Names and addresses". */
bool sse_addr_is_sinkhole(const sse_addr *addr);
/** In 208.67.216.0/21, where all IPv4 resolvers are. */
bool sse_addr_is_near_resolvers(const sse_addr *addr);
/** In Cisco's own published ranges for Umbrella and Secure Access. */
bool sse_addr_is_service(const sse_addr *addr);

#endif
