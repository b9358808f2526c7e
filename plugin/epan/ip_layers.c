/* ip_layers.c
 * Where in this frame are the innermost IP header, the transport header and
 * the payload? Post-dissectors are not told; this finds out from the bytes.
 *
 * Facts it stands on, the same on all supported versions: the buffer that a
 * post-dissector gets is the whole frame; pinfo->net_src points into the
 * packet's bytes for IPv4 (RFC 791) and is a copy for IPv6 (RFC 8200); a packet
 * that an ICMP error quotes leaves its ports in pinfo, and may leave its
 * addresses there too.
 * Everything read from the packet is checked against what was captured.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ip_layers.h"

#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER  20
#define UDP_HEADER  8
#define ICMP_HEADER 8
#define MAX_EXTENSIONS 16
#define MAX_CANDIDATES  64  /* headers with the right addresses in one frame */

static int proto_icmp = -1, proto_icmpv6 = -1;

/* One run of bytes that holds packets: the frame or another data source. */
typedef struct source {
    tvbuff_t *tvb;
    const uint8_t *bytes;
    uint32_t held, length; /* captured, on the wire */
} source;

/* One IP header, extension headers included. */
typedef struct ip_header {
    uint32_t start, transport; /* offsets in the source */
    uint32_t end;              /* of the packet on the wire */
    uint8_t  version, protocol, ttl;
    uint16_t id;
    bool     fragment;         /* not the first one: no transport header */
    bool     first_fragment;
} ip_header;

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

void sse_ip_layers_handoff(void)
{
    proto_icmp = proto_get_id_by_filter_name("icmp");
    proto_icmpv6 = proto_get_id_by_filter_name("icmpv6");
}

bool sse_address_of(const address *from, sse_addr *addr)
{
    if (from->type == AT_IPv4 && from->len == 4) {
        *addr = sse_addr_v4((const uint8_t *)from->data);
        return true;
    }
    if (from->type == AT_IPv6 && from->len == 16) {
        *addr = sse_addr_v6((const uint8_t *)from->data);
        return true;
    }
    return false;
}

uint32_t sse_hash_bytes(const uint8_t *bytes, uint32_t length, uint32_t limit)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ length;
    uint32_t at = 0;

    length = MIN(length, limit);
    for (; at + 8 <= length; at += 8) {
        uint64_t word;

        memcpy(&word, bytes + at, 8);
        hash = (hash ^ GUINT64_FROM_LE(word)) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 29;
    }
    for (; at < length; at++)
        hash = (hash ^ bytes[at]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    return (uint32_t)hash;
}

static bool open_source(tvbuff_t *tvb, source *s)
{
    if (tvb == NULL)
        return false;
    s->tvb = tvb;
    s->held = tvb_captured_length(tvb);
    s->length = tvb_reported_length(tvb);
    if (s->held == 0)
        return false;
    s->bytes = tvb_get_ptr(tvb, 0, (int)s->held);
    return true;
}

/* Walks the IP header at an offset, over options and extension headers, to the
 * transport header. @return false where it is none or not whole. */
static bool walk_ip(const source *s, uint32_t start, ip_header *h)
{
    const uint8_t *p = s->bytes + start;
    uint32_t held, length;

    if (start >= s->held)
        return false;
    held = s->held - start;
    length = MAX(s->length, s->held) - start;
    h->start = start;
    h->version = p[0] >> 4;
    h->fragment = h->first_fragment = false;
    if (h->version == 4) {
        uint32_t header = (p[0] & 15u) * 4, total;

        if (header < IPV4_HEADER || held < header)
            return false;
        /* A total length of 0 is the sender's offload: what is there, counts. */
        total = get16(p + 2);
        if (total < header)
            total = length;
        h->end = start + MIN(total, length);
        h->transport = start + header;
        h->id = get16(p + 4);
        h->fragment = (get16(p + 6) & 0x1fff) != 0;
        h->first_fragment = !h->fragment && (get16(p + 6) & 0x2000) != 0;
        h->ttl = p[8];
        h->protocol = p[9];
        return true;
    }
    if (h->version != 6 || held < IPV6_HEADER)
        return false;
    uint32_t payload = get16(p + 4), at = IPV6_HEADER;
    uint8_t next = p[6];

    h->end = start + (payload == 0 ? length : MIN(IPV6_HEADER + payload, length));
    h->id = 0;
    h->ttl = p[7];
    for (unsigned i = 0; i < MAX_EXTENSIONS; i++) {
        uint32_t size;

        switch (next) {
        case 0: case 43: case 60: case 135: case 139: case 140: /* RFC 7045 */
            if (at + 8 > held)
                return false;
            size = (p[at + 1] + 1u) * 8;
            break;
        case 44: /* fragment */
            if (at + 8 > held)
                return false;
            size = 8;
            h->fragment = (get16(p + at + 2) & 0xfff8) != 0;
            h->first_fragment = !h->fragment && (p[at + 3] & 1) != 0;
            break;
        case 51: /* authentication, RFC 4302 */
            if (at + 8 > held)
                return false;
            size = (p[at + 1] + 2u) * 4;
            break;
        default:
            h->protocol = next;
            h->transport = start + at;
            return true;
        }
        next = p[at];
        at += size;
        if (h->fragment) {
            h->protocol = next;
            h->transport = start + at;
            return true;
        }
    }
    return false;
}

/* Has the header these addresses? An IPv6 routing header may change the
 * destination that pinfo has, IPv4 source routing too: the source decides. */
static bool has_source(const source *s, uint32_t start, const sse_addr *src)
{
    uint32_t at = start + (src->family == 4 ? 12 : 8);

    /* Sizes that the compiler knows: asked of each packet of a client. */
    if (src->family == 4)
        return at + 4 <= s->held && memcmp(s->bytes + at, src->bytes, 4) == 0;
    return at + 16 <= s->held && memcmp(s->bytes + at, src->bytes, 16) == 0;
}

static bool has_pair(const source *s, uint32_t start, const sse_addr *src, const sse_addr *dst)
{
    uint32_t size = src->family == 4 ? 4 : 16, at = start + (src->family == 4 ? 12 : 8) + size;

    return has_source(s, start, src) && at + size <= s->held && memcmp(s->bytes + at, dst->bytes, size) == 0;
}

static bool is_icmp(const ip_header *h)
{
    return h->protocol == (h->version == 4 ? SSE_IP_ICMP : SSE_IP_ICMPV6);
}

static bool protocol_fits(const ip_header *h, const packet_info *pinfo)
{
    return is_icmp(h) || (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP) ||
           h->protocol == (pinfo->ptype == PT_TCP ? SSE_IP_TCP : SSE_IP_UDP);
}

/* Do the ports behind this header equal those of pinfo? */
static bool ports_fit(const source *s, const ip_header *h, const packet_info *pinfo)
{
    if (!protocol_fits(h, pinfo))
        return false;
    if ((pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP) || is_icmp(h) || h->fragment)
        return true;
    return h->transport + 4 <= s->held && get16(s->bytes + h->transport) == pinfo->srcport &&
           get16(s->bytes + h->transport + 2) == pinfo->destport;
}

/* The last header in a source with these addresses: the innermost one. A frame that
 * is full of what nearly are headers is given up. */
static bool search(const source *s, const sse_addr *src, const sse_addr *dst, const packet_info *pinfo, ip_header *h)
{
    uint32_t least = src->family == 4 ? IPV4_HEADER : IPV6_HEADER;
    unsigned candidates = 0;

    if (s->held < least)
        return false;
    for (uint32_t start = s->held - least + 1; start-- > 0 && candidates < MAX_CANDIDATES;) {
        if (s->bytes[start] >> 4 != src->family || !has_pair(s, start, src, dst))
            continue;
        candidates++;
        if (walk_ip(s, start, h) && ports_fit(s, h, pinfo))
            return true;
    }
    return false;
}

/* Where the source address of pinfo points into a source, its header. Only the
 * protocol has to fit: a dissector that lends pinfo its own ports for a while,
 * as HTTP does behind CONNECT, may have ended before it gave them back. */
static bool by_pointer(const source *s, const packet_info *pinfo, const sse_addr *src, ip_header *h)
{
    uintptr_t data = (uintptr_t)pinfo->net_src.data, base = (uintptr_t)s->bytes;

    if (data < base + 12 || data + 4 > base + s->held)
        return false;
    uint32_t start = (uint32_t)(data - base) - 12;

    return s->bytes[start] >> 4 == 4 && has_source(s, start, src) && walk_ip(s, start, h) &&
           protocol_fits(h, pinfo);
}

const uint8_t *sse_ip_layers_glance(tvbuff_t *frame, const packet_info *pinfo, uint32_t least)
{
    const uint32_t held = tvb_captured_length(frame);
    const uint8_t *bytes;
    uintptr_t start;

    if (pinfo->net_src.type != AT_IPv4 || held < IPV4_HEADER + UDP_HEADER + least)
        return NULL;
    bytes = tvb_get_ptr(frame, 0, (int)held);
    start = (uintptr_t)pinfo->net_src.data - (uintptr_t)bytes - 12;
    /* One that an ICMP error quotes lies behind its headers. */
    if (start >= IPV4_HEADER + ICMP_HEADER || start + IPV4_HEADER + UDP_HEADER + least > held ||
        bytes[start] != 0x45 || bytes[start + 9] != SSE_IP_UDP)
        return NULL;
    return bytes + start + IPV4_HEADER + UDP_HEADER;
}

/* Offsets of the IP header behind Ethernet, with one VLAN tag, Linux cooked
 * captures, PPPoE, the BSD loopback header, and none. */
static const uint8_t usual_offsets[] = { 14, 18, 16, 20, 22, 4, 0 };

static bool locate(tvbuff_t *frame, packet_info *pinfo, const sse_addr *src, const sse_addr *dst, source *s,
                   ip_header *h)
{
    source whole;

    if (!open_source(frame, &whole))
        return false;
    *s = whole;
    if (src->family == 4) {
        if (by_pointer(s, pinfo, src, h))
            return true;
        for (GSList *i = pinfo->data_src; i != NULL; i = i->next) {
            if (open_source(get_data_source_tvb((const struct data_source *)i->data), s) &&
                by_pointer(s, pinfo, src, h))
                return true;
        }
    } else if (pinfo->ptype != PT_NONE) {
        for (unsigned i = 0; i < G_N_ELEMENTS(usual_offsets); i++) {
            uint32_t start = usual_offsets[i];

            if (start < s->held && s->bytes[start] >> 4 == 6 && has_pair(s, start, src, dst) && walk_ip(s, start, h) &&
                ports_fit(s, h, pinfo))
                return true;
        }
    }
    *s = whole;
    if (search(s, src, dst, pinfo, h))
        return true;
    /* Reassembled or decrypted packets: the newest source is the innermost. */
    for (guint i = g_slist_length(pinfo->data_src); i-- > 0;) {
        if (open_source(get_data_source_tvb((const struct data_source *)g_slist_nth_data(pinfo->data_src, i)), s) &&
            s->bytes != whole.bytes && search(s, src, dst, pinfo, h))
            return true;
    }
    return false;
}

static bool has_icmp_layer(const packet_info *pinfo)
{
    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer != NULL; layer = wmem_list_frame_next(layer)) {
        int proto = GPOINTER_TO_INT(wmem_list_frame_data(layer));

        if (proto == proto_icmp || proto == proto_icmpv6)
            return true;
    }
    return false;
}

/* The ICMP packet that quotes the packet at h, or h itself if that is ICMP:
 * its IP header lies close before, ends where the ICMP header begins, and says
 * so. */
static bool enclosing_icmp(const source *s, const ip_header *h, ip_header *icmp)
{
    uint8_t wanted = h->version == 4 ? SSE_IP_ICMP : SSE_IP_ICMPV6;
    uint32_t header = h->start - ICMP_HEADER;

    if (is_icmp(h)) {
        *icmp = *h;
        return true;
    }
    if (h->start < ICMP_HEADER + IPV4_HEADER)
        return false;
    for (uint32_t size = IPV4_HEADER; size <= 512 && size <= header; size += 4) {
        if (s->bytes[header - size] >> 4 == h->version && walk_ip(s, header - size, icmp) &&
            icmp->transport == header && icmp->protocol == wanted && !icmp->fragment)
            return true;
    }
    return false;
}

static sse_addr header_address(const source *s, const ip_header *h, bool destination)
{
    const uint8_t *p = s->bytes + h->start;

    return h->version == 4 ? sse_addr_v4(p + (destination ? 16 : 12)) : sse_addr_v6(p + (destination ? 24 : 8));
}

static void set_header(const source *s, const ip_header *h, sse_ip_layers *w)
{
    w->ip_tvb = s->tvb;
    w->ip_offset = (int)h->start;
    w->ttl = h->ttl;
    w->ip_id = h->id;
}

static void set_payload(const source *s, uint32_t start, uint32_t end, sse_ip_layers *w)
{
    w->tvb = s->tvb;
    w->payload_length = end > start ? end - start : 0;
    w->payload_held = start < s->held ? MIN(w->payload_length, s->held - start) : 0;
    w->payload_offset = (int)start;
    w->payload = w->payload_held > 0 ? s->bytes + start : NULL;
    w->cut = w->payload_held < w->payload_length;
}

/* first: it is the first fragment alone */
static void read_transport(const source *s, uint32_t start, uint32_t end, uint8_t protocol, bool first, sse_ip_layers *w)
{
    const uint8_t *p = s->bytes + start;
    uint32_t held = start < s->held ? s->held - start : 0;

    w->ports_offset = (int)start;
    if (protocol == SSE_IP_UDP && held >= UDP_HEADER) {
        uint32_t length = get16(p + 4);

        w->sport = get16(p);
        w->dport = get16(p + 2);
        /* 0: a jumbogram or offload. */
        if (length < UDP_HEADER || start + length > end)
            length = end > start ? end - start : 0;
        set_payload(s, start + UDP_HEADER, start + MAX(length, UDP_HEADER), w);
        /* Of the first fragment alone the rest is missing as if it were cut; of a whole
         * packet the length is a lie of whoever sent it. */
        if (first && get16(p + 4) > length) {
            w->payload_length = get16(p + 4) - UDP_HEADER;
            w->cut = true;
        }
        w->protocol = protocol;
    } else if (protocol == SSE_IP_TCP && held >= TCP_HEADER) {
        uint32_t header = (p[12] >> 4) * 4u;

        w->sport = get16(p);
        w->dport = get16(p + 2);
        w->seq = get32(p + 4);
        w->ack = get32(p + 8);
        w->flags = p[13] & 0x3f;
        w->window = get16(p + 14);
        set_payload(s, start + MAX(header, TCP_HEADER), end, w);
        w->protocol = protocol;
    }
}

static void read_icmp(const source *s, uint32_t start, uint32_t end, uint8_t protocol, sse_ip_layers *w)
{
    if (start + ICMP_HEADER > s->held)
        return;
    w->protocol = protocol;
    w->icmp_type = s->bytes[start];
    w->icmp_code = s->bytes[start + 1];
    set_payload(s, start + ICMP_HEADER, end, w);
}

/* Where a packet's fragments lie in one piece, from the transport header on.
 * @return false where this frame did not complete them. */
static bool reassembled(packet_info *pinfo, const ip_header *h, source *whole)
{
    return open_source(sse_data_source(pinfo, h->version == 4 ? "Reassembled IPv4" : "Reassembled IPv6"), whole);
}

bool sse_ip_layers_read(tvbuff_t *frame, packet_info *pinfo, const sse_addr *src, const sse_addr *dst, sse_ip_layers *w)
{
    source s;
    ip_header h;

    memset(w, 0, sizeof *w);
    w->src = *src;
    w->dst = *dst;
    if (!locate(frame, pinfo, src, dst, &s, &h))
        return false;
    set_header(&s, &h, w);
    if (is_icmp(&h) && (h.fragment || h.first_fragment)) {
        source whole;

        /* Until the last fragment came nobody knows what it quotes. */
        if (reassembled(pinfo, &h, &whole))
            read_icmp(&whole, 0, whole.length, h.protocol, w);
        return true;
    }
    /* Only behind another IP and ICMP header can a packet be a quote. */
    if (is_icmp(&h) || (h.start >= IPV4_HEADER + ICMP_HEADER && has_icmp_layer(pinfo))) {
        ip_header icmp;

        if (!enclosing_icmp(&s, &h, &icmp))
            return false;
        w->src = header_address(&s, &icmp, false);
        w->dst = header_address(&s, &icmp, true);
        set_header(&s, &icmp, w);
        read_icmp(&s, icmp.transport, icmp.end, icmp.protocol, w);
        return true;
    }
    if (h.fragment || h.first_fragment) {
        /* The datagram lies in a source of its own, from its transport header
         * on; where it was not reassembled, the first fragment has to do. */
        source whole;

        if (reassembled(pinfo, &h, &whole) && whole.held >= 4 && get16(whole.bytes) == pinfo->srcport &&
            get16(whole.bytes + 2) == pinfo->destport) {
            read_transport(&whole, 0, whole.length, h.protocol, false, w);
            return true;
        }
        /* Without ports Wireshark waits for the other fragments. */
        if (h.fragment || pinfo->ptype == PT_NONE)
            return true;
    }
    read_transport(&s, h.transport, h.end, h.protocol, h.first_fragment, w);
    return true;
}

bool sse_ip_layers_quote(const sse_ip_layers *w, obs_icmp *icmp)
{
    source s = { .bytes = w->payload, .held = w->payload_held, .length = w->payload_length };
    ip_header h;
    const uint8_t *p;
    uint32_t held;

    memset(icmp, 0, sizeof *icmp);
    if (w->payload == NULL)
        return false;
    /* RFC 792: 3 unreachable, 4 quench, 5 redirect, 11 time exceeded, 12
     * parameter problem. RFC 4443: ICMPv6 errors are the types below 128. */
    if (w->protocol == SSE_IP_ICMP ? !(w->icmp_type == 3 || w->icmp_type == 11 || w->icmp_type == 12)
                                   : w->protocol != SSE_IP_ICMPV6 || w->icmp_type >= 128)
        return false;
    if (!walk_ip(&s, 0, &h) || h.fragment || h.version != (w->protocol == SSE_IP_ICMP ? 4 : 6))
        return false;
    if ((h.protocol != SSE_IP_TCP && h.protocol != SSE_IP_UDP) || h.transport + 4 > s.held)
        return false;
    p = s.bytes + h.transport;
    held = s.held - h.transport;
    icmp->type = w->icmp_type;
    icmp->code = w->icmp_code;
    icmp->protocol = h.protocol;
    icmp->src = header_address(&s, &h, false);
    icmp->dst = header_address(&s, &h, true);
    icmp->sport = get16(p);
    icmp->dport = get16(p + 2);
    if (h.protocol == SSE_IP_TCP && held >= 8)
        icmp->seq = get32(p + 4);
    if (h.protocol == SSE_IP_UDP && held >= UDP_HEADER + 2) {
        icmp->has_dns_id = true;
        icmp->dns_id = get16(p + UDP_HEADER);
    }
    /* As the quoted header says; the quote itself is shorter. */
    icmp->quoted_len = h.version == 4 ? get16(s.bytes + 2) : IPV6_HEADER + (uint32_t)get16(s.bytes + 4);
    return true;
}
