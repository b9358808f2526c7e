/* packet-sseroaming.c
 * The door between Wireshark and the plugin: registration, and the
 * post-dissector that feeds the tracker and prints its marks on the packets.
 *
 * First pass: each packet is fed to the tracker once. Any pass: what the
 * tracker knows of a frame is printed from its records. What could still
 * change, or lies in the future, is said only where a frame is seen again.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include <string.h>

#include <epan/conversation_filter.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <epan/tap.h>

#include "http_message.h"
#include "names.h"
#include "observe.h"
#include "phrases.h"
#include "packet-dnscrypt.h"
#include "packet-sseroaming.h"
#include "preferences.h"
#include "statistics.h"

#define PORT_DNS   53
#define PORT_HTTPS 443

/* How far from a mark its partner is looked for: an attempt and its answer
 * are rarely further apart than this many packets of the module. */
#define PARTNER_SEARCH 1024

static int proto_sseroaming = -1;
static int proto_sseroaming_dns = -1;
static int proto_sseroaming_packets = -1;
static int tap_sseroaming = -1;
static dissector_handle_t handle_sseroaming;
static dissector_handle_t handle_dns;

static int hf_kind = -1;
static int hf_client = -1;
static int hf_resolver = -1;
static int hf_gateway = -1;
static int hf_port = -1;
static int hf_transport = -1;
static int hf_name = -1;
static int hf_known_from = -1;
static int hf_fact = -1;
static int hf_probe_id = -1;
static int hf_probe_outcome = -1;
static int hf_probe_attempt = -1;
static int hf_probe_reply_in = -1;
static int hf_probe_reply_to = -1;
static int hf_probe_time = -1;
static int hf_probe_local = -1;
static int hf_swg_id = -1;
static int hf_swg_outcome = -1;
static int hf_swg_attempt = -1;
static int hf_swg_reply_in = -1;
static int hf_swg_reply_to = -1;
static int hf_swg_time = -1;
static int hf_swg_reset_origin = -1;
static int hf_swg_reset_reason = -1;
static int hf_swg_connect_host = -1;
static int hf_swg_connect_status = -1;
static int hf_lookup_id = -1;
static int hf_lookup_reply_in = -1;
static int hf_lookup_reply_to = -1;
static int hf_lookup_time = -1;
static int hf_icmp_sender = -1;
static int hf_icmp_type = -1;
static int hf_icmp_code = -1;
static int hf_dns_state = -1;
static int hf_web_state = -1;
static int hf_fail_open = -1;
static int hf_finding = -1;
static int hf_client_magic = -1;
static int hf_certificate_in = -1;
static int hf_items[SSE_DNS_ITEM_KINDS];

static int ett_sseroaming = -1;
static int ett_reset = -1;

static expert_field ei_probe[SSE_PROBE_OUTCOMES];
static expert_field ei_swg[SSE_SWG_OUTCOMES];
static expert_field ei_finding[SSE_FINDINGS];
static expert_field ei_client_magic = EI_INIT;
static expert_field ei_dns_lost = EI_INIT;
static expert_field ei_dns_gained = EI_INIT;
static expert_field ei_web_lost = EI_INIT;
static expert_field ei_web_gained = EI_INIT;

/* What a packet is, for the field sseroaming.kind. */
enum {
    KIND_PROBE_QUERY = 1, KIND_PROBE_REPLY, KIND_LOCAL_QUERY, KIND_LOCAL_REPLY, KIND_LOOKUP_QUERY,
    KIND_LOOKUP_ANSWER, KIND_SYN, KIND_SYN_ACK, KIND_RESET, KIND_FIN, KIND_ICMP, KIND_CLIENT_PAYLOAD,
    KIND_GATEWAY_PAYLOAD, KIND_CONNECT, KIND_CONNECT_ANSWER, KIND_COPY, KIND_FAIL_OPEN, KIND_NOTED,
    KIND_DNSCRYPT_QUERY, KIND_DNSCRYPT_REPLY, KIND_IDENTITY,
};

static const value_string kind_vals[] = {
    { KIND_PROBE_QUERY, "DNS probe" },
    { KIND_PROBE_REPLY, "Reply to a DNS probe" },
    { KIND_LOCAL_QUERY, "Local DNS probe (not counted)" },
    { KIND_LOCAL_REPLY, "Reply to a local DNS probe" },
    { KIND_LOOKUP_QUERY, "Lookup of a gateway's name" },
    { KIND_LOOKUP_ANSWER, "Answer to a lookup of a gateway's name" },
    { KIND_SYN, "SYN" },
    { KIND_SYN_ACK, "SYN-ACK" },
    { KIND_RESET, "Reset" },
    { KIND_FIN, "FIN" },
    { KIND_ICMP, "ICMP error" },
    { KIND_CLIENT_PAYLOAD, "First data of the client" },
    { KIND_GATEWAY_PAYLOAD, "First data of the gateway" },
    { KIND_CONNECT, "CONNECT" },
    { KIND_CONNECT_ANSWER, "Answer to CONNECT" },
    { KIND_COPY, "Copy of a packet (not counted)" },
    { KIND_FAIL_OPEN, "Direct connection while web protection is down" },
    { KIND_NOTED, "Noted" },
    { KIND_DNSCRYPT_QUERY, "DNSCrypt query" },
    { KIND_DNSCRYPT_REPLY, "DNSCrypt response" },
    { KIND_IDENTITY, "DNS query with an identity (not counted)" },
    { 0, NULL }
};

static const value_string transport_vals[] = {
    { SSE_UDP, "udp" },
    { SSE_TCP, "tcp" },
    { 0, NULL }
};

static const value_string fact_vals[] = {
    { SSE_FACT_FORGED, "reply to another question than was asked" },
    { SSE_FACT_CUT, "cut by the snap length" },
    { SSE_FACT_SUSPICIOUS, "answer names an address that no gateway has" },
    { SSE_FACT_PATH_MTU, "segment too big for the path" },
    { SSE_FACT_CERTIFICATE, "DNSCrypt certificate outside its dates" },
    { SSE_FACT_CAPTIVE, "connectivity test answered by somebody else" },
    { SSE_FACT_LIMIT, "a limit of the plugin was reached" },
    { 0, NULL }
};

/* The stable codes of the contract as display strings; filled when the
 * protocol is registered, so that each code stands in one place. */
static value_string probe_outcome_vals[SSE_PROBE_OUTCOMES + 1];
static value_string swg_outcome_vals[SSE_SWG_OUTCOMES + 1];
static value_string state_vals[SSE_STATES + 1];
static value_string origin_vals[SSE_ORIGIN_GATEWAY + 1];
static value_string known_vals[SSE_KNOWN_NOT + 2];
static value_string finding_vals[SSE_FINDINGS + 1];

/* --- one file -------------------------------------------------------------- */

/* All that is known of the file that is open. */
typedef struct open_file {
    sse_settings *settings;
    sse_tracker  *tracker;
    sse_gate      gate;
    sse_report   *report;            /* cached for frames seen again */
    uint32_t      report_generation, report_frames;
} open_file;

static open_file *current;

static void close_file(void)
{
    if (current == NULL)
        return;
    sse_report_free(current->report);
    sse_gate_clear(&current->gate);
    sse_tracker_free(current->tracker);
    sse_settings_free(current->settings);
    g_free(current);
    current = NULL;
}

static void start_file(void)
{
    close_file();
    current = g_new0(open_file, 1);
    current->settings = sse_preferences_settings();
    current->tracker = sse_tracker_new(&current->settings->config);
    sse_gate_init(&current->gate, current->tracker);
}

sse_tracker *sseroaming_tracker(void)
{
    return current != NULL ? current->tracker : NULL;
}

const sse_names *sseroaming_names(void)
{
    return current != NULL ? &current->settings->names : NULL;
}

bool sseroaming_is_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_sseroaming));
}

/* The verdict over the file as far as it is read, drawn anew only when the
 * records or the clock have moved. */
static const sse_report *report_of(open_file *f)
{
    const sse_tracker *t = f->tracker;

    if (f->report == NULL || f->report_generation != t->generation || f->report_frames != t->frames) {
        sse_report_free(f->report);
        f->report = sse_verdict(f->tracker, NULL);
        /* Settling may have moved the generation. */
        f->report_generation = t->generation;
        f->report_frames = t->frames;
    }
    return f->report;
}

const sse_report *sseroaming_report(void)
{
    return current != NULL ? report_of(current) : NULL;
}

/* --- helpers --------------------------------------------------------------- */

/* The packet that is being printed. */
typedef struct packet {
    tvbuff_t    *tvb;
    packet_info *pinfo;
    proto_tree  *tree;               /* our subtree; NULL where none is built */
    proto_item  *item;
    open_file   *file;
    bool         visited;
    const sse_report *report;        /* NULL on the first pass */
    const sse_wire *wire;            /* its headers; only with a subtree, NULL where they were not found */
} packet;

static void mark_generated(proto_item *item)
{
    proto_item_set_generated(item);
}

static void add_uint(const packet *p, int hf, uint32_t value)
{
    mark_generated(proto_tree_add_uint(p->tree, hf, p->tvb, 0, 0, value));
}

static void add_text(const packet *p, int hf, const char *value)
{
    if (value != NULL && *value != '\0')
        mark_generated(proto_tree_add_string(p->tree, hf, p->tvb, 0, 0, value));
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

/* A click selects the address in the packet's own header, or in the one that an
 * ICMP error quotes. An address that is in neither selects nothing. */
static void add_address(const packet *p, int hf, const sse_addr *addr)
{
    const sse_wire *w = p->wire;
    tvbuff_t *tvb = p->tvb;
    char text[SSE_ADDR_TEXT];
    int at = -1;

    if (p->tree == NULL || addr->family == 0)
        return;
    if (w != NULL) {
        at = find_address(tvb = w->ip_tvb, w->ip_offset, addr);
        if (at < 0 && w->payload != NULL && (w->protocol == SSE_IP_ICMP || w->protocol == SSE_IP_ICMPV6))
            at = find_address(tvb = w->tvb, w->payload_offset, addr);
    }
    mark_generated(proto_tree_add_string(p->tree, hf, tvb, MAX(at, 0), at < 0 ? 0 : addr->family == 4 ? 4 : 16,
                                         sse_addr_text(addr, text)));
}

/* The port of a resolver or gateway, from whichever side the packet comes. */
static void add_port(const packet *p, uint16_t port)
{
    const sse_wire *w = p->wire;

    if (w == NULL || (w->protocol != SSE_IP_UDP && w->protocol != SSE_IP_TCP) || (w->dport != port && w->sport != port))
        add_uint(p, hf_port, port);
    else
        mark_generated(proto_tree_add_uint(p->tree, hf_port, w->tvb, w->ports_offset + (w->dport == port ? 2 : 0), 2, port));
}

static void add_time(const packet *p, int hf, int64_t ns)
{
    nstime_t time;

    time.secs = (time_t)(ns / SSE_SECOND);
    time.nsecs = (int)(ns % SSE_SECOND);
    mark_generated(proto_tree_add_time(p->tree, hf, p->tvb, 0, 0, &time));
}

static void add_name(const packet *p, uint32_t name)
{
    const sse_tracker *t = p->file->tracker;
    char *text;

    if (p->tree == NULL || name == SSE_NONE || name >= t->names->len)
        return;
    text = sse_redact_name(p->file->tracker->redactor, (const char *)g_ptr_array_index(t->names, name));
    add_text(p, hf_name, text);
    g_free(text);
}

/* The packet's own address of the client: a client may have several. */
static const sse_addr *address_of(const packet *p, uint32_t index)
{
    return &sse_tracker_address(p->file->tracker, index)->addr;
}

/* The first element that is about a frame, in an array sorted by frame.
 * @param offset where an element has its frame number, a uint32_t */
#define NOWHERE G_MAXUINT
static guint first_at(const GArray *array, size_t size, size_t offset, uint32_t frame)
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
        return NOWHERE;
    memcpy(&found, array->data + low * size + offset, sizeof found);
    return found == frame ? low : NOWHERE;
}

/* The nearest mark of one of two kinds with the same record and attempt,
 * before or after this one. @return its frame, 0 where none is near. */
static uint32_t partner(const sse_tracker *t, const sse_mark *mark, bool after, sse_mark_kind kind, sse_mark_kind other)
{
    const sse_mark *all = &g_array_index(t->marks, sse_mark, 0);
    guint at = (guint)(mark - all);

    for (guint steps = 0; steps < PARTNER_SEARCH; steps++) {
        if (after ? ++at >= t->marks->len : at-- == 0)
            return 0;
        if (all[at].of == mark->of && all[at].record == mark->record && all[at].attempt == mark->attempt &&
            (all[at].kind == kind || all[at].kind == other))
            return all[at].frame;
    }
    return 0;
}

static void expert(const packet *p, expert_field *field)
{
    expert_add_info(p->pinfo, p->item, field);
}

static void add_frame(const packet *p, int hf, uint32_t frame)
{
    if (frame != 0 && frame != p->pinfo->num)
        add_uint(p, hf, frame);
}

static void add_states(const packet *p, uint32_t client)
{
    const sse_addr *addr;
    sse_state state;

    if (p->report == NULL)
        return;
    addr = address_of(p, client);
    state = sse_report_state_at(p->report, addr, addr->family, p->pinfo->num);
    if (state != SSE_NOT_OBSERVED)
        add_uint(p, hf_dns_state, state);
    state = sse_report_state_at(p->report, addr, 0, p->pinfo->num);
    if (state != SSE_NOT_OBSERVED)
        add_uint(p, hf_web_state, state);
}

/* --- strings of the packet itself ------------------------------------------- */

/* The packet's headers once more, for its details. */
static const sse_wire *read_wire(const packet *p)
{
    sse_wire *w = wmem_new(p->pinfo->pool, sse_wire);
    sse_addr src, dst;

    return sse_wire_address(&p->pinfo->net_src, &src) && sse_wire_address(&p->pinfo->net_dst, &dst) &&
           sse_wire_read(p->tvb, p->pinfo, &src, &dst, w) ? w : NULL;
}

/* "dnscrypt enabled (HEX)": the client magic that the query came with, and
 * whether a certificate in the capture announced it. */
static void add_client_magic(const packet *p, tvbuff_t *tvb, int offset, const sse_dns_item *item)
{
    uint8_t magic[SSE_DNSCRYPT_MAGIC];
    const sse_dnscrypt_known *known, *any;
    proto_item *added;

    if (!sse_dnscrypt_magic_of_text(item->text, magic))
        return;
    /* The certificate may have come from another of the service's addresses,
     * or this reply from a proxy on the client itself. */
    known = sse_dnscrypt_find(dnscrypt_magics(), NULL, magic);
    any = sse_dnscrypt_find(dnscrypt_magics(), NULL, NULL);
    added = proto_tree_add_bytes_with_length(p->tree, hf_client_magic, tvb, offset + (int)item->offset,
                                             (int)item->length, magic, sizeof magic);
    if (sse_dnscrypt_is_opendns_magic(magic))
        proto_item_append_text(added, " (%.8s)", (const char *)magic);
    mark_generated(added);
    if (known != NULL && known->frame < p->pinfo->num)
        add_uint(p, hf_certificate_in, known->frame);
    else if (any != NULL && any->frame < p->pinfo->num)
        expert_add_info(p->pinfo, added, &ei_client_magic);
}

static void add_items(const packet *p, const sse_dns_items *items, tvbuff_t *tvb, int offset)
{
    sse_tracker *t = p->file->tracker;

    for (unsigned i = 0; i < items->count; i++) {
        const sse_dns_item *item = &items->item[i];
        int kind = sse_item_redaction(item->kind);
        const char *text = kind < 0 ? item->text : sse_redact(t->redactor, (sse_redact_kind)kind, item->text);
        bool bytes = item->kind == SSE_DNS_CERTIFICATE || item->kind == SSE_DNS_EDNS_UNKNOWN;

        /* A placeholder has no bytes in the packet, and must not show them;
         * where there is nothing but bytes, nothing is shown. */
        if (text != item->text && !bytes)
            add_text(p, hf_items[item->kind], text);
        else if (text == item->text && bytes)
            proto_tree_add_item(p->tree, hf_items[item->kind], tvb, offset + (int)item->offset, (int)item->length, ENC_NA);
        else if (text == item->text)
            proto_tree_add_string(p->tree, hf_items[item->kind], tvb, offset + (int)item->offset, (int)item->length, text);
        if (item->kind == SSE_DNS_DNSCRYPT)
            add_client_magic(p, tvb, offset, item);
    }
}

/* The DNS message of this packet, if it is one on the service's ports. */
static bool read_message(const packet *p, sse_dns_message **m, sse_dns_items **items, tvbuff_t **tvb, int *offset)
{
    const sse_wire *w = p->wire != NULL ? p->wire : read_wire(p);

    if (w == NULL)
        return false;
    *m = wmem_new(p->pinfo->pool, sse_dns_message);
    *items = wmem_new(p->pinfo->pool, sse_dns_items);
    if (!sse_observe_dns(w, &p->file->settings->names, true, *m, offset))
        return false;
    *tvb = w->tvb;
    sse_dns_read_records(*m, *items);
    return true;
}

/* The name that a lookup asks for: a click selects it in the question. */
static void add_question(const packet *p, uint32_t name)
{
    const sse_tracker *t = p->file->tracker;
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    const char *text;
    int offset;

    if (t->config.redact || name == SSE_NONE || name >= t->names->len || !read_message(p, &m, &items, &tvb, &offset) ||
        !m->has_question) {
        add_name(p, name);
        return;
    }
    text = (const char *)g_ptr_array_index(t->names, name);
    /* RFC 1035 section 4.1: a header of 12 bytes, the name, type and class. */
    mark_generated(proto_tree_add_string(p->tree, hf_name, tvb, offset + 12, (int)m->records - 4 - 12, text));
}

static void add_message_items(const packet *p)
{
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    int offset;

    if (p->tree != NULL && read_message(p, &m, &items, &tvb, &offset))
        add_items(p, items, tvb, offset);
}

/* The module adds its identity to other queries on 53, too. */
static bool carries_identity(const sse_dns_items *items)
{
    for (unsigned i = 0; i < items->count; i++) {
        sse_dns_item_kind kind = items->item[i].kind;

        if (kind >= SSE_DNS_EDNS_ORG && kind <= SSE_DNS_EDNS_UNKNOWN)
            return true;
    }
    return false;
}

static void add_icmp(const packet *p)
{
    const sse_wire *w = p->wire;
    int header;

    if (w == NULL || (w->protocol != SSE_IP_ICMP && w->protocol != SSE_IP_ICMPV6))
        return;
    /* Type, code, checksum and four more bytes: RFC 792, RFC 4443. */
    header = w->payload_offset - 8;
    add_address(p, hf_icmp_sender, &w->src);
    mark_generated(proto_tree_add_uint(p->tree, hf_icmp_type, w->tvb, header, 1, w->icmp_type));
    mark_generated(proto_tree_add_uint(p->tree, hf_icmp_code, w->tvb, header + 1, 1, w->icmp_code));
}

/* --- marks ------------------------------------------------------------------ */

static uint32_t kind_of(const sse_tracker *t, const sse_mark *mark)
{
    bool local = mark->of == SSE_OF_PROBE && sse_tracker_probe(t, mark->record)->local;
    bool encrypted = mark->of == SSE_OF_PROBE && sse_tracker_probe(t, mark->record)->name == OBS_NAME_DNSCRYPT;

    if (mark->of == SSE_OF_FACT)
        return KIND_NOTED;
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_QUERY:
        return mark->of == SSE_OF_LOOKUP ? KIND_LOOKUP_QUERY : local ? KIND_LOCAL_QUERY
             : encrypted ? KIND_DNSCRYPT_QUERY : KIND_PROBE_QUERY;
    case SSE_MARK_REPLY:
        return mark->of == SSE_OF_LOOKUP ? KIND_LOOKUP_ANSWER : local ? KIND_LOCAL_REPLY
             : encrypted ? KIND_DNSCRYPT_REPLY : KIND_PROBE_REPLY;
    case SSE_MARK_SYN:
        return KIND_SYN;
    case SSE_MARK_SYN_ACK:
        return KIND_SYN_ACK;
    case SSE_MARK_RESET:
        return KIND_RESET;
    case SSE_MARK_FIN:
        return KIND_FIN;
    case SSE_MARK_ICMP:
        return KIND_ICMP;
    case SSE_MARK_CLIENT_PAYLOAD:
        return KIND_CLIENT_PAYLOAD;
    case SSE_MARK_GATEWAY_PAYLOAD:
        return KIND_GATEWAY_PAYLOAD;
    case SSE_MARK_CONNECT:
        return KIND_CONNECT;
    case SSE_MARK_CONNECT_ANSWER:
        return KIND_CONNECT_ANSWER;
    case SSE_MARK_COPY:
        return KIND_COPY;
    }
    return KIND_NOTED;
}

static uint32_t client_of(const sse_tracker *t, const sse_mark *mark)
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

/* The frame on which the failure of a probe is reported: the one that brought
 * it, or for silence the query. */
static uint32_t probe_decider(const sse_tracker *t, const sse_probe *q, sse_probe_outcome outcome)
{
    switch (outcome) {
    case SSE_PROBE_LATE:
    case SSE_PROBE_INTERCEPTED:
    case SSE_PROBE_REFUSED:
    case SSE_PROBE_COURT_ORDER:
        return q->reply_frame;
    case SSE_PROBE_RESET:
        return q->reset_frame;
    case SSE_PROBE_ICMP:
        return g_array_index(t->icmps, sse_icmp, q->icmp).frame;
    case SSE_PROBE_NO_REPLY:
        return q->frame;
    default:
        return 0;
    }
}

static uint32_t swg_decider(const sse_handshake *h, sse_swg_outcome outcome)
{
    const sse_session *s = h->session;

    switch (outcome) {
    case SSE_SWG_RESET:
    case SSE_SWG_ICMP:
        return h->met_frame;
    case SSE_SWG_NO_REPLY:
        return h->frame;
    case SSE_SWG_SESSION_RESET:
    case SSE_SWG_SESSION_CLOSED:
        return s != NULL ? s->gateway_close_frame : 0;
    case SSE_SWG_SESSION_STALLED:
    case SSE_SWG_SESSION_SILENT:
        return s == NULL ? 0 : s->first_payload_frame != 0 ? s->first_payload_frame : s->open_frame;
    default:
        return 0;
    }
}

static void print_probe(const packet *p, const sse_mark *mark, const sse_probe *q, sse_probe_outcome outcome, bool say)
{
    const sse_tracker *t = p->file->tracker;

    proto_item_append_text(p->item, ", %s to %s", q->local ? "local DNS probe" : q->name == OBS_NAME_DNSCRYPT ? "DNSCrypt query" : "DNS probe",
                           sse_addr_text(address_of(p, q->resolver), (char[SSE_ADDR_TEXT]){ 0 }));
    if (say)
        proto_item_append_text(p->item, ": %s", sse_probe_outcome_code(outcome));
    add_uint(p, hf_kind, kind_of(t, mark));
    add_address(p, hf_client, address_of(p, q->client));
    add_address(p, hf_resolver, address_of(p, q->resolver));
    add_port(p, q->port);
    add_uint(p, hf_transport, q->transport);
    add_uint(p, hf_probe_id, mark->record + 1);
    if (q->local)
        mark_generated(proto_tree_add_boolean(p->tree, hf_probe_local, p->tvb, 0, 0, true));
    add_uint(p, hf_probe_attempt, mark->attempt);
    if (say)
        add_uint(p, hf_probe_outcome, outcome);
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_SYN:
    case SSE_MARK_QUERY:
        /* The reply lies ahead: known only where the frame is seen again. */
        add_frame(p, hf_probe_reply_in, q->reply_frame);
        break;
    case SSE_MARK_REPLY:
        add_frame(p, hf_probe_reply_to, q->frame);
        if (q->frame != 0 && q->reply_frame == p->pinfo->num)
            add_time(p, hf_probe_time, q->reply_time - q->time);
        break;
    case SSE_MARK_ICMP:
        add_frame(p, hf_probe_reply_to, q->frame);
        add_icmp(p);
        break;
    case SSE_MARK_SYN_ACK:
    case SSE_MARK_RESET:
        add_frame(p, hf_probe_reply_to, q->frame);
        break;
    default:
        break;
    }
    add_states(p, q->client);
    if (mark->kind == SSE_MARK_QUERY || mark->kind == SSE_MARK_REPLY || mark->kind == SSE_MARK_COPY)
        add_message_items(p);
}

/* The short mark in the packet list, before the rest, where it is seen however
 * narrow the column: "[SSE Roaming: no reply]". Only on what failed. */
static void mark_info(const packet *p, const char *code)
{
    char words[32];

    if (!sse_preferences_mark_info())
        return;
    g_strlcpy(words, code, sizeof words);
    g_strdelimit(words, "-", ' ');
    col_prepend_fstr(p->pinfo->cinfo, COL_INFO, "[SSE Roaming: %s] ", words);
}

static void show_probe(const packet *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_probe *q = sse_tracker_probe(t, mark->record);
    bool final;
    sse_probe_outcome outcome = sse_probe_outcome_of(t, q, &final);
    bool say = !q->local && (final || p->visited), counts, decides;

    if (p->tree != NULL)
        print_probe(p, mark, q, outcome, say);
    /* Of a DNSCrypt query the protocol DNSCrypt says it itself. */
    counts = q->name != OBS_NAME_DNSCRYPT && !q->is_nat_copy && mark->kind != SSE_MARK_COPY;
    decides = counts && probe_decider(t, q, outcome) == p->pinfo->num;
    if (say && decides)
        expert(p, &ei_probe[outcome]);
    if (say && counts && sse_probe_failed(outcome) && (mark->kind == SSE_MARK_QUERY || mark->kind == SSE_MARK_SYN || decides))
        mark_info(p, sse_probe_outcome_code(outcome));
}

static void print_reset_delay(const packet *p)
{
    const GArray *resets = p->file->tracker->resets;
    guint at = first_at(resets, sizeof(sse_reset), offsetof(sse_reset, frame), p->pinfo->num);

    if (at != NOWHERE)
        add_time(p, hf_swg_time, (int64_t)g_array_index(resets, sse_reset, at).delay * 1000);
}

static void print_reset_origin(const packet *p, const sse_handshake *h)
{
    GArray *reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    sse_origin origin = sse_handshake_reset_origin(p->file->tracker, h, reasons);

    if (origin != SSE_ORIGIN_NONE) {
        proto_item *item = proto_tree_add_uint(p->tree, hf_swg_reset_origin, p->tvb, 0, 0, origin);
        proto_tree *tree = proto_item_add_subtree(item, ett_reset);

        mark_generated(item);
        for (guint i = 0; i < reasons->len; i++) {
            char *text = sse_reason_text(&g_array_index(reasons, sse_reason, i));

            mark_generated(proto_tree_add_string(tree, hf_swg_reset_reason, p->tvb, 0, 0, text));
            g_free(text);
        }
    }
    g_array_free(reasons, TRUE);
}

/* From the packet itself: a connection may carry several. */
static void add_connect_host(const packet *p)
{
    obs_http http = { .kind = OBS_HTTP_NONE };
    const sse_wire *w = p->wire;
    size_t length;

    if (w == NULL || w->payload == NULL || !sse_http_read(w->payload, w->payload_held, &http) ||
        http.kind != OBS_HTTP_CONNECT)
        return;
    /* RFC 9110 section 9.3.6: "CONNECT host:port". */
    length = strlen(http.host);
    if (tvb_strncaseeql(w->tvb, w->payload_offset + 8, http.host, length) != 0)
        add_text(p, hf_swg_connect_host, http.host);
    else
        mark_generated(proto_tree_add_string(p->tree, hf_swg_connect_host, w->tvb, w->payload_offset + 8, (int)length,
                                             http.host));
}

static void print_connect(const packet *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_connect_answer *answer;
    guint at;

    if (mark->kind == SSE_MARK_CONNECT) {
        add_connect_host(p);
        return;
    }
    if (mark->kind != SSE_MARK_CONNECT_ANSWER)
        return;
    at = first_at(t->connects, sizeof(sse_connect_answer), offsetof(sse_connect_answer, frame), p->pinfo->num);
    if (at == NOWHERE)
        return;
    answer = &g_array_index(t->connects, sse_connect_answer, at);
    if (answer->host < t->names->len)
        add_text(p, hf_swg_connect_host, (const char *)g_ptr_array_index(t->names, answer->host));
    add_uint(p, hf_swg_connect_status, answer->status);
}

static void print_handshake(const packet *p, const sse_mark *mark, const sse_handshake *h, sse_swg_outcome outcome,
                            bool say)
{
    const sse_tracker *t = p->file->tracker;
    const sse_address *gateway = sse_tracker_address(t, h->gateway);
    const sse_session *s = h->session;
    uint32_t frame = 0;

    proto_item_append_text(p->item, ", gateway handshake with %s",
                           sse_addr_text(&gateway->addr, (char[SSE_ADDR_TEXT]){ 0 }));
    if (say)
        proto_item_append_text(p->item, ": %s", sse_swg_outcome_code(outcome));
    add_uint(p, hf_kind, kind_of(t, mark));
    add_address(p, hf_client, address_of(p, h->client));
    add_address(p, hf_gateway, &gateway->addr);
    add_port(p, h->port);
    add_uint(p, hf_transport, SSE_TCP);
    add_name(p, gateway->name);
    add_uint(p, hf_known_from, gateway->known);
    add_uint(p, hf_swg_id, mark->record + 1);
    add_uint(p, hf_swg_attempt, mark->attempt);
    if (say)
        add_uint(p, hf_swg_outcome, outcome);
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_SYN:
        frame = partner(t, mark, true, SSE_MARK_SYN_ACK, SSE_MARK_RESET);
        if (frame == 0)
            frame = partner(t, mark, true, SSE_MARK_ICMP, SSE_MARK_ICMP);
        add_frame(p, hf_swg_reply_in, frame);
        break;
    case SSE_MARK_SYN_ACK:
        frame = partner(t, mark, false, SSE_MARK_SYN, SSE_MARK_SYN);
        add_frame(p, hf_swg_reply_to, frame);
        if (s != NULL && s->open_frame == p->pinfo->num && h->rtt != 0)
            add_time(p, hf_swg_time, (int64_t)h->rtt * 1000);
        break;
    case SSE_MARK_RESET:
        frame = s == NULL ? partner(t, mark, false, SSE_MARK_SYN, SSE_MARK_SYN) : 0;
        add_frame(p, hf_swg_reply_to, frame);
        print_reset_delay(p);
        /* What the gateway's own packets look like may still be learnt. */
        if (p->visited && (h->met_frame == p->pinfo->num || (s != NULL && s->gateway_close_frame == p->pinfo->num)))
            print_reset_origin(p, h);
        break;
    case SSE_MARK_ICMP:
        add_frame(p, hf_swg_reply_to, partner(t, mark, false, SSE_MARK_SYN, SSE_MARK_SYN));
        add_icmp(p);
        break;
    default:
        break;
    }
    print_connect(p, mark);
    add_states(p, h->client);
}

static void show_handshake(const packet *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_handshake *h = sse_tracker_handshake(t, mark->record);
    bool final;
    sse_swg_outcome outcome = sse_handshake_outcome_of(t, h, &final);
    bool say = final || p->visited, counts = !h->is_nat_copy && mark->kind != SSE_MARK_COPY;
    bool decides = counts && swg_decider(h, outcome) == p->pinfo->num;

    if (p->tree != NULL)
        print_handshake(p, mark, h, outcome, say);
    if (say && decides)
        expert(p, &ei_swg[outcome]);
    if (say && counts && sse_swg_failed(outcome) &&
        (mark->kind == SSE_MARK_SYN || (mark->kind == SSE_MARK_RESET && h->session == NULL) || decides))
        mark_info(p, sse_swg_outcome_code(outcome));
}

static void print_lookup(const packet *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_lookup *l = &g_array_index(t->lookups, sse_lookup, mark->record);

    if (p->tree == NULL)
        return;
    proto_item_append_text(p->item, ", lookup of a gateway's name");
    add_uint(p, hf_kind, kind_of(t, mark));
    if (l->client != SSE_NONE)
        add_address(p, hf_client, address_of(p, l->client));
    add_question(p, l->name);
    add_uint(p, hf_lookup_id, mark->record + 1);
    if (mark->kind == SSE_MARK_QUERY) {
        add_frame(p, hf_lookup_reply_in, l->answer_frame);
    } else if (mark->kind == SSE_MARK_REPLY) {
        add_frame(p, hf_lookup_reply_to, l->frame);
        if (l->frame != 0 && l->answer_frame == p->pinfo->num)
            add_time(p, hf_lookup_time, l->answer_time - l->time);
    }
    if (l->client != SSE_NONE)
        add_states(p, l->client);
}

static void print_fact(const packet *p, const sse_mark *mark, bool alone)
{
    const sse_tracker *t = p->file->tracker;
    const sse_fact *fact = &g_array_index(t->facts, sse_fact, mark->record);

    if (p->tree == NULL)
        return;
    if (alone) {
        proto_item_append_text(p->item, ", %s", val_to_str_const(fact->kind, fact_vals, "noted"));
        add_uint(p, hf_kind, KIND_NOTED);
        if (fact->client != SSE_NONE)
            add_address(p, hf_client, address_of(p, fact->client));
    }
    add_uint(p, hf_fact, fact->kind);
}

/* A packet that takes part only as the first of a finding. */
static void print_noted(const packet *p)
{
    sse_addr addr;

    proto_item_append_text(p->item, ", noted");
    add_uint(p, hf_kind, KIND_NOTED);
    for (unsigned i = 0; i < 2; i++) {
        if (sse_wire_address(i == 0 ? &p->pinfo->net_src : &p->pinfo->net_dst, &addr) &&
            (sse_tracker_role(p->file->tracker, &addr) & SSE_ROLE_CLIENT) != 0) {
            add_address(p, hf_client, &addr);
            return;
        }
    }
}

/* Findings and changes of state, which stand on frames of their own. */
static void print_notes(const packet *p, guint first)
{
    for (guint i = first; i < p->report->frame_notes->len; i++) {
        const sse_frame_note *note = &g_array_index(p->report->frame_notes, sse_frame_note, i);

        if (note->frame != p->pinfo->num)
            break;
        if (note->kind == SSE_NOTE_FINDING) {
            add_uint(p, hf_finding, note->code);
            expert(p, &ei_finding[note->code]);
        } else if (note->to == SSE_PROTECTED) {
            expert(p, note->web ? &ei_web_gained : &ei_dns_gained);
        } else {
            expert(p, note->web ? &ei_web_lost : &ei_dns_lost);
        }
    }
}

static void queue_tap(const packet *p, const sse_mark *marks, unsigned count)
{
    const sse_tracker *t = p->file->tracker;
    sseroaming_tap *tap = wmem_new0(p->pinfo->pool, sseroaming_tap);
    const sse_mark *first = marks;
    uint32_t client;
    sse_addr src;

    tap->tracker = t;
    tap->marks = count > 0 ? (const sse_mark *)wmem_memdup(p->pinfo->pool, marks, count * sizeof *marks) : NULL;
    tap->count = count;
    /* What is noted of a packet need not know its client. */
    while (first + 1 < marks + count && first->of == SSE_OF_FACT)
        first++;
    client = count > 0 ? client_of(t, first) : SSE_NONE;
    /* Without marks it is a fail-open SYN. */
    tap->from_client = count == 0 ||
                       (first->kind != SSE_MARK_ICMP && client != SSE_NONE &&
                        sse_wire_address(&p->pinfo->net_src, &src) && sse_addr_equal(&src, address_of(p, client)));
    tap_queue_packet(tap_sseroaming, p->pinfo, tap);
}

static void begin_tree(packet *p, proto_tree *tree)
{
    if (tree == NULL)
        return;
    p->item = proto_tree_add_item(tree, proto_sseroaming, p->tvb, 0, 0, ENC_NA);
    proto_item_set_generated(p->item);
    p->tree = proto_item_add_subtree(p->item, ett_sseroaming);
    p->wire = read_wire(p);
}

/* A query that takes no part in a verdict, but says whose it is. */
static void show_identity(packet *p, proto_tree *tree)
{
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    sse_addr src, server;
    int offset;
    bool to_server;

    if (p->pinfo->ptype != PT_UDP || !sse_gate_perhaps(&p->file->gate, &p->pinfo->net_dst) ||
        !sseroaming_resolver(p->pinfo, &server, &to_server) || !to_server ||
        !read_message(p, &m, &items, &tvb, &offset) || m->response || !carries_identity(items) ||
        !sse_wire_address(&p->pinfo->net_src, &src))
        return;
    begin_tree(p, tree);
    proto_item_append_text(p->item, ", DNS query with an identity");
    add_uint(p, hf_kind, KIND_IDENTITY);
    add_address(p, hf_client, &src);
    add_address(p, hf_resolver, &server);
    add_items(p, items, tvb, offset);
}

/* A packet that may have something to show.
 * Apart from its caller, which every packet runs through.
 * @return how much of it is ours: all or nothing. */
static G_GNUC_NO_INLINE int show_packet(open_file *f, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool visited)
{
    const sse_tracker *t = f->tracker;
    const sse_mark *marks = NULL;
    unsigned count = 0;
    guint note = 0;
    bool noted = false, fail_open = false;

    /* Whose expert items these are. Wireshark itself sets it only for what has
     * a layer, and puts back what it was. */
    pinfo->current_proto = "SSE Roaming";
    if (visited || g_array_index(t->marks, sse_mark, t->marks->len - 1).frame == pinfo->num)
        marks = sse_tracker_marks(t, pinfo->num, &count);

    packet p = { .tvb = tvb, .pinfo = pinfo, .file = f, .visited = visited };

    if (visited) {
        p.report = report_of(f);
        /* Drawing the verdict settles the tracker, which may move the marks. */
        marks = sse_tracker_marks(t, pinfo->num, &count);
        note = first_at(p.report->frame_notes, sizeof(sse_frame_note), offsetof(sse_frame_note, frame), pinfo->num);
        noted = note != NOWHERE;
        fail_open = first_at(p.report->fail_open, sizeof(guint32), 0, pinfo->num) != NOWHERE;
    }
    if (count == 0 && !noted && !fail_open) {
        if (tree != NULL && (pinfo->destport == PORT_DNS || pinfo->destport == PORT_HTTPS))
            show_identity(&p, tree);
        return 0;
    }
    begin_tree(&p, tree);
    for (unsigned i = 0; i < count; i++) {
        switch ((sse_mark_of)marks[i].of) {
        case SSE_OF_PROBE:
            show_probe(&p, &marks[i]);
            break;
        case SSE_OF_HANDSHAKE:
            show_handshake(&p, &marks[i]);
            break;
        case SSE_OF_LOOKUP:
            print_lookup(&p, &marks[i]);
            break;
        case SSE_OF_FACT:
            print_fact(&p, &marks[i], count == 1);
            break;
        }
    }
    if (fail_open) {
        mark_info(&p, "fail-open");
        if (count == 0 && p.tree != NULL) {
            sse_addr src;

            proto_item_append_text(p.item, ", direct connection while web protection is down");
            add_uint(&p, hf_kind, KIND_FAIL_OPEN);
            if (sse_wire_address(&pinfo->net_src, &src))
                add_address(&p, hf_client, &src);
        }
        mark_generated(proto_tree_add_boolean(p.tree, hf_fail_open, tvb, 0, 0, true));
    }
    if (noted && count == 0 && !fail_open && p.tree != NULL)
        print_noted(&p);
    if (noted)
        print_notes(&p, note);
    if (count > 0 || fail_open)
        queue_tap(&p, marks, count);
    return (int)tvb_captured_length(tvb);
}

/* This runs for every packet of every file. */
static int dissect_sseroaming(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    open_file *f = current;
    bool visited = PINFO_FD_VISITED(pinfo) ? true : false;
    const GArray *marks;

    if (f == NULL)
        return 0;
    if (!visited)
        sse_observe(f->tracker, &f->gate, &f->settings->names, tvb, pinfo);
    marks = f->tracker->marks;
    if (marks->len == 0 ||
        (!visited && tree == NULL && g_array_index(marks, sse_mark, marks->len - 1).frame != pinfo->num))
        return 0;
    return show_packet(f, tvb, pinfo, tree, visited);
}

/* --- the conversation filter "SSE Roaming client" ----------------------------- */

/* The client that a packet is about, by its address in it. */
static bool client_of_packet(const packet_info *pinfo, sse_addr *addr)
{
    const sse_tracker *t = sseroaming_tracker();
    const sse_mark *marks;
    unsigned count = 0;

    if (t == NULL || !sseroaming_is_enabled())
        return false;
    marks = sse_tracker_marks(t, pinfo->num, &count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t client = client_of(t, &marks[i]);

        if (client != SSE_NONE) {
            *addr = sse_tracker_address(t, client)->addr;
            return true;
        }
    }
    /* A packet of the client that is no part of a probe or handshake, such as a
     * direct connection. */
    for (unsigned i = 0; i < 2; i++) {
        if (sse_wire_address(i == 0 ? &pinfo->net_src : &pinfo->net_dst, addr) &&
            (sse_tracker_role(t, addr) & SSE_ROLE_CLIENT) != 0)
            return true;
    }
    return false;
}

static sse_bool has_client_filter(packet_info *pinfo SSE_CONVERSATION_DATA)
{
    sse_addr addr;

    return client_of_packet(pinfo, &addr);
}

/* Wireshark makes it anew for each packet that is clicked, and reads it by a
 * function that calls itself for each part. */
#define CLIENT_FILTER_ADDRESSES 64

/* All that the module of this client did, under each of its addresses. */
static char *client_filter(packet_info *pinfo SSE_CONVERSATION_DATA)
{
    const sse_report *report = sseroaming_report();
    const GArray *addresses;
    char text[SSE_ADDR_TEXT];
    GString *filter;
    sse_addr addr;
    unsigned at;

    if (report == NULL || !client_of_packet(pinfo, &addr))
        return NULL;
    at = GPOINTER_TO_UINT(g_hash_table_lookup(report->by_address, &addr));
    if (at == 0)
        return g_strdup_printf("sseroaming.client == \"%s\"", sse_addr_text(&addr, text));
    addresses = g_array_index(report->clients, sse_client_report, at - 1).addresses;
    filter = g_string_new(NULL);
    for (guint i = 0; i < MIN(addresses->len, CLIENT_FILTER_ADDRESSES); i++)
        g_string_append_printf(filter, "%ssseroaming.client == \"%s\"", i == 0 ? "" : " || ",
                               sse_addr_text(&g_array_index(addresses, sse_addr, i), text));
    return g_string_free(filter, FALSE);
}

/* --- DNS and DNSCrypt on UDP 443 ---------------------------------------------- */

bool sseroaming_resolver(const packet_info *pinfo, sse_addr *server, bool *to_server)
{
    const open_file *f = current;
    bool to = pinfo->destport == PORT_HTTPS || pinfo->destport == PORT_DNS;
    bool from = pinfo->srcport == PORT_HTTPS || pinfo->srcport == PORT_DNS;

    if (f == NULL)
        return false;
    /* This stands before every DNS packet: the gate says no at little cost. */
    to = to && sse_gate_perhaps(&f->gate, &pinfo->net_dst);
    from = from && sse_gate_perhaps(&f->gate, &pinfo->net_src);
    if (!to && !from)
        return false;
    *to_server = to && sse_wire_address(&pinfo->net_dst, server) && sse_tracker_is_resolver(f->tracker, server);
    if (!*to_server &&
        !(from && sse_wire_address(&pinfo->net_src, server) && sse_tracker_is_resolver(f->tracker, server)))
        return false;
    return sseroaming_is_enabled();
}

/* Wireshark finds DNS on UDP 443 only by a heuristic, which loses against any
 * protocol on the client's port and may be switched off. This takes messages
 * from and to the resolvers that are DNS or DNSCrypt beyond doubt, and leaves
 * all else as if it were not there. */
static int dissect_dns_443(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    open_file *f = current;
    sse_dns_message m;
    sse_addr server;
    bool to_server;
    uint32_t held;
    int taken;

    if (handle_dns == NULL || !sseroaming_resolver(pinfo, &server, &to_server))
        return 0;
    held = tvb_captured_length(tvb);
    if (held == 0)
        return 0;
    if (!sse_dns_read_question(&m, tvb_get_ptr(tvb, 0, (int)held), held, tvb_reported_length(tvb),
                               &f->settings->names) ||
        m.cut_name || !sse_dns_is_plausible(&m))
        return dnscrypt_dissect_udp(tvb, pinfo, tree, &server, to_server);
    taken = call_dissector_only(handle_dns, tvb, pinfo, tree, NULL);
    if (taken > 0)
        dnscrypt_show_certificates(tvb, pinfo, tree, &m);
    return taken;
}

/* --- registration --------------------------------------------------------------- */

static void fill_codes(void)
{
    for (int i = 0; i < SSE_PROBE_OUTCOMES; i++)
        probe_outcome_vals[i] = (value_string){ (uint32_t)i, sse_probe_outcome_code((sse_probe_outcome)i) };
    for (int i = 0; i < SSE_SWG_OUTCOMES; i++)
        swg_outcome_vals[i] = (value_string){ (uint32_t)i, sse_swg_outcome_code((sse_swg_outcome)i) };
    for (int i = 0; i < SSE_STATES; i++)
        state_vals[i] = (value_string){ (uint32_t)i, sse_state_code((sse_state)i) };
    for (int i = SSE_ORIGIN_UNKNOWN; i <= SSE_ORIGIN_GATEWAY; i++)
        origin_vals[i - SSE_ORIGIN_UNKNOWN] = (value_string){ (uint32_t)i, sse_origin_code((sse_origin)i) };
    for (int i = 0; i <= SSE_KNOWN_NOT; i++)
        known_vals[i] = (value_string){ (uint32_t)i, sse_known_code((sse_known)i) };
    for (int i = 0; i < SSE_FINDINGS; i++)
        finding_vals[i] = (value_string){ (uint32_t)i, sse_finding_code_text((sse_finding_code)i) };
}

static const struct {
    sse_dns_item_kind kind;
    const char *name, *abbrev;
    bool bytes;
    const char *blurb;
} item_fields[] = {
    { SSE_DNS_SERVER, "Server", "sseroaming.debug.server", false, "Resolver node and site that answered" },
    { SSE_DNS_SERVER_NODE, "Node", "sseroaming.debug.server.node", false, "Resolver node that answered" },
    { SSE_DNS_SERVER_SITE, "Site", "sseroaming.debug.server.site", false,
        "Site that answered, by the code of its airport" },
    { SSE_DNS_ORGID, "Organisation", "sseroaming.debug.orgid", false, "Organisation that OpenDNS took the query for" },
    { SSE_DNS_ORIGINID, "Origin", "sseroaming.debug.originid", false, "Identity that OpenDNS took the query for; 0 is none" },
    { SSE_DNS_DEVICE, "Device", "sseroaming.debug.device", false, "Device id that reached OpenDNS" },
    { SSE_DNS_SOURCE, "Source", "sseroaming.debug.source", false, "Public address and port that OpenDNS saw" },
    { SSE_DNS_FLAGS, "Flags", "sseroaming.debug.flags", false, "Not documented" },
    { SSE_DNS_ORGFLAGS, "Organisation flags", "sseroaming.debug.orgflags", false, "Not documented" },
    { SSE_DNS_ACTYPE, "Account type", "sseroaming.debug.actype", false, "Not documented" },
    { SSE_DNS_BUNDLE, "Bundle", "sseroaming.debug.bundle", false, "Policy bundle" },
    { SSE_DNS_REMOTEIP, "Remote IP", "sseroaming.debug.remoteip", false, "Address of the client in its own network" },
    { SSE_DNS_USER, "User", "sseroaming.debug.user", false, "User behind a Virtual Appliance" },
    { SSE_DNS_APPLIANCE, "Appliance", "sseroaming.debug.appliance", false, "Virtual Appliance" },
    { SSE_DNS_HOST, "Host", "sseroaming.debug.host", false, "Host behind a Virtual Appliance" },
    { SSE_DNS_DNSCRYPT, "DNSCrypt", "sseroaming.debug.dnscrypt", false, "Whether the query came encrypted" },
    { SSE_DNS_TEXT, "Text", "sseroaming.debug.text", false, "Any other string of the answer" },
    { SSE_DNS_LEGAL, "Legal notice", "sseroaming.debug.legal_notice", false, "OpenDNS does not serve this place" },
    { SSE_DNS_CERTIFICATE, "DNSCrypt certificate", "sseroaming.certificate", true, "Certificate of the resolver" },
    { SSE_DNS_EDNS_ORG, "Organisation in the query", "sseroaming.edns.orgid", false, "EDNS option 20292" },
    { SSE_DNS_EDNS_ASSET, "Asset in the query", "sseroaming.edns.asset", false, "EDNS option 20292" },
    { SSE_DNS_EDNS_REMOTEIP, "Remote IP in the query", "sseroaming.edns.remoteip", false, "EDNS option 20292" },
    { SSE_DNS_EDNS_DEVICE, "Device in the query", "sseroaming.edns.device", false,
        "EDNS option 20292, 26946 or the old 4" },
    { SSE_DNS_EDNS_UNKNOWN, "Unknown part of the identity", "sseroaming.edns.unknown", true,
        "EDNS option 20292 or 26946" },
};

static void register_items(void)
{
    static hf_register_info fields[G_N_ELEMENTS(item_fields)];

    for (unsigned i = 0; i < G_N_ELEMENTS(item_fields); i++) {
        hf_items[item_fields[i].kind] = -1;
        fields[i] = (hf_register_info){
            &hf_items[item_fields[i].kind],
            { item_fields[i].name, item_fields[i].abbrev, item_fields[i].bytes ? FT_BYTES : FT_STRING, BASE_NONE, NULL,
              0, item_fields[i].blurb, HFILL }
        };
    }
    proto_register_field_array(proto_sseroaming, fields, G_N_ELEMENTS(fields));
}

/* Texts are constant: -z expert groups by them. The numbers are in fields. */
/* The group tells what kind of event it is: an answer that is wrong, an answer
 * that never came (in time), or what the capture cannot tell. */
static int probe_group(sse_probe_outcome outcome)
{
    return outcome == SSE_PROBE_NO_REPLY || outcome == SSE_PROBE_LATE || outcome == SSE_PROBE_RESET ? PI_SEQUENCE
                                                                                                    : PI_RESPONSE_CODE;
}

static int swg_group(sse_swg_outcome outcome)
{
    return outcome == SSE_SWG_ICMP ? PI_RESPONSE_CODE : PI_SEQUENCE;
}

static int finding_group(sse_finding_code code)
{
    switch (code) {
    case SSE_FIND_PORT_53_INTERCEPTED:
    case SSE_FIND_FORGED_REPLY:
    case SSE_FIND_CONFLICTING_REPLIES:
    case SSE_FIND_CAPTIVE_PORTAL:
    case SSE_FIND_QUIC_DIRECT:
    case SSE_FIND_GATEWAY_SUSPICIOUS:
        return PI_SECURITY;
    case SSE_FIND_NO_CONTROL_TRAFFIC:
    case SSE_FIND_ONE_WAY_CAPTURE:
    case SSE_FIND_LATE_START:
    case SSE_FIND_CUT_PACKETS:
    case SSE_FIND_CLOCK_JUMP:
    case SSE_FIND_TIMESTAMPS_UNUSABLE:
    case SSE_FIND_LIMIT_REACHED:
        return PI_ASSUMPTION;
    default:
        return PI_SEQUENCE;
    }
}

static const char *const probe_texts[SSE_PROBE_OUTCOMES] = {
    [SSE_PROBE_NO_REPLY] = "DNS probe: no reply from the resolver",
    [SSE_PROBE_LATE] = "DNS probe: the reply came too late",
    [SSE_PROBE_INTERCEPTED] = "DNS probe: answered, but not by OpenDNS",
    [SSE_PROBE_REFUSED] = "DNS probe: refused with an error",
    [SSE_PROBE_COURT_ORDER] = "DNS probe: OpenDNS does not serve this place (court order)",
    [SSE_PROBE_ICMP] = "DNS probe: rejected by an ICMP error",
    [SSE_PROBE_RESET] = "DNS probe over TCP: reset",
};

static const char *const swg_texts[SSE_SWG_OUTCOMES] = {
    [SSE_SWG_NO_REPLY] = "Gateway handshake: no reply to the SYN",
    [SSE_SWG_RESET] = "Gateway handshake: reset",
    [SSE_SWG_ICMP] = "Gateway handshake: rejected by an ICMP error",
    [SSE_SWG_SESSION_RESET] = "Gateway session: reset before any data of the gateway",
    [SSE_SWG_SESSION_CLOSED] = "Gateway session: closed before any data of the gateway",
    [SSE_SWG_SESSION_STALLED] = "Gateway session: the first data is never acknowledged",
    [SSE_SWG_SESSION_SILENT] = "Gateway session: the first data is never answered",
};

static const char *const finding_texts[SSE_FINDINGS] = {
    [SSE_FIND_ENCRYPTED_PORT_BLOCKED] = "UDP 443 to the resolvers is down, port 53 answers",
    [SSE_FIND_PORT_53_BLOCKED] = "Port 53 to the resolvers is down, UDP 443 answers",
    [SSE_FIND_PORT_53_INTERCEPTED] = "Port 53 to the resolvers is intercepted, UDP 443 answers",
    [SSE_FIND_RESOLVER_UNREACHABLE] = "One resolver does not answer while another does",
    [SSE_FIND_PROBE_LOSS] = "Failed probes outside an outage",
    [SSE_FIND_TCP_ONLY] = "Resolvers answer over TCP, not over UDP",
    [SSE_FIND_NOT_IDENTIFIED] = "The query carried an identity, the reply has none",
    [SSE_FIND_ANSWERED_VIA_FORWARDER] = "Port 53 looks answered by a forwarder",
    [SSE_FIND_CONFLICTING_REPLIES] = "Two replies that say different things",
    [SSE_FIND_FORGED_REPLY] = "Reply with the wrong port, id or question",
    [SSE_FIND_RESET_ON_PATH] = "Reset that a device on the path likely sent",
    [SSE_FIND_GATEWAY_UNREACHABLE] = "One gateway fails while another works",
    [SSE_FIND_GATEWAY_PARTLY_FAILING] = "Some connections to the gateway fail",
    [SSE_FIND_SLOW_HANDSHAKE] = "Gateway handshake took more than 3 s",
    [SSE_FIND_PATH_MTU] = "Large segments do not get through",
    [SSE_FIND_PROXY_DENIED] = "The gateway denied a CONNECT",
    [SSE_FIND_PROXY_ERROR] = "The gateway answered a CONNECT with an error",
    [SSE_FIND_CAPTIVE_PORTAL] = "A captive portal answered a connectivity test",
    [SSE_FIND_CERTIFICATE_EXPIRED] = "DNSCrypt certificate outside its dates",
    [SSE_FIND_DNSCRYPT_UNANSWERED] = "DNSCrypt queries without reply",
    [SSE_FIND_IPV6_NO_CONNECTIVITY] = "IPv6 probes do not count: no IPv6 connectivity",
    [SSE_FIND_QUIC_DIRECT] = "QUIC goes past web protection",
    [SSE_FIND_NAT_SEEN] = "The capture holds both sides of a NAT",
    [SSE_FIND_NETWORK_CHANGED] = "The client changed networks",
    [SSE_FIND_NO_CONTROL_TRAFFIC] = "No other traffic of the client to compare with",
    [SSE_FIND_STATE_FLAPPED] = "Protection comes and goes",
    [SSE_FIND_ONE_WAY_CAPTURE] = "The capture holds no packet towards the client",
    [SSE_FIND_LATE_START] = "The capture began in the middle",
    [SSE_FIND_CUT_PACKETS] = "The snap length cut packets of the module",
    [SSE_FIND_CLOCK_JUMP] = "The capture's clock jumped",
    [SSE_FIND_TIMESTAMPS_UNUSABLE] = "The capture's timestamps are all equal",
    [SSE_FIND_LOCAL_PROBE] = "Probe to a local DNS server",
    [SSE_FIND_GATEWAY_SUSPICIOUS] = "DNS answer names an address that no gateway has",
    [SSE_FIND_LIMIT_REACHED] = "A limit of the plugin was reached",
};

/* "sseroaming.probe." and "no-reply" make "sseroaming.probe.no_reply": a
 * filter's name has no hyphen here. */
static const char *expert_name(const char *prefix, const char *code)
{
    char *name = wmem_strdup_printf(wmem_epan_scope(), "%s%s", prefix, code);

    for (char *c = name; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
    }
    return name;
}

static void register_experts(void)
{
    static ei_register_info infos[SSE_PROBE_OUTCOMES + SSE_SWG_OUTCOMES + SSE_FINDINGS + 5];
    expert_module_t *module = expert_register_protocol(proto_sseroaming);
    int count = 0;

    for (int i = 0; i < SSE_PROBE_OUTCOMES; i++) {
        ei_probe[i] = (expert_field)EI_INIT;
        if (probe_texts[i] != NULL)
            infos[count++] = (ei_register_info){
                &ei_probe[i],
                { expert_name("sseroaming.expert.probe.", sse_probe_outcome_code((sse_probe_outcome)i)),
                  probe_group((sse_probe_outcome)i), PI_WARN, probe_texts[i], EXPFILL }
            };
    }
    for (int i = 0; i < SSE_SWG_OUTCOMES; i++) {
        ei_swg[i] = (expert_field)EI_INIT;
        if (swg_texts[i] != NULL)
            infos[count++] = (ei_register_info){
                &ei_swg[i],
                { expert_name("sseroaming.expert.swg.", sse_swg_outcome_code((sse_swg_outcome)i)),
                  swg_group((sse_swg_outcome)i), PI_WARN, swg_texts[i], EXPFILL }
            };
    }
    for (int i = 0; i < SSE_FINDINGS; i++) {
        ei_finding[i] = (expert_field)EI_INIT;
        infos[count++] = (ei_register_info){
            &ei_finding[i],
            { expert_name("sseroaming.expert.finding.", sse_finding_code_text((sse_finding_code)i)),
              finding_group((sse_finding_code)i), PI_NOTE, finding_texts[i], EXPFILL }
        };
    }
    infos[count++] = (ei_register_info){
        &ei_client_magic, { "sseroaming.expert.client_magic", PI_SECURITY, PI_NOTE,
            "Client magic is of no certificate in the capture", EXPFILL } };
    infos[count++] = (ei_register_info){
        &ei_dns_lost, { "sseroaming.expert.dns.lost", PI_SECURITY, PI_ERROR, "DNS protection is lost", EXPFILL } };
    infos[count++] = (ei_register_info){
        &ei_dns_gained, { "sseroaming.expert.dns.gained", PI_SECURITY, PI_CHAT, "DNS protection works", EXPFILL } };
    infos[count++] = (ei_register_info){
        &ei_web_lost,
        { "sseroaming.expert.web.lost", PI_SECURITY, PI_ERROR, "Web protection is lost: cloud service unavailable", EXPFILL } };
    infos[count++] = (ei_register_info){
        &ei_web_gained, { "sseroaming.expert.web.gained", PI_SECURITY, PI_CHAT, "Web protection works", EXPFILL } };
    expert_register_field_array(module, infos, count);
}

void proto_register_sseroaming(void)
{
    /* Addresses are strings so that one name serves IPv4 and IPv6: Wireshark's
     * address types are one each. */
    static hf_register_info fields[] = {
        { &hf_kind, { "Kind", "sseroaming.kind", FT_UINT8, BASE_DEC, VALS(kind_vals), 0, "What this packet is", HFILL } },
        { &hf_client, { "Client", "sseroaming.client", FT_STRING, BASE_NONE, NULL, 0,
            "Address of the client in this packet", HFILL } },
        { &hf_resolver, { "Resolver", "sseroaming.resolver", FT_STRING, BASE_NONE, NULL, 0,
            "DNS server that the probe asks", HFILL } },
        { &hf_gateway, { "Gateway", "sseroaming.gateway", FT_STRING, BASE_NONE, NULL, 0,
            "Secure Web Gateway", HFILL } },
        { &hf_port, { "Port", "sseroaming.port", FT_UINT16, BASE_DEC, NULL, 0, "Port of the resolver or gateway", HFILL } },
        { &hf_transport, { "Transport", "sseroaming.transport", FT_UINT8, BASE_DEC, VALS(transport_vals), 0, NULL, HFILL } },
        { &hf_name, { "Gateway name", "sseroaming.name", FT_STRING, BASE_NONE, NULL, 0,
            "Name by which the gateway is known, or that is looked up", HFILL } },
        { &hf_known_from, { "Gateway known from", "sseroaming.known_from", FT_UINT8, BASE_DEC, VALS(known_vals), 0,
            "DNS answer in the capture, hosts file, agent's log, preference or built in", HFILL } },
        { &hf_fact, { "Noted", "sseroaming.fact", FT_UINT8, BASE_DEC, VALS(fact_vals), 0, NULL, HFILL } },
        { &hf_probe_id, { "Probe", "sseroaming.probe.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one probe", HFILL } },
        { &hf_probe_outcome, { "Outcome", "sseroaming.probe.outcome", FT_UINT8, BASE_DEC, VALS(probe_outcome_vals), 0,
            "What became of the probe; in a first pass only where it can no longer change", HFILL } },
        { &hf_probe_attempt, { "Attempt", "sseroaming.probe.attempt", FT_UINT16, BASE_DEC, NULL, 0,
            "Number of the attempt within the probe", HFILL } },
        { &hf_probe_reply_in, { "Reply in", "sseroaming.probe.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The reply to this probe", HFILL } },
        { &hf_probe_reply_to, { "Reply to", "sseroaming.probe.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The probe that this answers (its first attempt)", HFILL } },
        { &hf_probe_time, { "Time", "sseroaming.probe.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the first attempt to the reply", HFILL } },
        { &hf_probe_local, { "Local", "sseroaming.probe.local", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "The probe goes to a server that is no resolver: never counted", HFILL } },
        { &hf_swg_id, { "Handshake", "sseroaming.swg.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one handshake with a gateway", HFILL } },
        { &hf_swg_outcome, { "Outcome", "sseroaming.swg.outcome", FT_UINT8, BASE_DEC, VALS(swg_outcome_vals), 0,
            "What became of the handshake; in a first pass only where it can no longer change", HFILL } },
        { &hf_swg_attempt, { "Attempt", "sseroaming.swg.attempt", FT_UINT16, BASE_DEC, NULL, 0,
            "Number of the SYN within the handshake; of data, its transmission", HFILL } },
        { &hf_swg_reply_in, { "Reply in", "sseroaming.swg.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "What this SYN met", HFILL } },
        { &hf_swg_reply_to, { "Reply to", "sseroaming.swg.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The SYN that this answers", HFILL } },
        { &hf_swg_time, { "Time", "sseroaming.swg.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the SYN to its answer", HFILL } },
        { &hf_swg_reset_origin, { "Reset likely sent by", "sseroaming.swg.reset_origin", FT_UINT8, BASE_DEC,
            VALS(origin_vals), 0, "A likelihood, with its reasons below", HFILL } },
        { &hf_swg_reset_reason, { "Reason", "sseroaming.swg.reset_reason", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_swg_connect_host, { "CONNECT host", "sseroaming.swg.connect_host", FT_STRING, BASE_NONE, NULL, 0,
            "Host that the client asks the gateway to connect to", HFILL } },
        { &hf_swg_connect_status, { "CONNECT status", "sseroaming.swg.connect_status", FT_UINT16, BASE_DEC, NULL, 0,
            "HTTP status of the gateway's answer", HFILL } },
        { &hf_lookup_id, { "Lookup", "sseroaming.lookup.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one lookup of a gateway's name", HFILL } },
        { &hf_lookup_reply_in, { "Answer in", "sseroaming.lookup.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The answer to this lookup", HFILL } },
        { &hf_lookup_reply_to, { "Answer to", "sseroaming.lookup.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The lookup that this answers", HFILL } },
        { &hf_lookup_time, { "Time", "sseroaming.lookup.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the first query to the answer", HFILL } },
        { &hf_icmp_sender, { "ICMP sender", "sseroaming.icmp.sender", FT_STRING, BASE_NONE, NULL, 0,
            "Device that sent the ICMP error", HFILL } },
        { &hf_icmp_type, { "ICMP type", "sseroaming.icmp.type", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_icmp_code, { "ICMP code", "sseroaming.icmp.code", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_dns_state, { "DNS protection", "sseroaming.dns.state", FT_UINT8, BASE_DEC, VALS(state_vals), 0,
            "State of the client's DNS protection at this packet, as the timeline has it", HFILL } },
        { &hf_web_state, { "Web protection", "sseroaming.web.state", FT_UINT8, BASE_DEC, VALS(state_vals), 0,
            "State of the client's web protection at this packet, as the timeline has it", HFILL } },
        { &hf_fail_open, { "Fail open", "sseroaming.fail_open", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "A direct web connection since web protection was lost", HFILL } },
        { &hf_client_magic, { "Client magic", "sseroaming.debug.client_magic", FT_BYTES, BASE_NONE, NULL, 0,
            "DNSCrypt client magic with which the query reached OpenDNS", HFILL } },
        { &hf_certificate_in, { "Certificate in", "sseroaming.debug.certificate_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "The certificate that announced this client magic", HFILL } },
        { &hf_finding, { "Finding", "sseroaming.finding", FT_UINT8, BASE_DEC, VALS(finding_vals), 0,
            "First frame of a finding", HFILL } },
    };
    static int *ett[] = { &ett_sseroaming, &ett_reset };

    fill_codes();
    proto_sseroaming = proto_register_protocol("SSE Roaming", "SSE Roaming", "sseroaming");
    proto_register_field_array(proto_sseroaming, fields, G_N_ELEMENTS(fields));
    register_items();
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    register_experts();
    /* Switched on and off with its parent. */
    proto_sseroaming_dns = proto_register_protocol_in_name_only(
        "SSE Roaming DNS on UDP 443", "SSE Roaming DNS", "sseroaming.dns443", proto_sseroaming, FT_BYTES);

    /* For a dissector of a protocol in its own right, Wireshark keeps a list of
     * layers at each packet: some 500 instructions to learn that there is none
     * of ours in it. Nothing reads the list after a post-dissector. */
    proto_sseroaming_packets = proto_register_protocol_in_name_only(
        "SSE Roaming, all packets", "SSE Roaming packets", "sseroaming.packets", proto_sseroaming, FT_BYTES);

    handle_sseroaming = register_dissector("sseroaming", dissect_sseroaming, proto_sseroaming_packets);
    tap_sseroaming = register_tap(SSEROAMING_TAP);
    register_init_routine(start_file);
    register_cleanup_routine(close_file);
    register_shutdown_routine(sse_preferences_shutdown);
    sse_preferences_register(proto_sseroaming);
    sse_statistics_register();
    SSE_REGISTER_CONVERSATION_FILTER("sseroaming", "SSE Roaming client", has_client_filter, client_filter);
    register_postdissector(handle_sseroaming);
}

void proto_reg_handoff_sseroaming(void)
{
    dissector_add_uint("udp.port", PORT_HTTPS, create_dissector_handle(dissect_dns_443, proto_sseroaming_dns));
    handle_dns = find_dissector_add_dependency("dns", proto_sseroaming_dns);
    sse_wire_handoff();
}
