/* frame_fields.c
 * The fields that every kind of frame has (what it is, whose, with whom), and
 * how a field of ours is added: generated, and selecting its bytes where the
 * packet has them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_fields.h"

#include <string.h>

#include "preferences.h"
#include "names.h"

static int hf_kind = -1;
static int hf_client = -1;
static int hf_client_ipv6 = -1;
static int hf_resolver = -1;
static int hf_resolver_ipv6 = -1;
static int hf_gateway = -1;
static int hf_gateway_ipv6 = -1;
static int hf_port = -1;
static int hf_transport = -1;
static int hf_name = -1;
static int hf_known_from = -1;
static int hf_icmp_sender = -1;
static int hf_icmp_sender_ipv6 = -1;
static int hf_icmp_type = -1;
static int hf_icmp_code = -1;
static int hf_state = -1;
static int hf_reply_ms = -1;
static int hf_dns_state = -1;
static int hf_web_state = -1;

static const value_string kind_vals[] = {
    { SSE_FRAME_PROBE_QUERY, "DNS probe" },
    { SSE_FRAME_PROBE_REPLY, "Reply to a DNS probe" },
    { SSE_FRAME_LOCAL_QUERY, "Local DNS probe (not counted)" },
    { SSE_FRAME_LOCAL_REPLY, "Reply to a local DNS probe" },
    { SSE_FRAME_LOOKUP_QUERY, "Lookup of a gateway's name" },
    { SSE_FRAME_LOOKUP_ANSWER, "Answer to a lookup of a gateway's name" },
    { SSE_FRAME_SYN, "SYN" },
    { SSE_FRAME_SYN_ACK, "SYN-ACK" },
    { SSE_FRAME_RESET, "Reset" },
    { SSE_FRAME_FIN, "FIN" },
    { SSE_FRAME_ICMP, "ICMP error" },
    { SSE_FRAME_CLIENT_PAYLOAD, "First data of the client" },
    { SSE_FRAME_GATEWAY_PAYLOAD, "First data of the gateway" },
    { SSE_FRAME_CONNECT, "CONNECT" },
    { SSE_FRAME_CONNECT_ANSWER, "Answer to CONNECT" },
    { SSE_FRAME_COPY, "Copy of a packet (not counted)" },
    { SSE_FRAME_FAIL_OPEN, "Direct connection while web protection is down" },
    { SSE_FRAME_NOTED, "Noted" },
    { SSE_FRAME_DNSCRYPT_QUERY, "DNSCrypt query" },
    { SSE_FRAME_DNSCRYPT_REPLY, "DNSCrypt response" },
    { SSE_FRAME_IDENTITY, "DNS query with an identity (not counted)" },
    { 0, NULL }
};

static const value_string transport_vals[] = {
    { SSE_UDP, "udp" },
    { SSE_TCP, "tcp" },
    { 0, NULL }
};

#define STATE(NAME, id, code, ...) { SSE_##NAME, code },
static const value_string state_vals[] = { SSE_STATE_ROWS(STATE) { 0, NULL } };
#define KNOWN(NAME, id, code, words) { SSE_KNOWN_##NAME, code },
static const value_string known_vals[] = { SSE_KNOWN_ROWS(KNOWN) { 0, NULL } };

/* --- any field --------------------------------------------------------------- */

void sse_field_uint(const sse_frame_view *p, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(p->tree, hf, p->tvb, 0, 0, value));
}

void sse_field_text(const sse_frame_view *p, int hf, const char *value)
{
    if (value != NULL && *value != '\0')
        proto_item_set_generated(proto_tree_add_string(p->tree, hf, p->tvb, 0, 0, value));
}

void sse_field_boolean(const sse_frame_view *p, int hf)
{
    proto_item_set_generated(proto_tree_add_boolean(p->tree, hf, p->tvb, 0, 0, true));
}

void sse_field_frame(const sse_frame_view *p, int hf, uint32_t frame)
{
    if (frame != 0 && frame != p->pinfo->num)
        sse_field_uint(p, hf, frame);
}

void sse_field_time(const sse_frame_view *p, int hf, int64_t ns)
{
    nstime_t time;

    time.secs = (time_t)(ns / SSE_SECOND);
    time.nsecs = (int)(ns % SSE_SECOND);
    proto_item_set_generated(proto_tree_add_time(p->tree, hf, p->tvb, 0, 0, &time));
}

void sse_field_reply_time(const sse_frame_view *p, int hf, int64_t ns)
{
    /* To the microsecond, as reports and tables have it. */
    const int64_t us = ns / 1000;

    sse_field_time(p, hf, ns);
    proto_item_set_generated(proto_tree_add_double(p->tree, hf_reply_ms, p->tvb, 0, 0, (double)us / 1000.0));
}

/* --- the frame ---------------------------------------------------------------- */

/* The packet's headers once more, for its details. */
const sse_ip_layers *sse_view_layers(const sse_frame_view *p)
{
    sse_ip_layers *w = wmem_new(p->pinfo->pool, sse_ip_layers);
    sse_addr src, dst;

    return sse_address_of(&p->pinfo->net_src, &src) && sse_address_of(&p->pinfo->net_dst, &dst) &&
           sse_ip_layers_read(p->tvb, p->pinfo, &src, &dst, w) ? w : NULL;
}

const sse_addr *sse_view_address(const sse_frame_view *p, uint32_t index)
{
    return &sse_tracker_address(p->file->tracker, index)->addr;
}

guint sse_first_at(const GArray *array, size_t size, size_t offset, uint32_t frame)
{
    guint low = 0, high = array->len;
    uint32_t found;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        memcpy(&found, array->data + middle * size + offset, sizeof found);
        if (found < frame)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == array->len)
        return SSE_NOWHERE;
    memcpy(&found, array->data + low * size + offset, sizeof found);
    return found == frame ? low : SSE_NOWHERE;
}

void sse_mark_info(const sse_frame_view *p, const char *code)
{
    char words[32];

    if (!sse_preferences_mark_info())
        return;
    g_strlcpy(words, code, sizeof words);
    g_strdelimit(words, "-", ' ');
    col_prepend_fstr(p->pinfo->cinfo, COL_INFO, "[SSE Roaming: %s] ", words);
}

/* --- the fields ------------------------------------------------------------------ */

void sse_field_kind(const sse_frame_view *p, sse_frame_kind kind)
{
    sse_field_uint(p, hf_kind, kind);
}

/* Where an address stands in an IP header that begins at an offset.
 * @return its offset, or -1 */
static int find_address(tvbuff_t *tvb, int offset, const sse_addr *addr)
{
    int size = addr->family == 4 ? 4 : 16, src = offset + (addr->family == 4 ? 12 : 8);

    if (!tvb_bytes_exist(tvb, offset, 1) || tvb_get_bits8(tvb, offset * 8, 4) != addr->family)
        return -1;
    for (int at = src; at <= src + size; at += size) {
        if (tvb_bytes_exist(tvb, at, size) && tvb_memeql(tvb, at, addr->bytes, (size_t)size) == 0)
            return at;
    }
    return -1;
}

proto_item *sse_add_address(proto_tree *tree, const sse_address_field *field, tvbuff_t *tvb, int start, int length,
                            const sse_addr *addr)
{
    if (addr->family == 4) {
        ws_in4_addr ipv4;

        memcpy(&ipv4, addr->bytes, sizeof ipv4);
        return proto_tree_add_ipv4(tree, *field->hf_ipv4, tvb, start, length, ipv4);
    } else {
        ws_in6_addr ipv6;

        memcpy(&ipv6, addr->bytes, sizeof ipv6);
        return proto_tree_add_ipv6(tree, *field->hf_ipv6, tvb, start, length, &ipv6);
    }
}

/* A click selects the address in the packet's own header, or in the one that an
 * ICMP error quotes. An address that is in neither selects nothing. */
static void add_address(const sse_frame_view *p, const sse_address_field *field, const sse_addr *addr)
{
    const sse_ip_layers *w = p->layers;
    tvbuff_t *tvb = p->tvb;
    int at = -1;

    if (p->tree == NULL || addr->family == 0)
        return;
    if (w != NULL) {
        at = find_address(tvb = w->ip_tvb, w->ip_offset, addr);
        if (at < 0 && w->payload != NULL && (w->protocol == SSE_IP_ICMP || w->protocol == SSE_IP_ICMPV6))
            at = find_address(tvb = w->tvb, w->payload_offset, addr);
    }
    proto_item_set_generated(sse_add_address(p->tree, field, tvb, MAX(at, 0),
                                             at < 0 ? 0 : addr->family == 4 ? 4 : 16, addr));
}

void sse_field_client(const sse_frame_view *p, const sse_addr *addr)
{
    static const sse_address_field client = { &hf_client, &hf_client_ipv6 };

    add_address(p, &client, addr);
}

void sse_field_resolver(const sse_frame_view *p, const sse_addr *addr)
{
    static const sse_address_field resolver = { &hf_resolver, &hf_resolver_ipv6 };

    add_address(p, &resolver, addr);
}

void sse_field_gateway(const sse_frame_view *p, const sse_addr *addr)
{
    static const sse_address_field gateway = { &hf_gateway, &hf_gateway_ipv6 };

    add_address(p, &gateway, addr);
}

/* The port of a resolver or gateway, from whichever side the packet comes. */
void sse_field_port(const sse_frame_view *p, uint16_t port)
{
    const sse_ip_layers *w = p->layers;

    if (w == NULL || (w->protocol != SSE_IP_UDP && w->protocol != SSE_IP_TCP) || (w->dport != port && w->sport != port))
        sse_field_uint(p, hf_port, port);
    else
        proto_item_set_generated(proto_tree_add_uint(p->tree, hf_port, w->tvb,
                                                     w->ports_offset + (w->dport == port ? 2 : 0), 2, port));
}

void sse_field_transport(const sse_frame_view *p, sse_transport transport)
{
    sse_field_uint(p, hf_transport, transport);
}

void sse_field_name(const sse_frame_view *p, uint32_t name)
{
    const sse_tracker *t = p->file->tracker;
    char *text;

    if (p->tree == NULL || name == SSE_NONE || name >= t->names->len)
        return;
    text = sse_redact_name(p->file->tracker->redactor, (const char *)g_ptr_array_index(t->names, name));
    sse_field_text(p, hf_name, text);
    g_free(text);
}

void sse_field_name_at(const sse_frame_view *p, const char *name, tvbuff_t *tvb, int offset, int length)
{
    proto_item_set_generated(proto_tree_add_string(p->tree, hf_name, tvb, offset, length, name));
}

void sse_field_known_from(const sse_frame_view *p, sse_known known)
{
    sse_field_uint(p, hf_known_from, known);
}

void sse_field_icmp(const sse_frame_view *p)
{
    static const sse_address_field sender = { &hf_icmp_sender, &hf_icmp_sender_ipv6 };
    const sse_ip_layers *w = p->layers;
    int header;

    if (w == NULL || (w->protocol != SSE_IP_ICMP && w->protocol != SSE_IP_ICMPV6))
        return;
    /* Type, code, checksum and four more bytes: RFC 792, RFC 4443. */
    header = w->payload_offset - 8;
    add_address(p, &sender, &w->src);
    proto_item_set_generated(proto_tree_add_uint(p->tree, hf_icmp_type, w->tvb, header, 1, w->icmp_type));
    proto_item_set_generated(proto_tree_add_uint(p->tree, hf_icmp_code, w->tvb, header + 1, 1, w->icmp_code));
}

/* "DNS works", "Web lost": short enough for a column. */
typedef enum { STATE_DNS_WORKS = 1, STATE_DNS_LOST, STATE_WEB_WORKS, STATE_WEB_LOST } short_state;
static const value_string short_state_vals[] = {
    { STATE_DNS_WORKS, "DNS works" }, { STATE_DNS_LOST, "DNS lost" },
    { STATE_WEB_WORKS, "Web works" }, { STATE_WEB_LOST, "Web lost" }, { 0, NULL }
};

void sse_field_states(const sse_frame_view *p, uint32_t client, sse_service of)
{
    const sse_addr *addr;
    sse_state state;

    if (p->report == NULL)
        return;
    addr = sse_view_address(p, client);
    state = sse_report_state_at(p->report, addr, addr->family, p->pinfo->num);
    if (state != SSE_NOT_OBSERVED)
        sse_field_uint(p, hf_dns_state, state);
    if (state != SSE_NOT_OBSERVED && of == SSE_SERVICE_DNS)
        sse_field_uint(p, hf_state, state == SSE_PROTECTED ? STATE_DNS_WORKS : STATE_DNS_LOST);
    state = sse_report_state_at(p->report, addr, 0, p->pinfo->num);
    if (state != SSE_NOT_OBSERVED)
        sse_field_uint(p, hf_web_state, state);
    if (state != SSE_NOT_OBSERVED && of == SSE_SERVICE_WEB)
        sse_field_uint(p, hf_state, state == SSE_PROTECTED ? STATE_WEB_WORKS : STATE_WEB_LOST);
}

/* --- marks --------------------------------------------------------------------- */

sse_frame_kind sse_mark_kind_of(const sse_tracker *t, const sse_mark *mark)
{
    bool local = mark->of == SSE_OF_PROBE && sse_tracker_probe(t, mark->record)->local;
    bool encrypted = mark->of == SSE_OF_PROBE && sse_tracker_probe(t, mark->record)->name == OBS_NAME_DNSCRYPT;

    if (mark->of == SSE_OF_FACT)
        return SSE_FRAME_NOTED;
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_QUERY:
        return mark->of == SSE_OF_LOOKUP ? SSE_FRAME_LOOKUP_QUERY : local ? SSE_FRAME_LOCAL_QUERY
             : encrypted ? SSE_FRAME_DNSCRYPT_QUERY : SSE_FRAME_PROBE_QUERY;
    case SSE_MARK_REPLY:
        return mark->of == SSE_OF_LOOKUP ? SSE_FRAME_LOOKUP_ANSWER : local ? SSE_FRAME_LOCAL_REPLY
             : encrypted ? SSE_FRAME_DNSCRYPT_REPLY : SSE_FRAME_PROBE_REPLY;
    case SSE_MARK_SYN:
        return SSE_FRAME_SYN;
    case SSE_MARK_SYN_ACK:
        return SSE_FRAME_SYN_ACK;
    case SSE_MARK_RESET:
        return SSE_FRAME_RESET;
    case SSE_MARK_FIN:
        return SSE_FRAME_FIN;
    case SSE_MARK_ICMP:
        return SSE_FRAME_ICMP;
    case SSE_MARK_CLIENT_PAYLOAD:
        return SSE_FRAME_CLIENT_PAYLOAD;
    case SSE_MARK_GATEWAY_PAYLOAD:
        return SSE_FRAME_GATEWAY_PAYLOAD;
    case SSE_MARK_CONNECT:
        return SSE_FRAME_CONNECT;
    case SSE_MARK_CONNECT_ANSWER:
        return SSE_FRAME_CONNECT_ANSWER;
    case SSE_MARK_COPY:
        return SSE_FRAME_COPY;
    }
    return SSE_FRAME_NOTED;
}

uint32_t sse_mark_client(const sse_tracker *t, const sse_mark *mark)
{
    switch ((sse_mark_of)mark->of) {
    case SSE_OF_PROBE:
        return sse_tracker_probe(t, mark->record)->client;
    case SSE_OF_HANDSHAKE:
        return sse_tracker_handshake(t, mark->record)->client;
    case SSE_OF_LOOKUP:
        return g_array_index(t->lookups, sse_lookup, mark->record).client;
    case SSE_OF_FACT:
        return g_array_index(t->facts, sse_fact, mark->record).client;
    }
    return SSE_NONE;
}

void sse_fields_register(int proto)
{
    static hf_register_info fields[] = {
        { &hf_kind, { "Kind", "sseroaming.kind", FT_UINT8, BASE_DEC, VALS(kind_vals), 0, "What this packet is", HFILL } },
        { &hf_client, { "Client", "sseroaming.client", FT_IPv4, BASE_NONE, NULL, 0,
            "Address of the client in this packet", HFILL } },
        { &hf_client_ipv6, { "Client", "sseroaming.client_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "Address of the client in this packet", HFILL } },
        { &hf_resolver, { "Resolver", "sseroaming.resolver", FT_IPv4, BASE_NONE, NULL, 0,
            "DNS server that the probe asks", HFILL } },
        { &hf_resolver_ipv6, { "Resolver", "sseroaming.resolver_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "DNS server that the probe asks", HFILL } },
        { &hf_gateway, { "Gateway", "sseroaming.gateway", FT_IPv4, BASE_NONE, NULL, 0,
            "Secure Web Gateway", HFILL } },
        { &hf_gateway_ipv6, { "Gateway", "sseroaming.gateway_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "Secure Web Gateway", HFILL } },
        { &hf_port, { "Port", "sseroaming.port", FT_UINT16, BASE_DEC, NULL, 0, "Port of the resolver or gateway", HFILL } },
        { &hf_transport, { "Transport", "sseroaming.transport", FT_UINT8, BASE_DEC, VALS(transport_vals), 0, NULL, HFILL } },
        { &hf_name, { "Gateway name", "sseroaming.name", FT_STRING, BASE_NONE, NULL, 0,
            "Name by which the gateway is known, or that is looked up", HFILL } },
        { &hf_known_from, { "Gateway known from", "sseroaming.known_from", FT_UINT8, BASE_DEC, VALS(known_vals), 0,
            "DNS answer in the capture, hosts file, agent's log, preference or built in", HFILL } },
        { &hf_icmp_sender, { "ICMP sender", "sseroaming.icmp.sender", FT_IPv4, BASE_NONE, NULL, 0,
            "Device that sent the ICMP error", HFILL } },
        { &hf_icmp_sender_ipv6, { "ICMP sender", "sseroaming.icmp.sender_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "Device that sent the ICMP error", HFILL } },
        { &hf_icmp_type, { "ICMP type", "sseroaming.icmp.type", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_icmp_code, { "ICMP code", "sseroaming.icmp.code", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_state, { "State", "sseroaming.state", FT_UINT8, BASE_DEC, VALS(short_state_vals), 0,
            "State, at this packet, of the service that it is part of", HFILL } },
        { &hf_reply_ms, { "Reply time (ms)", "sseroaming.reply_ms", FT_DOUBLE, BASE_NONE, NULL, 0,
            "From the first attempt of a probe or handshake to this reply, in milliseconds", HFILL } },
        { &hf_dns_state, { "DNS protection", "sseroaming.dns.state", FT_UINT8, BASE_DEC, VALS(state_vals), 0,
            "State of the client's DNS protection at this packet, as the timeline has it", HFILL } },
        { &hf_web_state, { "Web protection", "sseroaming.web.state", FT_UINT8, BASE_DEC, VALS(state_vals), 0,
            "State of the client's web protection at this packet, as the timeline has it", HFILL } },
    };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
}
