/* test_ip_layers.c
 * Where a frame has its headers: IPv4 (RFC 791) and IPv6 with extension headers
 * (RFC 8200, RFC 4302), fragments, packets inside packets, ICMP errors and what they
 * quote, frames that the snap length cut. No dissector runs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ip_layers.h"

#define A "\x0a\0\0\x05"
#define B "\xd0\x43\xde\xde"
#define A6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x05"
#define B6 "\x26\x20\x01\x19\0\x35\0\0\0\0\0\0\0\0\0\x35"
#define TCP SSE_IP_TCP
#define UDP SSE_IP_UDP

/* A frame in the making, and what Wireshark would know of it. */
typedef struct wire {
    uint8_t bytes[2048];
    uint32_t length;
    uint32_t missing;        /* what the snap length took */
    int source;              /* of the address that pinfo points to; -1: it is a copy */
    packet_info pinfo;
    sse_addr src, dst;
    sse_ip_layers w;
    tvbuff_t *frame, *second;
} wire;

static void put(wire *x, const void *bytes, uint32_t length)
{
    assert_true(x->length + length <= sizeof x->bytes);
    memcpy(x->bytes + x->length, bytes, length);
    x->length += length;
}

static void put16(wire *x, unsigned value)
{
    const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    put(x, bytes, 2);
}

static void put_zero(wire *x, uint32_t length)
{
    static const uint8_t zero[256];

    assert_true(length <= sizeof zero);
    put(x, zero, length);
}

static void start(wire *x, int ptype)
{
    memset(x, 0, sizeof *x);
    x->source = -1;
    x->pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    x->pinfo.layers = wmem_list_new(x->pinfo.pool);
    x->pinfo.ptype = (port_type)ptype;
    x->pinfo.srcport = 40000;
    x->pinfo.destport = 443;
}

static void end(wire *x)
{
    g_slist_free(x->pinfo.data_src);
    if (x->frame != NULL)
        tvb_free(x->frame);
    if (x->second != NULL)
        tvb_free(x->second);
    wmem_destroy_allocator(x->pinfo.pool);
}

static void ethernet(wire *x)
{
    put_zero(x, 12);
    put16(x, 0x0800);
}

/* total: of the header and what follows; fragment: flags and offset */
static void ipv4(wire *x, uint8_t protocol, unsigned total, unsigned fragment, const char *from, const char *to)
{
    const uint8_t start_of[] = { 0x45, 0 }, ttl[] = { 57, protocol, 0, 0 };

    x->source = (int)x->length + 12;
    put(x, start_of, 2);
    put16(x, total);
    put16(x, 0x1234);
    put16(x, fragment);
    put(x, ttl, 4);
    put(x, from, 4);
    put(x, to, 4);
}

static void ipv6(wire *x, uint8_t next, unsigned payload, const char *from, const char *to)
{
    const uint8_t start_of[] = { 0x60, 0, 0, 0 }, hops[] = { next, 58 };

    put(x, start_of, 4);
    put16(x, payload);
    put(x, hops, 2);
    put(x, from, 16);
    put(x, to, 16);
}

static void udp(wire *x, unsigned from, unsigned to, unsigned length)
{
    put16(x, from);
    put16(x, to);
    put16(x, length);
    put16(x, 0);
}

/* With 6 bytes in it. */
static void udp_payload(wire *x, unsigned from)
{
    udp(x, from, 443, 14);
    put_zero(x, 6);
}

static void tcp(wire *x, unsigned from, unsigned to, uint8_t words)
{
    const uint8_t rest[] = { 0, 0, 0, 1, 0, 0, 0, 2, (uint8_t)(words << 4), 0x12, 0x04, 0, 0, 0, 0, 0 };

    put16(x, from);
    put16(x, to);
    put(x, rest, sizeof rest);
}

static sse_addr address_of_text(const char *bytes, bool v6)
{
    return v6 ? sse_addr_v6((const uint8_t *)bytes) : sse_addr_v4((const uint8_t *)bytes);
}

static bool read_between(wire *x, const char *from, const char *to, bool v6)
{
    x->src = address_of_text(from, v6);
    x->dst = address_of_text(to, v6);
    if (x->frame == NULL)
        x->frame = tvb_new_real_data(x->bytes, x->length, (int)(x->length + x->missing));
    if (!v6 && x->source >= 0)
        set_address(&x->pinfo.net_src, AT_IPv4, 4, x->bytes + x->source);
    else
        set_address(&x->pinfo.net_src, v6 ? AT_IPv6 : AT_IPv4, v6 ? 16 : 4, v6 ? x->src.bytes : (const uint8_t *)from);
    return sse_ip_layers_read(x->frame, &x->pinfo, &x->src, &x->dst, &x->w);
}

static void addresses_of_wireshark(void **state)
{
    address a;
    sse_addr addr;

    (void)state;
    set_address(&a, AT_IPv4, 4, A);
    assert_true(sse_address_of(&a, &addr));
    assert_int_equal(addr.family, 4);
    set_address(&a, AT_IPv6, 16, A6);
    assert_true(sse_address_of(&a, &addr));
    assert_int_equal(addr.family, 6);
    assert_memory_equal(addr.bytes, A6, 16);
    set_address(&a, AT_IPv4, 3, A);
    assert_false(sse_address_of(&a, &addr));
    set_address(&a, AT_IPv6, 15, A6);
    assert_false(sse_address_of(&a, &addr));
    set_address(&a, AT_ETHER, 6, "\2\0\0\0\0\1");
    assert_false(sse_address_of(&a, &addr));
}

static void the_payload_of_udp(void **state)
{
    static const struct { const char *what; unsigned total, length; uint32_t held, payload; bool cut; } rows[] = {
        { "as the headers say", 20 + 8 + 30, 38, 30, 30, false },
        { "a total length of 0 is the sender's offload", 0, 38, 30, 30, false },
        { "a UDP length of 0 is, too", 20 + 8 + 30, 0, 30, 30, false },
        { "less than its own header", 20 + 8 + 30, 7, 30, 30, false },
        { "padding behind", 20 + 8 + 10, 18, 10, 10, false },
        { "a length past the packet is a lie", 20 + 8 + 30, 200, 30, 30, false },
        { "a packet of no payload", 20 + 8, 8, 0, 0, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        wire x;

        start(&x, PT_UDP);
        ethernet(&x);
        ipv4(&x, UDP, rows[i].total, 0, A, B);
        udp(&x, 40000, 443, rows[i].length);
        put_zero(&x, 30);
        assert_true(read_between(&x, A, B, false));
        if (x.w.protocol != UDP || x.w.payload_held != rows[i].held || x.w.payload_length != rows[i].payload || x.w.cut != rows[i].cut ||
            (x.w.payload == NULL) != (rows[i].held == 0))
            fail_msg("%s: held %u, length %u, cut %d", rows[i].what, x.w.payload_held, x.w.payload_length, x.w.cut);
        assert_int_equal(x.w.ttl, 57);
        assert_int_equal(x.w.ip_id, 0x1234);
        assert_int_equal(x.w.dport, 443);
        end(&x);
    }
}

static void the_payload_of_tcp(void **state)
{
    static const struct { const char *what; uint8_t words; uint32_t payload; } rows[] = {
        { "no options", 5, 12 }, { "options", 8, 0 }, { "shorter than a header can be", 4, 12 }, { "longer than the packet", 15, 0 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        wire x;

        start(&x, PT_TCP);
        ethernet(&x);
        ipv4(&x, TCP, 20 + 20 + 12, 0, A, B);
        tcp(&x, 40000, 443, rows[i].words);
        put_zero(&x, 12);
        assert_true(read_between(&x, A, B, false));
        if (x.w.protocol != TCP || x.w.payload_length != rows[i].payload)
            fail_msg("%s: %u", rows[i].what, x.w.payload_length);
        assert_int_equal(x.w.seq, 1);
        assert_int_equal(x.w.ack, 2);
        assert_int_equal(x.w.flags, 0x12);
        assert_int_equal(x.w.window, 0x400);
        end(&x);
    }
}

/* Each byte that the snap length may take: what is there is read, nothing else. */
static void frames_cut_anywhere(void **state)
{
    (void)state;
    for (unsigned v6 = 0; v6 < 2; v6++) {
        wire whole;

        start(&whole, PT_UDP);
        ethernet(&whole);
        if (v6 == 0)
            ipv4(&whole, UDP, 20 + 8 + 40, 0, A, B);
        else
            ipv6(&whole, UDP, 48, A6, B6);
        udp(&whole, 40000, 443, 48);
        put_zero(&whole, 40);
        for (uint32_t held = 0; held <= whole.length; held++) {
            const uint32_t headers = whole.length - 40;
            bool found;
            wire x;

            start(&x, PT_UDP);
            put(&x, whole.bytes, held);
            x.missing = whole.length - held;
            x.source = whole.source + 4 <= (int)held ? whole.source : -1;
            found = read_between(&x, v6 != 0 ? A6 : A, v6 != 0 ? B6 : B, v6 != 0);
            if (found && x.w.protocol != 0 && held < headers)
                fail_msg("%u of %u bytes: a header that is not there", held, whole.length);
            if (held >= headers && (!found || x.w.protocol != UDP || x.w.payload_held != held - headers || x.w.payload_length != 40 ||
                                    x.w.cut != (held < whole.length)))
                fail_msg("%u of %u bytes: found %d, held %u", held, whole.length, found, x.w.payload_held);
            end(&x);
        }
        end(&whole);
    }
}

/* RFC 8200 4: hop-by-hop and destination options, routing; RFC 4302: the
 * authentication header, whose length counts otherwise. */
static void extension_headers(void **state)
{
    static const struct { const char *what; uint8_t first; unsigned count; uint8_t bytes[24]; uint32_t length; uint8_t protocol; } rows[] = {
        { "none", UDP, 1, { 0 }, 0, UDP },
        { "hop-by-hop", 0, 1, { UDP, 0 }, 8, UDP },
        { "destination, of 16 bytes", 60, 1, { UDP, 1 }, 16, UDP },
        { "routing, destination", 43, 1, { 60, 0, 0, 0, 0, 0, 0, 0, UDP, 0 }, 16, UDP },
        { "authentication of 24 bytes", 51, 1, { UDP, 4 }, 24, UDP },
        { "first fragment alone", 44, 1, { UDP, 0, 0, 1, 0, 0, 0, 7 }, 8, UDP },
        { "an atomic fragment (RFC 6946)", 44, 1, { UDP, 0, 0, 0, 0, 0, 0, 7 }, 8, UDP },
        { "a later fragment has no ports", 44, 1, { UDP, 0, 0, 8, 0, 0, 0, 7 }, 8, 0 },
        { "an option that ends behind the frame", 0, 1, { UDP, 200 }, 8, 0 },
        { "sixteen and more", 60, 16, { 60, 0 }, 8, 0 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        wire x;
        bool found;

        start(&x, PT_UDP);
        ethernet(&x);
        ipv6(&x, rows[i].first, rows[i].count * rows[i].length + 8 + 4, A6, B6);
        for (unsigned k = 0; k < rows[i].count; k++)
            put(&x, rows[i].bytes, rows[i].length);
        udp(&x, 40000, 443, 12);
        put_zero(&x, 4);
        found = read_between(&x, A6, B6, true);
        if ((found ? x.w.protocol : 0) != rows[i].protocol)
            fail_msg("%s: found %d, protocol %u", rows[i].what, found, x.w.protocol);
        if (rows[i].protocol != 0) {
            assert_int_equal(x.w.ttl, 58);
            assert_int_equal(x.w.ip_id, 0);
            assert_int_equal(x.w.payload_held, 4);
        }
        end(&x);
        /* The same cut inside the first of them: no header is made up. */
        for (uint32_t cut = 1; cut < 8 && rows[i].length > 0; cut++) {
            wire y;

            start(&y, PT_UDP);
            put(&y, x.bytes, 14 + 40 + cut);
            y.missing = x.length - y.length;
            if (read_between(&y, A6, B6, true) && y.w.protocol != 0)
                fail_msg("%s, cut: protocol %u", rows[i].what, y.w.protocol);
            end(&y);
        }
    }
}

/* The innermost packet with these addresses and ports counts. */
static void packets_inside_packets(void **state)
{
    wire x;

    (void)state;
    start(&x, PT_UDP);
    ethernet(&x);
    ipv4(&x, 4, 20 + 20 + 8 + 6, 0, "\1\1\1\1", "\2\2\2\2");
    ipv4(&x, UDP, 20 + 8 + 6, 0, A, B);
    udp_payload(&x, 40000);
    assert_true(read_between(&x, A, B, false));
    assert_int_equal(x.w.ip_offset, 14 + 20);
    assert_int_equal(x.w.payload_held, 6);
    end(&x);

    /* IPv6 in IPv4, at no usual offset. */
    start(&x, PT_UDP);
    ethernet(&x);
    ipv4(&x, 41, 20 + 40 + 8 + 6, 0, "\1\1\1\1", "\2\2\2\2");
    ipv6(&x, UDP, 14, A6, B6);
    udp_payload(&x, 40000);
    x.source = -1;
    assert_true(read_between(&x, A6, B6, true));
    assert_int_equal(x.w.ip_offset, 14 + 20);
    assert_int_equal(x.w.payload_held, 6);
    end(&x);

    /* Other ports than Wireshark has: it is not the packet that was dissected. */
    start(&x, PT_UDP);
    ethernet(&x);
    ipv6(&x, UDP, 14, A6, B6);
    udp_payload(&x, 40001);
    assert_false(read_between(&x, A6, B6, true));
    end(&x);

    /* Nor with another protocol, or other addresses. */
    start(&x, PT_TCP);
    ethernet(&x);
    ipv4(&x, UDP, 34, 0, A, B);
    udp_payload(&x, 40000);
    assert_false(read_between(&x, A, B, false));
    assert_false(read_between(&x, "\1\1\1\1", B, false));
    end(&x);
}

/* A reassembled or decrypted packet lies in a data source of its own. */
static void packets_in_another_source(void **state)
{
    for (unsigned v6 = 0; v6 < 2; v6++) {
        uint32_t split;
        wire x;

        (void)state;
        start(&x, PT_UDP);
        put_zero(&x, 60);
        split = x.length;
        if (v6 != 0)
            ipv6(&x, UDP, 14, A6, B6);
        else
            ipv4(&x, UDP, 34, 0, A, B);
        udp_payload(&x, 40000);
        x.frame = tvb_new_real_data(x.bytes, split, (int)split);
        x.second = tvb_new_real_data(x.bytes + split, x.length - split, (int)(x.length - split));
        add_new_data_source(&x.pinfo, x.second, "Decrypted data");
        /* With the address where Wireshark has it, and with a copy. */
        assert_true(read_between(&x, v6 != 0 ? A6 : A, v6 != 0 ? B6 : B, v6 != 0));
        assert_ptr_equal(x.w.tvb, x.second);
        assert_int_equal(x.w.payload_held, 6);
        x.source = -1;
        assert_true(read_between(&x, v6 != 0 ? A6 : A, v6 != 0 ? B6 : B, v6 != 0));
        assert_ptr_equal(x.w.tvb, x.second);
        end(&x);
    }
}

/* Of fragments the one that completed the datagram holds all of it; a first fragment
 * alone has to do; a later one has no ports. */
static void fragments(void **state)
{
    static const struct { const char *what; unsigned fragment; int ptype; const char *reassembled; unsigned port; uint8_t protocol; uint32_t held; } rows[] = {
        { "first, nothing reassembled", 0x2000, PT_UDP, NULL, 0, UDP, 6 },
        { "last, reassembled", 3, PT_UDP, "Reassembled IPv4", 40000, UDP, 16 },
        { "last, of another datagram", 3, PT_UDP, "Reassembled IPv4", 40001, 0, 0 },
        { "last, of the other version", 3, PT_UDP, "Reassembled IPv6", 40000, 0, 0 },
        { "last, nothing reassembled", 3, PT_NONE, NULL, 0, 0, 0 },
        { "first, Wireshark waits", 0x2000, PT_NONE, NULL, 0, 0, 0 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint32_t split;
        wire x;

        start(&x, rows[i].ptype);
        ethernet(&x);
        ipv4(&x, UDP, 20 + 8 + 6, rows[i].fragment, A, B);
        udp(&x, 40000, 443, 24);
        put_zero(&x, 6);
        split = x.length;
        x.frame = tvb_new_real_data(x.bytes, split, (int)split);
        if (rows[i].reassembled != NULL) {
            udp(&x, rows[i].port, 443, 24);
            put_zero(&x, 16);
            x.second = tvb_new_real_data(x.bytes + split, x.length - split, (int)(x.length - split));
            add_new_data_source(&x.pinfo, x.second, rows[i].reassembled);
        }
        if (!read_between(&x, A, B, false) || x.w.protocol != rows[i].protocol || x.w.payload_held != rows[i].held)
            fail_msg("%s: protocol %u, held %u", rows[i].what, x.w.protocol, x.w.payload_held);
        /* Of the first fragment alone the rest is missing. */
        if (rows[i].protocol != 0 && (x.w.payload_length != 16 || x.w.cut != (rows[i].reassembled == NULL)))
            fail_msg("%s: length %u, cut %d", rows[i].what, x.w.payload_length, x.w.cut);
        end(&x);
    }
}

/* An ICMP error's own sender and receiver are told apart from those of the packet
 * that it quotes, whichever of them Wireshark has. */
static void icmp_errors(void **state)
{
    static const struct { const char *what; bool v6, inner; uint8_t type; uint8_t quoted; bool quotes; } rows[] = {
        { "unreachable", false, false, 3, UDP, true },
        { "unreachable, by the addresses of the quote", false, true, 3, UDP, true },
        { "time exceeded about TCP", false, false, 11, TCP, true },
        { "parameter problem", false, false, 12, UDP, true },
        { "echo reply", false, false, 0, UDP, false },
        { "about ICMP", false, false, 3, 1, false },
        { "IPv6, unreachable", true, false, 1, UDP, true },
        { "IPv6, unreachable, by the quote", true, true, 1, UDP, true },
        { "IPv6, echo request", true, false, 128, UDP, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t head[] = { rows[i].type, 4, 0, 0, 0, 0, 0, 0 };
        const unsigned quoted = (rows[i].v6 ? 40u : 20u) + 20;
        obs_icmp icmp;
        wire x;

        start(&x, rows[i].inner ? PT_UDP : PT_NONE);
        ethernet(&x);
        if (rows[i].v6)
            ipv6(&x, SSE_IP_ICMPV6, 8 + quoted, B6, A6);
        else
            ipv4(&x, SSE_IP_ICMP, 20 + 8 + quoted, 0, "\x0a\0\0\xfe", A);
        const int outer = x.source;
        put(&x, head, sizeof head);
        if (rows[i].v6)
            ipv6(&x, rows[i].quoted, 20, A6, B6);
        else
            ipv4(&x, rows[i].quoted, quoted, 0, A, B);
        if (rows[i].quoted == TCP) {
            tcp(&x, 40000, 443, 5);
        } else {
            udp(&x, 40000, 443, 20);
            put16(&x, 0xbeef);
            put_zero(&x, 10);
        }
        if (rows[i].inner) {
            /* No protocol is registered here: ICMP has the number that none has. */
            wmem_list_append(x.pinfo.layers, GINT_TO_POINTER(-1));
        } else {
            x.source = outer;
        }
        if (rows[i].v6)
            assert_true(read_between(&x, rows[i].inner ? A6 : B6, rows[i].inner ? B6 : A6, true));
        else
            assert_true(read_between(&x, rows[i].inner ? A : "\x0a\0\0\xfe", rows[i].inner ? B : A, false));
        if (x.w.protocol != (rows[i].v6 ? SSE_IP_ICMPV6 : SSE_IP_ICMP) || x.w.icmp_type != rows[i].type || x.w.icmp_code != 4 ||
            memcmp(x.w.dst.bytes, rows[i].v6 ? A6 : A, rows[i].v6 ? 16 : 4) != 0)
            fail_msg("%s: protocol %u, type %u", rows[i].what, x.w.protocol, x.w.icmp_type);
        if (sse_ip_layers_quote(&x.w, &icmp) != rows[i].quotes)
            fail_msg("%s: quotes %d", rows[i].what, !rows[i].quotes);
        if (rows[i].quotes) {
            assert_memory_equal(icmp.src.bytes, rows[i].v6 ? A6 : A, rows[i].v6 ? 16 : 4);
            assert_memory_equal(icmp.dst.bytes, rows[i].v6 ? B6 : B, rows[i].v6 ? 16 : 4);
            assert_int_equal(icmp.sport, 40000);
            assert_int_equal(icmp.protocol, rows[i].quoted);
            assert_int_equal(icmp.quoted_len, quoted);
            if (rows[i].quoted == TCP)
                assert_int_equal(icmp.seq, 1);
            else
                assert_int_equal(icmp.dns_id, 0xbeef);
        }
        /* A quote that ends early is one while it has its ports. */
        for (uint32_t held = 0; rows[i].quotes && held < x.w.payload_held; held++) {
            sse_ip_layers w = x.w;
            const uint32_t ports = (rows[i].v6 ? 40u : 20u) + 4;

            w.payload_held = held;
            if (sse_ip_layers_quote(&w, &icmp) != (held >= ports))
                fail_msg("%s: a quote of %u bytes", rows[i].what, held);
            if (held >= ports && icmp.has_dns_id != (rows[i].quoted == UDP && held >= ports + 6))
                fail_msg("%s: the id in a quote of %u bytes", rows[i].what, held);
        }
        end(&x);
    }
}

/* An error in fragments quotes only what was put together. */
static void icmp_errors_in_fragments(void **state)
{
    for (unsigned whole = 0; whole < 2; whole++) {
        const uint8_t head[] = { 3, 3, 0, 0, 0, 0, 0, 0 };
        uint32_t split;
        obs_icmp icmp;
        wire x;

        (void)state;
        start(&x, PT_NONE);
        ethernet(&x);
        ipv4(&x, SSE_IP_ICMP, 28, 0x2000, "\x0a\0\0\xfe", A);
        put(&x, head, sizeof head);
        split = x.length;
        x.frame = tvb_new_real_data(x.bytes, split, (int)split);
        const int outer = x.source;
        if (whole != 0) {
            put(&x, head, sizeof head);
            ipv4(&x, UDP, 32, 0, A, B);
            udp(&x, 40000, 443, 12);
            put_zero(&x, 4);
            x.second = tvb_new_real_data(x.bytes + split, x.length - split, (int)(x.length - split));
            add_new_data_source(&x.pinfo, x.second, "Reassembled IPv4");
        }
        x.source = outer;
        assert_true(read_between(&x, "\x0a\0\0\xfe", A, false));
        assert_int_equal(x.w.protocol, whole != 0 ? SSE_IP_ICMP : 0);
        assert_int_equal(sse_ip_layers_quote(&x.w, &icmp), whole != 0);
        end(&x);
    }
}

static void hashes_of_payloads(void **state)
{
    static const char text[] = "the quick brown fox jumps over the lazy dog";

    (void)state;
    assert_int_equal(sse_hash_bytes((const uint8_t *)text, 40, 4096), sse_hash_bytes((const uint8_t *)text, 40, 4096));
    assert_int_not_equal(sse_hash_bytes((const uint8_t *)text, 40, 4096), sse_hash_bytes((const uint8_t *)text, 39, 4096));
    /* Beyond the limit nothing is looked at but the length. */
    assert_int_not_equal(sse_hash_bytes((const uint8_t *)text, 40, 8), sse_hash_bytes((const uint8_t *)text, 39, 8));
    assert_int_equal(sse_hash_bytes((const uint8_t *)text, 8, 3), sse_hash_bytes((const uint8_t *)"the slow", 8, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_wireshark),
        cmocka_unit_test(the_payload_of_udp),
        cmocka_unit_test(the_payload_of_tcp),
        cmocka_unit_test(frames_cut_anywhere),
        cmocka_unit_test(extension_headers),
        cmocka_unit_test(packets_inside_packets),
        cmocka_unit_test(packets_in_another_source),
        cmocka_unit_test(fragments),
        cmocka_unit_test(icmp_errors),
        cmocka_unit_test(icmp_errors_in_fragments),
        cmocka_unit_test(hashes_of_payloads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
