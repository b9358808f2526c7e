/* observe.c
 * Hands each packet that matters to the tracker, and lets all others go by as
 * cheaply as can be.
 *
 * This runs for every packet of every file. So the gate looks only at what
 * Wireshark found out anyway (protocol, ports, addresses); bytes are read of
 * the few packets that pass it. No field is wanted from Wireshark: wanting one
 * would make it build the whole tree of every packet.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "observe.h"

#include <string.h>

#include <epan/addr_resolv.h>
#include <wiretap/wtap.h>

#include "http_message.h"
#include "packet-dnscrypt.h"
#include "redact.h"

#define PORT_DNS   53
#define PORT_HTTP  80
#define PORT_HTTPS 443

/* Of packets that have nothing to do with the module only so much is hashed:
 * enough to know a copy. */
#define CONTROL_HASH_BYTES 64

static inline bool either_port(const packet_info *pinfo, uint32_t port)
{
    return pinfo->srcport == port || pinfo->destport == port;
}

/* The last four bytes tell addresses of one network apart, and are the IPv4
 * address inside NAT64's prefix. */
static inline uint32_t gate_hash(const uint8_t *last_four)
{
    uint32_t word;

    memcpy(&word, last_four, sizeof word);
    return word * UINT32_C(0x9E3779B1);
}

/* The hash of a packet's address; false where it is neither IPv4 nor IPv6. */
static inline bool gate_address(const address *addr, uint32_t *hash)
{
    if (addr->type == AT_IPv4 && addr->len == 4)
        *hash = gate_hash((const uint8_t *)addr->data);
    else if (addr->type == AT_IPv6 && addr->len == 16)
        *hash = gate_hash((const uint8_t *)addr->data + 12);
    else
        return false;
    return true;
}

static inline bool gate_has(const sse_gate *gate, uint32_t hash)
{
    return (gate->perhaps[hash >> 24] >> (hash >> 18 & 63) & 1) != 0;
}

/* Which destinations were seen is asked of every address that turns out to be a
 * client, and a wrong "yes" would hide that a capture is one-way. So a filter
 * takes one destination for each two of its words, which makes one wrong answer
 * in some thousands, and then a larger one goes on. */
#define FIRST_WORDS_BITS 10

static void add_filter(sse_gate *gate)
{
    const unsigned bits = FIRST_WORDS_BITS + 3 * gate->filters;

    gate->reached[gate->filters++] = g_new0(uint64_t, (gsize)1 << bits);
    gate->shift = 32 - bits;
    gate->room = UINT32_C(1) << (bits - 1);
}

/* All bits in one word: one load at every packet. They come from another hash
 * than the word. */
static inline uint64_t reached_bits(uint32_t hash)
{
    const uint32_t other = hash * UINT32_C(0x85EBCA77);

    return UINT64_C(1) << (other >> 26) | UINT64_C(1) << (other >> 20 & 63) | UINT64_C(1) << (other >> 14 & 63);
}

static inline void reach(sse_gate *gate, uint32_t hash)
{
    uint64_t *word = &gate->reached[gate->filters - 1][hash >> gate->shift];
    const uint64_t bits = reached_bits(hash);

    if ((~*word & bits) == 0)
        return;
    *word |= bits;
    if (--gate->room == 0 && gate->filters < SSE_GATE_FILTERS)
        add_filter(gate);
}

static bool gate_reached(const sse_gate *gate, uint32_t hash)
{
    for (unsigned i = 0; i < gate->filters; i++) {
        const uint64_t word = gate->reached[i][hash >> (32 - FIRST_WORDS_BITS - 3 * i)];

        if ((~word & reached_bits(hash)) == 0)
            return true;
    }
    return false;
}

/* Takes in the addresses that are new to the tracker. */
static void gate_follow(sse_gate *gate, sse_tracker *t)
{
    for (; gate->addresses < t->addresses->len; gate->addresses++) {
        const sse_addr *addr = &sse_tracker_address(t, gate->addresses)->addr;
        uint32_t hash = gate_hash(addr->bytes + (addr->family == 4 ? 0 : 12));

        gate->perhaps[hash >> 24] |= UINT64_C(1) << (hash >> 18 & 63);
        if (gate_reached(gate, hash))
            sse_tracker_reached_before(t, gate->addresses);
    }
}

void sse_gate_init(sse_gate *gate, sse_tracker *t)
{
    memset(gate, 0, sizeof *gate);
    gate->all = t->config.gateways->len > 0;
    add_filter(gate);
    gate_follow(gate, t);
}

void sse_gate_clear(sse_gate *gate)
{
    for (unsigned i = 0; i < gate->filters; i++)
        g_free(gate->reached[i]);
    gate->filters = 0;
}

bool sse_gate_perhaps(const sse_gate *gate, const address *addr)
{
    uint32_t hash;

    return gate_address(addr, &hash) && (gate->all || gate_has(gate, hash));
}

/* Seconds and nanoseconds of a file may be anything: keep to the years 1827 to
 * 2112, any two of which are less nanoseconds apart than 64 bits can hold. */
#define FARTHEST INT64_C(4500000000)

int64_t sse_packet_time(const packet_info *pinfo)
{
    int64_t seconds = (int64_t)pinfo->abs_ts.secs;

    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0)
        return 0;
    return CLAMP(seconds, -FARTHEST, FARTHEST) * SSE_SECOND +
           CLAMP((int64_t)pinfo->abs_ts.nsecs, 0, SSE_SECOND - 1);
}

/* What the names of a gateway are learnt with. */
typedef struct name_reader {
    sse_tracker *tracker;
    const sse_names *names;
    const packet_info *pinfo;
    int64_t time;
} name_reader;

static void read_name(name_reader *r, const sse_addr *addr, const char *name)
{
    char lower[256];

    if (strlen(name) >= sizeof lower)
        return;
    for (size_t i = 0;; i++) {
        lower[i] = g_ascii_tolower(name[i]);
        if (name[i] == '\0')
            break;
        /* A file's block of names may hold anything; a gateway's name does not. */
        if (!g_ascii_isalnum(name[i]) && strchr("-._", name[i]) == NULL)
            return;
    }
    if (sse_names_classify(r->names, lower) == OBS_NAME_GATEWAY)
        sse_tracker_learn_gateway(r->tracker, addr, lower, SSE_KNOWN_HOSTS, r->pinfo->num, r->time);
}

static void read_ipv4_name(void *key _U_, void *value, void *reader)
{
    const hashipv4_t *entry = (const hashipv4_t *)value;
    uint8_t bytes[4];
    sse_addr addr;

    if ((entry->flags & NAME_RESOLVED) == 0)
        return;
    memcpy(bytes, &entry->addr, sizeof bytes);
    addr = sse_addr_v4(bytes);
    read_name((name_reader *)reader, &addr, entry->name);
}

static void read_ipv6_name(void *key _U_, void *value, void *reader)
{
    const hashipv6_t *entry = (const hashipv6_t *)value;
    sse_addr addr;

    if ((entry->flags & NAME_RESOLVED) == 0)
        return;
    addr = sse_addr_v6(entry->addr);
    read_name((name_reader *)reader, &addr, entry->name);
}

/* The gateways' names that Wireshark has before the first packet: of a hosts
 * file, or of a name resolution block. Later its tables also hold what packets
 * said, which may not teach a gateway so easily. Never starts a lookup. */
static void learn_known_names(sse_tracker *t, const sse_names *names, const packet_info *pinfo, int64_t time)
{
    name_reader reader = { .tracker = t, .names = names, .pinfo = pinfo, .time = time };
    wmem_map_t *table = get_ipv4_hash_table();

    if (table != NULL)
        wmem_map_foreach(table, read_ipv4_name, &reader);
    table = get_ipv6_hash_table();
    if (table != NULL)
        wmem_map_foreach(table, read_ipv6_name, &reader);
}

static void fill_packet(obs_packet *p, const packet_info *pinfo, int64_t time, const sse_wire *w,
                        const obs_places *places)
{
    memset(p, 0, sizeof *p);
    /* An ICMP error's addresses are not those that Wireshark has. */
    if (w->protocol != SSE_IP_ICMP && w->protocol != SSE_IP_ICMPV6)
        p->places = *places;
    p->frame = pinfo->num;
    p->time = time;
    p->src = w->src;
    p->dst = w->dst;
    p->sport = w->sport;
    p->dport = w->dport;
    p->ip_id = w->ip_id;
    p->ttl = w->ttl;
    p->payload_len = w->payload_length;
    p->cut = w->cut;
    /* 802.11 has an address type of its own; its addresses are the same. */
    if (pinfo->dl_src.type != AT_NONE && pinfo->dl_src.len == 6) {
        p->has_mac = true;
        memcpy(p->mac, pinfo->dl_src.data, 6);
    }
}

static void hash_payload(obs_packet *p, const sse_wire *w, bool module)
{
    p->payload_hash = w->payload != NULL
        ? sse_wire_hash(w->payload, w->payload_held, module ? UINT32_MAX : CONTROL_HASH_BYTES) : 0;
}

bool sse_observe_dns(const sse_wire *w, const sse_names *names, bool with_resolver, sse_dns_message *m, int *offset)
{
    bool port_53 = w->sport == PORT_DNS || w->dport == PORT_DNS;
    bool port_443 = w->sport == PORT_HTTPS || w->dport == PORT_HTTPS;
    uint32_t skip = 0, held = w->payload_held, length = w->payload_length;

    /* IPv6 at a snap length of 64 keeps nothing or next to nothing of UDP. */
    if ((w->payload == NULL && !w->cut) || !(port_53 || (port_443 && with_resolver)))
        return false;
    if (w->protocol == SSE_IP_TCP) {
        /* RFC 1035 section 4.2.2: two bytes of length come first. Some stacks
         * send them in a segment of their own: then the message starts here. */
        uint32_t announced = w->payload != NULL && held >= 2 ? (uint32_t)w->payload[0] << 8 | w->payload[1] : 0;

        if (held > 14 && announced >= 12 && announced <= length - 2 &&
            sse_dns_read_question(m, w->payload + 2, held - 2, announced, names) &&
            (m->cut_name || sse_dns_is_plausible(m)))
            skip = 2;
        else if (!sse_dns_read_question(m, w->payload, held, length, names) || !sse_dns_is_plausible(m))
            return false;
    } else if (w->protocol == SSE_IP_UDP) {
        if (!sse_dns_read_question(m, w->payload, held, length, names))
            return false;
        /* On 443 DNSCrypt is as likely. */
        if (!port_53 && !m->cut_name && !sse_dns_is_plausible(m))
            return false;
    } else {
        return false;
    }
    if (offset != NULL)
        *offset = w->payload_offset + (int)skip;
    return true;
}

int sse_item_redaction(sse_dns_item_kind kind)
{
    switch (kind) {
    case SSE_DNS_ORGID:
    case SSE_DNS_EDNS_ORG:
        return SSE_REDACT_ORG;
    case SSE_DNS_ORIGINID:
        return SSE_REDACT_ORIGIN;
    case SSE_DNS_DEVICE:
    case SSE_DNS_EDNS_DEVICE:
        return SSE_REDACT_DEVICE;
    case SSE_DNS_SOURCE:
        return SSE_REDACT_SOURCE;
    case SSE_DNS_REMOTEIP:
    case SSE_DNS_EDNS_REMOTEIP:
        return SSE_REDACT_ADDRESS;
    case SSE_DNS_BUNDLE:
        return SSE_REDACT_BUNDLE;
    case SSE_DNS_USER:
    case SSE_DNS_APPLIANCE:
    case SSE_DNS_HOST:
    case SSE_DNS_EDNS_ASSET:
    case SSE_DNS_EDNS_UNKNOWN:
    /* What is not known may name a customer. */
    case SSE_DNS_TEXT:
        return SSE_REDACT_USER;
    default:
        return -1;
    }
}

/* Reads the records; where values are to be redacted, numbers them by sight. */
static void read_records(sse_tracker *t, sse_dns_message *m, packet_info *pinfo)
{
    sse_dns_items *items = t->config.redact ? wmem_new(pinfo->pool, sse_dns_items) : NULL;

    sse_dns_read_records(m, items);
    for (unsigned i = 0; items != NULL && i < items->count; i++) {
        int kind = sse_item_redaction(items->item[i].kind);

        if (kind >= 0)
            sse_redact(t->redactor, (sse_redact_kind)kind, items->item[i].text);
    }
}

/* Certificates in an answer: what they announce, and whether one is good. */
static void observe_certificates(const sse_dns_message *m, const obs_packet *p, obs_dns *dns)
{
    bool good = false;
    unsigned whole = 0;

    for (unsigned i = 0; i < m->n_certificates; i++) {
        sse_dnscrypt_certificate c;

        if (!sse_dnscrypt_read_certificate(&c, m->bytes + m->certificates[i].offset, m->certificates[i].length))
            continue;
        whole++;
        good |= sse_dnscrypt_is_valid(&c, p->time / SSE_SECOND);
        sse_dnscrypt_learn(dnscrypt_magics(), &p->src, &c, p->frame);
    }
    dns->certificate_expired = whole > 0 && !good;
}

/* DNSCrypt with a resolver. skip: the message's length before it, over TCP. */
static obs_dnscrypt observe_dnscrypt(const sse_wire *w, bool to_resolver, uint32_t skip)
{
    obs_dnscrypt d = { .kind = OBS_DNSCRYPT_NONE };
    const uint8_t *nonce;
    sse_dnscrypt_kind kind;
    uint32_t held, length;

    if (w->payload == NULL || w->payload_held <= skip)
        return d;
    held = w->payload_held - skip;
    length = skip == 0 ? w->payload_length : (uint32_t)w->payload[0] << 8 | w->payload[1];
    kind = sse_dnscrypt_classify(w->payload + skip, MIN(held, length), length, to_resolver, dnscrypt_magics(),
                                 to_resolver ? &w->dst : &w->src);
    if (kind == SSE_DNSCRYPT_NONE)
        return d;
    d.kind = kind == SSE_DNSCRYPT_QUERY ? OBS_DNSCRYPT_QUERY : OBS_DNSCRYPT_REPLY;
    nonce = sse_dnscrypt_client_nonce(kind, w->payload + skip, MIN(held, length));
    /* With a full table nobody knows which were announced. */
    d.foreign = kind == SSE_DNSCRYPT_QUERY && !sse_dnscrypt_full(dnscrypt_magics()) &&
                sse_dnscrypt_find(dnscrypt_magics(), &w->dst, NULL) != NULL &&
                sse_dnscrypt_find(dnscrypt_magics(), &w->dst, w->payload + skip) == NULL;
    d.has_nonce = nonce != NULL;
    if (nonce != NULL)
        d.nonce = (uint64_t)sse_wire_hash(nonce, 6, 6) << 32 | sse_wire_hash(nonce, SSE_DNSCRYPT_NONCE, UINT32_MAX);
    return d;
}

/* Of the packets with a resolver's address those with its ports. */
static bool to_resolver(const sse_tracker *t, const sse_wire *w)
{
    return (w->dport == PORT_DNS || w->dport == PORT_HTTPS) && sse_tracker_is_resolver(t, &w->dst);
}

static bool from_resolver(const sse_tracker *t, const sse_wire *w)
{
    return (w->sport == PORT_DNS || w->sport == PORT_HTTPS) && sse_tracker_is_resolver(t, &w->src);
}

static void observe_udp(sse_tracker *t, const sse_names *names, packet_info *pinfo, obs_packet *p, const sse_wire *w,
                        unsigned roles)
{
    sse_dns_message m;

    if (sse_observe_dns(w, names, (roles & SSE_ROLE_RESOLVER) != 0, &m, NULL)) {
        obs_dns dns;

        /* Other people's lookups: the most frequent case here. */
        if (m.name == OBS_NAME_OTHER && (roles & (SSE_ROLE_RESOLVER | SSE_ROLE_CLIENT)) == 0)
            return;
        /* Any query to a resolver may carry an identity. */
        if (m.name != OBS_NAME_OTHER || (!m.response && m.count[3] > 0 && (roles & SSE_ROLE_RESOLVER) != 0))
            read_records(t, &m, pinfo);
        hash_payload(p, w, m.name != OBS_NAME_OTHER);
        sse_dns_observation(&m, SSE_UDP, &dns);
        observe_certificates(&m, p, &dns);
        sse_tracker_dns(t, p, &dns);
        return;
    }
    if ((roles & SSE_ROLE_RESOLVER) != 0) {
        bool to = to_resolver(t, w);
        obs_dnscrypt dnscrypt = { .kind = OBS_DNSCRYPT_NONE };

        if (to || from_resolver(t, w))
            dnscrypt = observe_dnscrypt(w, to, 0);
        if (dnscrypt.kind != OBS_DNSCRYPT_NONE) {
            hash_payload(p, w, true);
            sse_tracker_dnscrypt(t, p, &dnscrypt);
            return;
        }
    }
    if ((roles & SSE_ROLE_CLIENT) != 0) {
        obs_udp udp = { .quic_long = w->payload != NULL && (w->payload[0] & 0xc0) == 0xc0 };

        hash_payload(p, w, false);
        sse_tracker_udp(t, p, &udp);
    }
}

static void observe_tcp(sse_tracker *t, const sse_names *names, packet_info *pinfo, obs_packet *p, const sse_wire *w,
                        unsigned roles)
{
    obs_tcp tcp = { .flags = w->flags, .seq = w->seq, .ack = w->ack, .window = w->window };
    sse_dns_message m;
    obs_dns dns;
    bool has_dns = sse_observe_dns(w, names, (roles & SSE_ROLE_RESOLVER) != 0, &m, NULL);

    if (has_dns) {
        if (m.name != OBS_NAME_OTHER)
            read_records(t, &m, pinfo);
        sse_dns_observation(&m, SSE_TCP, &dns);
        observe_certificates(&m, p, &dns);
    }
    if (roles == 0 && (!has_dns || m.name == OBS_NAME_OTHER))
        return;
    if (!has_dns && w->payload != NULL && sse_http_may_start(w->payload[0]))
        sse_http_read(w->payload, w->payload_held, &tcp.http);
    if ((roles & SSE_ROLE_RESOLVER) != 0) {
        bool to = to_resolver(t, w);

        if (to || from_resolver(t, w)) {
            dnscrypt_expect_tcp(pinfo);
            if (!has_dns)
                tcp.dnscrypt = observe_dnscrypt(w, to, 2);
        }
    }
    /* Of a client's other segments only SYNs are asked whether they are copies. */
    if ((roles & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0 || has_dns || (w->flags & OBS_TCP_SYN) != 0)
        hash_payload(p, w, (roles & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0);
    sse_tracker_tcp(t, p, &tcp, has_dns ? &dns : NULL);
}

/* A packet that passed the gate. perhaps_src, perhaps_dst: whose address may
 * have a role. */
static void observe_packet(sse_tracker *t, const sse_names *names, tvbuff_t *frame, packet_info *pinfo, int64_t time,
                           bool perhaps_src, bool perhaps_dst, bool on_53)
{
    bool on_web = (pinfo->ptype == PT_UDP || pinfo->ptype == PT_TCP) &&
                  (either_port(pinfo, PORT_HTTPS) || either_port(pinfo, PORT_HTTP));
    unsigned roles;
    sse_addr src, dst;
    obs_places places = { 0 };
    sse_wire w;
    obs_packet p;

    if (!on_53 && !on_web && t->clients == 0)
        return;
    if (!sse_wire_address(&pinfo->net_src, &src) || !sse_wire_address(&pinfo->net_dst, &dst))
        return;
    roles = perhaps_src || perhaps_dst
        ? sse_tracker_look_up(t, perhaps_src ? &src : NULL, perhaps_dst ? &dst : NULL, &places) : 0;
    if (!on_53 && (roles & SSE_ROLE_CLIENT) == 0 &&
        !(on_web && (roles & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) != 0))
        return;

    if (!sse_wire_read(frame, pinfo, &src, &dst, &w)) {
        /* It is there, and of a client, though its header is not to be found. */
        if ((roles & SSE_ROLE_CLIENT) != 0 && pinfo->ptype == PT_NONE) {
            fill_packet(&p, pinfo, time, &w, &places);
            sse_tracker_other(t, &p);
        }
        return;
    }
    fill_packet(&p, pinfo, time, &w, &places);
    switch (w.protocol) {
    case SSE_IP_UDP:
        observe_udp(t, names, pinfo, &p, &w, roles);
        break;
    case SSE_IP_TCP:
        observe_tcp(t, names, pinfo, &p, &w, roles);
        break;
    case SSE_IP_ICMP:
    case SSE_IP_ICMPV6: {
        obs_icmp icmp;

        hash_payload(&p, &w, true);
        if (sse_wire_quote(&w, &icmp))
            sse_tracker_icmp(t, &p, &icmp);
        else if ((roles & SSE_ROLE_CLIENT) != 0)
            sse_tracker_other(t, &p);
        break;
    }
    default:
        if ((roles & SSE_ROLE_CLIENT) != 0)
            sse_tracker_other(t, &p);
        break;
    }
}

void sse_observe(sse_tracker *t, sse_gate *gate, const sse_names *names, tvbuff_t *frame, packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;
    bool perhaps_src, perhaps_dst, on_53;
    uint32_t src, dst;
    int64_t time;

    /* Log entries and exported protocol data are no packets of a network. */
    if (rec->rec_type != REC_TYPE_PACKET || rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_WIRESHARK_UPPER_PDU)
        return;
    time = sse_packet_time(pinfo);
    sse_tracker_tick(t, pinfo->num, time);
    if (t->frames == 1)
        learn_known_names(t, names, pinfo, time);
    /* Names that Wireshark knew, and entries of a log, teach addresses without
     * a packet. */
    if (gate->addresses < t->addresses->len)
        gate_follow(gate, t);

    /* From here on nearly all packets need no more than both hashes, and the
     * ports against 53. What has no such address passes no gate. */
    perhaps_dst = gate_address(&pinfo->net_dst, &dst);
    if (perhaps_dst) {
        /* Of every packet, as nobody knows yet who will turn out to be a client. */
        reach(gate, dst);
        perhaps_dst = gate_has(gate, dst) || gate->all;
    }
    perhaps_src = gate_address(&pinfo->net_src, &src) && (gate_has(gate, src) || gate->all);
    on_53 = either_port(pinfo, PORT_DNS) && (pinfo->ptype == PT_UDP || pinfo->ptype == PT_TCP);
    if (!perhaps_src && !perhaps_dst && !on_53)
        return;
    observe_packet(t, names, frame, pinfo, time, perhaps_src, perhaps_dst, on_53);
    if (gate->addresses < t->addresses->len)
        gate_follow(gate, t);
}
