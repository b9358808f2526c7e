/* ip_layers.h
 * Where in this frame are the innermost IP header, the transport header and
 * the payload? Post-dissectors are not told; this finds out from the bytes.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_IP_LAYERS_H
#define SSE_IP_LAYERS_H

#include "compat.h"
#include "observation.h"

#define SSE_IP_ICMP   1
#define SSE_IP_TCP    6
#define SSE_IP_UDP    17
#define SSE_IP_ICMPV6 58

/** One packet's headers. Pointers are into the data of tvb and live as long
 * as the packet is being dissected. */
typedef struct sse_ip_layers {
    tvbuff_t *tvb;            /**< holds the payload: the frame, or what was reassembled or decrypted */
    const uint8_t *payload;   /**< of UDP, TCP or, for ICMP, its body; NULL where there is none */
    int      payload_offset;  /**< in tvb */
    uint32_t payload_held;    /**< bytes captured */
    uint32_t payload_length;  /**< bytes on the wire */
    bool     cut;             /**< the snap length took some of it */
    tvbuff_t *ip_tvb;         /**< holds the IP header of src and dst; NULL where it was not found */
    int      ip_offset;       /**< in ip_tvb */
    int      ports_offset;    /**< TCP and UDP: of the source port, in tvb */
    uint8_t  protocol;        /**< SSE_IP_; 0 where the transport header is not whole */
    uint8_t  ttl;
    uint16_t ip_id;
    uint16_t sport, dport;    /**< TCP and UDP */
    uint8_t  flags;           /**< TCP, OBS_TCP_ */
    uint32_t seq, ack;
    uint16_t window;
    sse_addr src, dst;        /**< of ICMP: its own, never those of the packet that it quotes */
    uint8_t  icmp_type, icmp_code;
} sse_ip_layers;

/** An address of the packet as Wireshark has it.
 * @return false where it is neither IPv4 nor IPv6. */
bool sse_address_of(const address *from, sse_addr *addr);

/** The UDP payload of an outermost IPv4 packet without options, for who wants its first
 * bytes only: much cheaper than the next. NULL where least bytes of it are not to be
 * found like this, which says nothing. */
const uint8_t *sse_ip_layers_glance(tvbuff_t *frame, const packet_info *pinfo, uint32_t least);

/** Reads the headers of the innermost packet.
 * @param src, dst the addresses that pinfo has
 * @return false where no IP header with these addresses is found. */
bool sse_ip_layers_read(tvbuff_t *frame, packet_info *pinfo, const sse_addr *src, const sse_addr *dst, sse_ip_layers *w);

/** What an ICMP or ICMPv6 error quotes.
 * @return false where this is no error, or it quotes too little. */
bool sse_ip_layers_quote(const sse_ip_layers *w, obs_icmp *icmp);

/** A hash of bytes; limit: how many are looked at. */
uint32_t sse_hash_bytes(const uint8_t *bytes, uint32_t length, uint32_t limit);

/** To call once, when all protocols are registered. */
void sse_ip_layers_handoff(void);

#endif
