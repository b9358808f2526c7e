/* packet-dnscrypt.c
 * The protocol DNSCrypt: certificates, encrypted queries and replies, and which
 * reply belongs to which query.
 *
 * DNSCrypt protocol, version 2:
 * https://github.com/DNSCrypt/dnscrypt-protocol/blob/master/DNSCRYPT-V2-PROTOCOL.txt
 *
 * Resolvers speak plain DNS and DNSCrypt on the same ports, 53 and 443, which
 * stay DNS's and others'. Nothing is taken on a guess: a query has a magic that
 * a certificate announced, or OpenDNS's form of one and DNSCrypt's length;
 * other servers need "Decode As". So much is found in four ways:
 *   - UDP that no port decides (443): the heuristic dissector dnscrypt_udp.
 *   - UDP that a port decides (53): when the post-dissector has seen what it is.
 *     That packet is dissected there, in a first pass after what the port made
 *     of it; from then on the conversation is DNSCrypt's, so that a later pass
 *     and the packets that follow are dissected once. With the preference
 *     udp.try_heuristic_first even the first packet of a first pass is.
 *   - TCP: the conversation is ours to ask from its SYN on.
 *   - certificates: shown after the DNS reply that holds them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "sseroaming"

#include "packet-dnscrypt.h"

#include <string.h>

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <wsutil/wslog.h>

#include "observe.h"
#include "ports.h"
#include "second_pass.h"
#include "session.h"

#define TCP_LENGTH 2

/* So long a client waits for a response, in ns (dnscrypt-proxy's default);
 * where SSE Roaming has a capture's clock, its probe timeout. */
#define REPLY_WAIT (5 * SSE_SECOND)

static int proto_dnscrypt = -1;
static int proto_dns = -1;
static dissector_handle_t handle_dnscrypt;
static dissector_handle_t handle_udp;
static dissector_handle_t handle_certificates;
static dissector_handle_t handle_stream;
static dissector_handle_t handle_tcp;
static dissector_handle_t handle_dns;

static int hf_length = -1;
static int hf_client_magic = -1;
static int hf_client_pk = -1;
static int hf_client_nonce = -1;
static int hf_resolver_magic = -1;
static int hf_resolver_nonce = -1;
static int hf_mac = -1;
static int hf_encrypted = -1;
static int hf_encrypted_length = -1;
static int hf_certificate_in = -1;
static int hf_response_in = -1;
static int hf_response_to = -1;
static int hf_time = -1;
static int hf_cert = -1;
static int hf_cert_magic = -1;
static int hf_cert_es_version = -1;
static int hf_cert_minor = -1;
static int hf_cert_signature = -1;
static int hf_cert_resolver_pk = -1;
static int hf_cert_client_magic = -1;
static int hf_cert_serial = -1;
static int hf_cert_start = -1;
static int hf_cert_end = -1;
static int hf_cert_extensions = -1;
static int hf_cert_valid = -1;

static int ett_dnscrypt = -1;
static int ett_cert = -1;

static expert_field ei_no_response = EI_INIT;
static expert_field ei_unknown_magic = EI_INIT;
static expert_field ei_padding = EI_INIT;
static expert_field ei_cut = EI_INIT;
static expert_field ei_longer = EI_INIT;
static expert_field ei_expired = EI_INIT;
static expert_field ei_not_yet = EI_INIT;
static expert_field ei_cert_short = EI_INIT;

static const value_string es_version_vals[] = {
    { 1, "X25519-XSalsa20Poly1305" },
    { 2, "X25519-XChacha20Poly1305" },
    { 0, NULL }
};

static bool is_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_dnscrypt));
}

/* DNS by its bytes alone; which names matter to the roaming module does not. */
static bool read_dns(tvbuff_t *tvb, int offset, sse_dns_message *m)
{
    static sse_names none;
    int held = tvb_captured_length_remaining(tvb, offset);

    if (none.probes == NULL)
        none.probes = none.gateways = g_ptr_array_new();
    return held > 0 &&
           sse_dns_read_question(m, tvb_get_ptr(tvb, offset, held), (uint32_t)held,
                                 (uint32_t)tvb_reported_length_remaining(tvb, offset), &none) &&
           !m->cut_name && sse_dns_is_plausible(m);
}

/* --- queries and replies ------------------------------------------------------- */

/* A query and its reply: they share the client's half of the nonce. */
typedef struct transaction {
    uint8_t  nonce[SSE_DNSCRYPT_NONCE];
    uint32_t query, reply;           /* frames; 0 where not seen */
    uint32_t query_length;
    nstime_t time;                   /* of the query */
    int64_t sent;                    /* the same, as sse_packet_time() has it */
} transaction;

static guint nonce_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, SSE_DNSCRYPT_NONCE);
}

static gboolean nonce_equal(const void *a, const void *b)
{
    return memcmp(a, b, SSE_DNSCRYPT_NONCE) == 0;
}

/* The transaction of a nonce in this packet's conversation. Made on the first
 * pass; NULL where there is none, or the packet stands inside an ICMP error. */
static transaction *find_transaction(packet_info *pinfo, const uint8_t *nonce)
{
    conversation_t *conversation;
    wmem_map_t *transactions;
    transaction *t;

    if (nonce == NULL || pinfo->flags.in_error_pkt)
        return NULL;
    conversation = find_or_create_conversation(pinfo);
    transactions = (wmem_map_t *)conversation_get_proto_data(conversation, proto_dnscrypt);
    if (transactions == NULL) {
        transactions = wmem_map_new(wmem_file_scope(), nonce_hash, nonce_equal);
        conversation_add_proto_data(conversation, proto_dnscrypt, transactions);
    }
    t = (transaction *)wmem_map_lookup(transactions, nonce);
    if (t == NULL && !PINFO_FD_VISITED(pinfo)) {
        t = wmem_new0(wmem_file_scope(), transaction);
        memcpy(t->nonce, nonce, sizeof t->nonce);
        wmem_map_insert(transactions, t->nonce, t);
    }
    return t;
}

/* Did the capture go on for as long as a client waits? */
static bool had_its_time(const transaction *t)
{
    const sse_tracker *tracker = sse_session_tracker();
    int64_t query = t->sent;

    if (tracker != NULL && tracker->frames > 0)
        return tracker->last_time > query + tracker->config.probe_timeout;
    return sse_session_file()->newest_dnscrypt > query + REPLY_WAIT;
}

static void mark_generated(proto_item *item)
{
    proto_item_set_generated(item);
}

static void add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t frame)
{
    if (frame != 0)
        mark_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
}

/* MAC and what is encrypted, from offset to the end. */
static void add_encrypted(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item, int offset, bool query)
{
    uint32_t length = (uint32_t)tvb_reported_length_remaining(tvb, offset);

    length -= MIN(length, SSE_DNSCRYPT_MAC);
    col_append_fstr(pinfo->cinfo, COL_INFO, ", %u bytes encrypted", length);
    proto_item_append_text(item, ", %u bytes encrypted", length);
    proto_tree_add_item(tree, hf_mac, tvb, offset, SSE_DNSCRYPT_MAC, ENC_NA);
    offset += SSE_DNSCRYPT_MAC;
    mark_generated(proto_tree_add_uint(tree, hf_encrypted_length, tvb, offset, 0, length));
    if (length > 0)
        proto_tree_add_item(tree, hf_encrypted, tvb, offset, -1, ENC_NA);
    /* Servers pad as they like. */
    if (query && length % SSE_DNSCRYPT_BLOCK != 0)
        expert_add_info(pinfo, item, &ei_padding);
}

/* OpenDNS's magics are letters and digits, others any bytes. */
static char *magic_text(packet_info *pinfo, tvbuff_t *tvb, int offset)
{
    const uint8_t *bytes = tvb_get_ptr(tvb, offset, SSE_DNSCRYPT_MAGIC);

    for (unsigned i = 0; i < SSE_DNSCRYPT_MAGIC; i++)
        if (!g_ascii_isalnum((char)bytes[i]))
            return tvb_bytes_to_str(pinfo->pool, tvb, offset, SSE_DNSCRYPT_MAGIC);
    return wmem_strndup(pinfo->pool, (const char *)bytes, SSE_DNSCRYPT_MAGIC);
}

static void dissect_query(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item, const uint8_t *bytes,
                          const sse_addr *server, transaction *t)
{
    const sse_dnscrypt_known *known = sse_dnscrypt_find(sse_session_file()->magics, server, bytes);
    const sse_dnscrypt_known *any = sse_dnscrypt_find(sse_session_file()->magics, server, NULL);
    char *magic = magic_text(pinfo, tvb, 0);
    proto_item *magic_item;
    int offset = 0;

    if (t != NULL && !PINFO_FD_VISITED(pinfo) && t->query == 0) {
        t->query = pinfo->num;
        t->query_length = tvb_reported_length(tvb);
        t->time = pinfo->abs_ts;
        t->sent = sse_packet_time(pinfo);
    }
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "Query, client magic %s", magic);
    proto_item_append_text(item, ", query");
    magic_item = proto_tree_add_item(tree, hf_client_magic, tvb, offset, SSE_DNSCRYPT_MAGIC, ENC_NA);
    if (strlen(magic) == SSE_DNSCRYPT_MAGIC)
        proto_item_append_text(magic_item, " (%s)", magic);
    /* What a later certificate will say is not known yet on a first pass: it
     * is left out of all passes. */
    if (known != NULL && known->frame <= pinfo->num)
        add_frame(tree, hf_certificate_in, tvb, known->frame);
    else if (any != NULL && any->frame <= pinfo->num)
        expert_add_info(pinfo, magic_item, &ei_unknown_magic);
    offset += SSE_DNSCRYPT_MAGIC;
    proto_tree_add_item(tree, hf_client_pk, tvb, offset, SSE_DNSCRYPT_KEY, ENC_NA);
    offset += SSE_DNSCRYPT_KEY;
    proto_tree_add_item(tree, hf_client_nonce, tvb, offset, SSE_DNSCRYPT_NONCE, ENC_NA);
    offset += SSE_DNSCRYPT_NONCE;
    /* Before what the snap length may have taken. */
    if (t != NULL && t->reply != 0)
        add_frame(tree, hf_response_in, tvb, t->reply);
    else if (t != NULL && PINFO_FD_VISITED(pinfo) && t->query == pinfo->num && had_its_time(t))
        expert_add_info(pinfo, item, &ei_no_response);
    add_encrypted(tvb, pinfo, tree, item, offset, true);
}

static void dissect_reply(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item, transaction *t)
{
    int offset = 0;

    if (t != NULL && !PINFO_FD_VISITED(pinfo) && t->reply == 0)
        t->reply = pinfo->num;
    col_append_sep_str(pinfo->cinfo, COL_INFO, "; ", "Response");
    proto_item_append_text(item, ", response");
    proto_tree_add_item(tree, hf_resolver_magic, tvb, offset, SSE_DNSCRYPT_MAGIC, ENC_NA);
    offset += SSE_DNSCRYPT_MAGIC;
    proto_tree_add_item(tree, hf_client_nonce, tvb, offset, SSE_DNSCRYPT_NONCE, ENC_NA);
    offset += SSE_DNSCRYPT_NONCE;
    proto_tree_add_item(tree, hf_resolver_nonce, tvb, offset, SSE_DNSCRYPT_NONCE, ENC_NA);
    offset += SSE_DNSCRYPT_NONCE;
    if (t != NULL && t->query != 0) {
        add_frame(tree, hf_response_to, tvb, t->query);
        if (t->reply == pinfo->num) {
            nstime_t time;

            nstime_delta(&time, &pinfo->abs_ts, &t->time);
            mark_generated(proto_tree_add_time(tree, hf_time, tvb, 0, 0, &time));
        }
        /* Else a forged source address could make a resolver flood its owner. */
        if (pinfo->ptype == PT_UDP && tvb_reported_length(tvb) > t->query_length)
            expert_add_info(pinfo, item, &ei_longer);
    }
    add_encrypted(tvb, pinfo, tree, item, offset, false);
}

static int dissect_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, sse_dnscrypt_kind kind,
                           const sse_addr *server)
{
    uint32_t held = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)held);
    proto_item *item = proto_tree_add_item(parent, proto_dnscrypt, tvb, 0, -1, ENC_NA);
    proto_tree *tree = proto_item_add_subtree(item, ett_dnscrypt);
    transaction *t = find_transaction(pinfo, sse_dnscrypt_client_nonce(kind, bytes, held));

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "DNSCrypt");
    sse_second_pass_note(pinfo, parent);
    if (!PINFO_FD_VISITED(pinfo))
        sse_session_file()->newest_dnscrypt = MAX(sse_session_file()->newest_dnscrypt, sse_packet_time(pinfo));
    if (held < tvb_reported_length(tvb))
        expert_add_info(pinfo, item, &ei_cut);
    if (kind == SSE_DNSCRYPT_QUERY)
        dissect_query(tvb, pinfo, tree, item, bytes, server, t);
    else
        dissect_reply(tvb, pinfo, tree, item, t);
    return (int)held;
}

static sse_dnscrypt_kind classify(tvbuff_t *tvb, int offset, const sse_addr *server, bool to_server)
{
    int held = tvb_captured_length_remaining(tvb, offset);

    return held <= 0 ? SSE_DNSCRYPT_NONE
                     : sse_dnscrypt_classify(tvb_get_ptr(tvb, offset, held), (uint32_t)held,
                                             (uint32_t)tvb_reported_length_remaining(tvb, offset), to_server,
                                             sse_session_file()->magics, server);
}

/* A datagram with a resolver that is DNSCrypt beyond doubt; 0 for all others. */
static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    sse_dnscrypt_kind kind;
    sse_dns_message m;
    sse_addr server;
    bool to_server;

    if (!sse_session_resolver(pinfo, &server, &to_server) || read_dns(tvb, 0, &m))
        return 0;
    kind = classify(tvb, 0, &server, to_server);
    if (kind == SSE_DNSCRYPT_NONE)
        return 0;
    col_clear(pinfo->cinfo, COL_INFO);
    return dissect_message(tvb, pinfo, tree, kind, &server);
}

static sse_bool dissect_udp_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_udp(tvb, pinfo, tree, data) > 0;
}

/* --- certificates ---------------------------------------------------------------- */

static void show_certificate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const sse_dns_span *span,
                             const sse_addr *server)
{
    int offset = (int)span->offset, length = (int)span->length;
    proto_item *item = proto_tree_add_item(tree, hf_cert, tvb, offset, length, ENC_NA), *valid;
    proto_tree *sub = proto_item_add_subtree(item, ett_cert);
    sse_dnscrypt_certificate c;

    if (!sse_dnscrypt_read_certificate(&c, tvb_get_ptr(tvb, offset, length), span->length)) {
        expert_add_info(pinfo, item, &ei_cert_short);
        return;
    }
    if (!PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        sse_dnscrypt_learn(sse_session_file()->magics, server, &c, pinfo->num);
    proto_item_append_text(item, ": serial %u, client magic %s", c.serial,
                           magic_text(pinfo, tvb, offset + SSE_CERT_CLIENT_MAGIC));
    proto_tree_add_item(sub, hf_cert_magic, tvb, offset, 4, ENC_ASCII);
    proto_tree_add_item(sub, hf_cert_es_version, tvb, offset + SSE_CERT_ES_VERSION, 2, ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_cert_minor, tvb, offset + SSE_CERT_MINOR, 2, ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_cert_signature, tvb, offset + SSE_CERT_SIGNATURE, 64, ENC_NA);
    proto_tree_add_item(sub, hf_cert_resolver_pk, tvb, offset + SSE_CERT_RESOLVER_KEY, SSE_DNSCRYPT_KEY, ENC_NA);
    proto_tree_add_item(sub, hf_cert_client_magic, tvb, offset + SSE_CERT_CLIENT_MAGIC, SSE_DNSCRYPT_MAGIC, ENC_NA);
    proto_tree_add_item(sub, hf_cert_serial, tvb, offset + SSE_CERT_SERIAL, 4, ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_cert_start, tvb, offset + SSE_CERT_START, 4, ENC_TIME_SECS | ENC_BIG_ENDIAN);
    proto_tree_add_item(sub, hf_cert_end, tvb, offset + SSE_CERT_END, 4, ENC_TIME_SECS | ENC_BIG_ENDIAN);
    if (length > SSE_DNSCRYPT_CERTIFICATE)
        proto_tree_add_item(sub, hf_cert_extensions, tvb, offset + SSE_DNSCRYPT_CERTIFICATE,
                            length - SSE_DNSCRYPT_CERTIFICATE, ENC_NA);
    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0)
        return;
    valid = proto_tree_add_boolean(sub, hf_cert_valid, tvb, offset + SSE_CERT_START, 8,
                                   sse_dnscrypt_is_valid(&c, pinfo->abs_ts.secs));
    mark_generated(valid);
    if (pinfo->abs_ts.secs < (time_t)c.start)
        expert_add_info(pinfo, valid, &ei_not_yet);
    else if (pinfo->abs_ts.secs > (time_t)c.end)
        expert_add_info(pinfo, valid, &ei_expired);
}

/* data: the DNS message, sse_dns_message. */
static int dissect_certificates(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, void *data)
{
    sse_dns_message *m = (sse_dns_message *)data;
    proto_item *item;
    proto_tree *tree;
    sse_addr server;

    if (m == NULL || !sse_address_of(&pinfo->net_src, &server))
        return 0;
    sse_dns_read_records(m, NULL);
    if (m->n_certificates == 0)
        return 0;
    item = proto_tree_add_item(parent, proto_dnscrypt, tvb, 0, -1, ENC_NA);
    proto_item_append_text(item, ", %u certificate%s", m->n_certificates, m->n_certificates == 1 ? "" : "s");
    tree = proto_item_add_subtree(item, ett_dnscrypt);
    for (unsigned i = 0; i < m->n_certificates; i++)
        show_certificate(tvb, pinfo, tree, &m->certificates[i], &server);
    return (int)tvb_captured_length(tvb);
}

/* After a DNS message that "Decode As" brought: of others the post-dissector
 * shows them. */
static void show_certificates(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, sse_dns_message *m)
{
    sse_addr server;
    bool to_server;

    if (m->response && sse_dnscrypt_is_provider(m->wire_name, m->name_length) &&
        (!sse_session_is_enabled() ||
         (pinfo->srcport != SSE_PORT_PLAIN_DNS && !sse_session_resolver(pinfo, &server, &to_server))))
        call_dissector_only(handle_certificates, tvb, pinfo, tree, m);
}

/* --- TCP ------------------------------------------------------------------------------ */

/* Whose connection it is: the resolver's, or by "Decode As" that of the lower
 * port. */
static bool find_server(packet_info *pinfo, sse_addr *server, bool *to_server)
{
    if (sse_session_resolver(pinfo, server, to_server))
        return true;
    *to_server = pinfo->destport <= pinfo->srcport;
    if (!sse_address_of(*to_server ? &pinfo->dst : &pinfo->src, server))
        memset(server, 0, sizeof *server);
    return false;
}

static int dissect_pdu(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    tvbuff_t *message = tvb_new_subset_remaining(tvb, TCP_LENGTH);
    sse_dnscrypt_kind kind;
    sse_dns_message m;
    sse_addr server;
    bool to_server;

    find_server(pinfo, &server, &to_server);
    kind = read_dns(message, 0, &m) ? SSE_DNSCRYPT_NONE : classify(message, 0, &server, to_server);
    if (kind == SSE_DNSCRYPT_NONE)
        return call_data_dissector(tvb, pinfo, tree);
    proto_tree_add_item(tree, hf_length, tvb, 0, TCP_LENGTH, ENC_BIG_ENDIAN);
    dissect_message(message, pinfo, tree, kind, &server);
    return (int)tvb_captured_length(tvb);
}

static guint pdu_length(packet_info *pinfo _U_, tvbuff_t *tvb, int offset, void *data _U_)
{
    return (guint)tvb_get_ntohs(tvb, offset) + TCP_LENGTH;
}

/* Messages of a connection, from the start of one on. */
static int dissect_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "DNSCrypt");
    col_clear(pinfo->cinfo, COL_INFO);
    tcp_dissect_pdus(tvb, pinfo, tree, TRUE, TCP_LENGTH, pdu_length, dissect_pdu, data);
    return (int)tvb_captured_length(tvb);
}

/* What the first message of a segment is. Without "Decode As" it must be
 * beyond doubt. */
static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    uint32_t held = tvb_captured_length(tvb), length;
    sse_dns_message m;
    tvbuff_t *first;
    sse_addr server;
    bool to_server;

    if (held < TCP_LENGTH + SSE_DNSCRYPT_MAGIC)
        return 0;
    length = tvb_get_ntohs(tvb, 0);
    first = tvb_new_subset_length_caplen(tvb, TCP_LENGTH, (int)MIN(length, held - TCP_LENGTH), (int)length);
    find_server(pinfo, &server, &to_server);
    if (read_dns(first, 0, &m)) {
        int taken;

        /* On 53 it is DNS's by the port, on 443 it would be TLS's. */
        if (handle_dns == NULL || pinfo->srcport == SSE_PORT_PLAIN_DNS || pinfo->destport == SSE_PORT_PLAIN_DNS)
            return 0;
        /* We only pass it on: what TCP offered us is for "dns". */
        pinfo->can_desegment = pinfo->saved_can_desegment;
        taken = call_dissector_only(handle_dns, tvb, pinfo, tree, data);
        if (taken > 0 && held >= TCP_LENGTH + length)
            show_certificates(first, pinfo, tree, &m);
        return taken;
    }
    if (classify(first, 0, &server, to_server) == SSE_DNSCRYPT_NONE)
        return 0;
    pinfo->can_desegment = pinfo->saved_can_desegment;
    return call_dissector_only(handle_stream, tvb, pinfo, tree, data);
}

/* --- what the ports decide otherwise ------------------------------------------------------ */

/* The conversation's packets are ours to ask first from now on, unless they are
 * another's. */
static bool claim_conversation(packet_info *pinfo, dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (conversation == NULL || conversation_get_dissector(conversation, pinfo->num) != NULL)
        return false;
    conversation_set_dissector(conversation, handle);
    ws_debug("frame %u: its conversation is asked for DNSCrypt first", pinfo->num);
    return true;
}

/* The user has said by "Decode As" what this port is. Ports in the preferences
 * of DNS count as such, too: those are no word against DNSCrypt. */
static bool is_decoded_as(uint32_t port)
{
    dissector_table_t table = find_dissector_table("udp.port");
    dissector_handle_t handle;

    if (table == NULL || !dissector_is_uint_changed(table, port))
        return false;
    handle = dissector_get_uint_handle(table, port);
    return handle == NULL || handle_dns == NULL ||
           dissector_handle_get_protocol_index(handle) != dissector_handle_get_protocol_index(handle_dns);
}

/* A datagram that is DNSCrypt, or DNS, and went to another dissector. */
static void dissect_datagram(tvbuff_t *payload, packet_info *pinfo, proto_tree *tree, dissector_handle_t handle)
{
    if (handle != NULL && !is_decoded_as(pinfo->srcport) && !is_decoded_as(pinfo->destport) &&
        claim_conversation(pinfo, handle))
        call_dissector_only(handle, payload, pinfo, tree, NULL);
}

/* Was the frame dissected as this protocol? Asked for each packet of the module, so by
 * number and from the end: proto_is_frame_protocol() compares the names of all layers. */
static bool has_layer(const packet_info *pinfo, int protocol)
{
    for (wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers); layer != NULL; layer = wmem_list_frame_prev(layer))
        if (GPOINTER_TO_INT(wmem_list_frame_data(layer)) == protocol)
            return true;
    return false;
}

void dnscrypt_seen(tvbuff_t *frame, packet_info *pinfo, proto_tree *tree, unsigned seen)
{
    const sse_open_file *f = sse_session_file();
    sse_dns_message m;
    sse_ip_layers w;
    sse_addr src, dst;
    int offset;

    if ((seen & SSE_SEEN_RESOLVER_TCP) != 0 && is_enabled())
        (void)claim_conversation(pinfo, handle_tcp);
    /* All but the first of a conversation went to the right dissector. */
    if ((seen & SSE_SEEN_DNS_443) != 0 && has_layer(pinfo, proto_dns))
        seen &= ~(unsigned)SSE_SEEN_DNS_443;
    if ((seen & SSE_SEEN_DNSCRYPT) != 0 && has_layer(pinfo, proto_dnscrypt))
        seen &= ~(unsigned)SSE_SEEN_DNSCRYPT;
    if ((seen & (SSE_SEEN_DNSCRYPT | SSE_SEEN_DNS_443 | SSE_SEEN_CERTIFICATES)) == 0 ||
        !sse_address_of(&pinfo->net_src, &src) || !sse_address_of(&pinfo->net_dst, &dst) ||
        !sse_ip_layers_read(frame, pinfo, &src, &dst, &w) || w.payload == NULL)
        return;
    if ((seen & (SSE_SEEN_DNSCRYPT | SSE_SEEN_DNS_443)) != 0) {
        tvbuff_t *payload = tvb_new_subset_length_caplen(w.tvb, w.payload_offset, (int)w.payload_held,
                                                         (int)w.payload_length);

        if ((seen & SSE_SEEN_DNSCRYPT) != 0)
            dissect_datagram(payload, pinfo, tree, is_enabled() ? handle_udp : NULL);
        else
            dissect_datagram(payload, pinfo, tree, handle_dns);
    }
    if ((seen & SSE_SEEN_CERTIFICATES) != 0 && sse_observe_dns(&w, &f->settings->names, true, &m, &offset))
        call_dissector_only(handle_certificates, tvb_new_subset_remaining(w.tvb, offset), pinfo, tree, &m);
}

/* --- Decode As --------------------------------------------------------------------------- */

static int dissect_dnscrypt(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    sse_dnscrypt_kind kind;
    sse_dns_message m;
    sse_addr server;
    bool to_server;

    if (pinfo->ptype == PT_TCP)
        return dissect_tcp(tvb, pinfo, tree, data);
    if (read_dns(tvb, 0, &m)) {
        int taken = handle_dns != NULL ? call_dissector_only(handle_dns, tvb, pinfo, tree, data) : 0;

        if (taken > 0)
            show_certificates(tvb, pinfo, tree, &m);
        return taken;
    }
    find_server(pinfo, &server, &to_server);
    kind = classify(tvb, 0, &server, to_server);
    /* A reply says so itself, whatever the ports. */
    if (kind == SSE_DNSCRYPT_NONE && classify(tvb, 0, &server, false) == SSE_DNSCRYPT_REPLY)
        kind = SSE_DNSCRYPT_REPLY;
    /* The user says that it is DNSCrypt: of another server, with other magics. */
    if (kind == SSE_DNSCRYPT_NONE && to_server &&
        tvb_reported_length(tvb) > SSE_DNSCRYPT_QUERY_HEAD + SSE_DNSCRYPT_MAC &&
        tvb_captured_length(tvb) >= SSE_DNSCRYPT_QUERY_HEAD)
        kind = SSE_DNSCRYPT_QUERY;
    if (kind == SSE_DNSCRYPT_NONE)
        return 0;
    col_clear(pinfo->cinfo, COL_INFO);
    return dissect_message(tvb, pinfo, tree, kind, &server);
}

/* --- registration -------------------------------------------------------------------------- */

void proto_register_dnscrypt(void)
{
    static hf_register_info fields[] = {
        { &hf_length, { "Length", "dnscrypt.length", FT_UINT16, BASE_DEC, NULL, 0, "Length of the message over TCP", HFILL } },
        { &hf_client_magic, { "Client magic", "dnscrypt.client_magic", FT_BYTES, BASE_NONE, NULL, 0,
            "Names the certificate that the query was encrypted for", HFILL } },
        { &hf_client_pk, { "Client public key", "dnscrypt.client_pk", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_client_nonce, { "Client nonce", "dnscrypt.nonce.client", FT_BYTES, BASE_NONE, NULL, 0,
            "The client's half of the nonce, the same in query and response", HFILL } },
        { &hf_resolver_magic, { "Resolver magic", "dnscrypt.resolver_magic", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_resolver_nonce, { "Resolver nonce", "dnscrypt.nonce.resolver", FT_BYTES, BASE_NONE, NULL, 0,
            "The resolver's half of the nonce", HFILL } },
        { &hf_mac, { "Authentication tag", "dnscrypt.mac", FT_BYTES, BASE_NONE, NULL, 0, "Poly1305 tag", HFILL } },
        { &hf_encrypted, { "Encrypted message", "dnscrypt.encrypted", FT_BYTES, BASE_NONE, NULL, 0,
            "DNS message and padding", HFILL } },
        { &hf_encrypted_length, { "Encrypted length", "dnscrypt.encrypted.length", FT_UINT32, BASE_DEC, NULL, 0,
            "Length of DNS message and padding", HFILL } },
        { &hf_certificate_in, { "Certificate in", "dnscrypt.certificate_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "The first certificate in the capture that announced this client magic", HFILL } },
        { &hf_response_in, { "Response in", "dnscrypt.response_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The response to this query", HFILL } },
        { &hf_response_to, { "Response to", "dnscrypt.response_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The query that this answers", HFILL } },
        { &hf_time, { "Time", "dnscrypt.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the query to the response", HFILL } },
        { &hf_cert, { "Certificate", "dnscrypt.cert", FT_NONE, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_cert_magic, { "Magic", "dnscrypt.cert.magic", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_cert_es_version, { "Encryption", "dnscrypt.cert.es_version", FT_UINT16, BASE_DEC, VALS(es_version_vals), 0,
            "Version of the encryption system", HFILL } },
        { &hf_cert_minor, { "Protocol minor version", "dnscrypt.cert.protocol_minor_version", FT_UINT16, BASE_DEC, NULL, 0,
            NULL, HFILL } },
        { &hf_cert_signature, { "Signature", "dnscrypt.cert.signature", FT_BYTES, BASE_NONE, NULL, 0,
            "Ed25519 signature of the provider; not checked", HFILL } },
        { &hf_cert_resolver_pk, { "Resolver public key", "dnscrypt.cert.resolver_pk", FT_BYTES, BASE_NONE, NULL, 0,
            NULL, HFILL } },
        { &hf_cert_client_magic, { "Client magic", "dnscrypt.cert.client_magic", FT_BYTES, BASE_NONE, NULL, 0,
            "What queries for this certificate start with", HFILL } },
        { &hf_cert_serial, { "Serial", "dnscrypt.cert.serial", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_cert_start, { "Valid from", "dnscrypt.cert.ts_start", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
            NULL, HFILL } },
        { &hf_cert_end, { "Valid until", "dnscrypt.cert.ts_end", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
            NULL, HFILL } },
        { &hf_cert_extensions, { "Extensions", "dnscrypt.cert.extensions", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_cert_valid, { "In its dates", "dnscrypt.cert.valid", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "Whether the packet's time is within the certificate's dates", HFILL } },
    };
    static ei_register_info experts[] = {
        { &ei_no_response, { "dnscrypt.no_response", PI_SEQUENCE, PI_WARN, "No response to this query", EXPFILL } },
        { &ei_unknown_magic, { "dnscrypt.client_magic.unknown", PI_PROTOCOL, PI_NOTE,
            "Client magic is of no certificate that this resolver gave in the capture", EXPFILL } },
        { &ei_padding, { "dnscrypt.padding", PI_PROTOCOL, PI_NOTE,
            "The encrypted query is not padded to a multiple of 64 bytes", EXPFILL } },
        { &ei_cut, { "dnscrypt.cut", PI_UNDECODED, PI_NOTE, "Cut by the snap length", EXPFILL } },
        { &ei_longer, { "dnscrypt.response_longer", PI_PROTOCOL, PI_NOTE,
            "Over UDP a response should not be longer than its query", EXPFILL } },
        { &ei_expired, { "dnscrypt.cert.expired", PI_SECURITY, PI_WARN, "The certificate has expired", EXPFILL } },
        { &ei_not_yet, { "dnscrypt.cert.not_yet_valid", PI_SECURITY, PI_WARN, "The certificate is not valid yet", EXPFILL } },
        { &ei_cert_short, { "dnscrypt.cert.incomplete", PI_MALFORMED, PI_WARN, "The certificate is not whole", EXPFILL } },
    };
    static int *ett[] = { &ett_dnscrypt, &ett_cert };
    expert_module_t *module;

    proto_dnscrypt = proto_register_protocol("DNSCrypt", "DNSCrypt", "dnscrypt");
    proto_register_field_array(proto_dnscrypt, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    module = expert_register_protocol(proto_dnscrypt);
    expert_register_field_array(module, experts, G_N_ELEMENTS(experts));
    sse_second_pass_register(proto_dnscrypt);
    handle_dnscrypt = register_dissector("dnscrypt", dissect_dnscrypt, proto_dnscrypt);
    /* In a file of exported PDUs each goes by the name of the one above. */
    handle_udp = create_dissector_handle_with_name(dissect_udp, proto_dnscrypt, "dnscrypt");
    handle_stream = create_dissector_handle_with_name(dissect_stream, proto_dnscrypt, "dnscrypt");
    handle_certificates = create_dissector_handle(dissect_certificates, proto_dnscrypt);
    /* Of no protocol: what it passes on to "dns" is no DNSCrypt. */
    handle_tcp = create_dissector_handle_with_name(dissect_tcp, -1, "dnscrypt");
}

void proto_reg_handoff_dnscrypt(void)
{
    handle_dns = find_dissector_add_dependency("dns", proto_dnscrypt);
    proto_dns = handle_dns != NULL ? dissector_handle_get_protocol_index(handle_dns) : -1;
    heur_dissector_add("udp", dissect_udp_heur, "DNSCrypt of a known resolver over UDP", "dnscrypt_udp", proto_dnscrypt,
                       HEURISTIC_ENABLE);
    dissector_add_for_decode_as_with_preference("udp.port", handle_dnscrypt);
    dissector_add_for_decode_as_with_preference("tcp.port", handle_dnscrypt);
}
