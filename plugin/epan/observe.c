/* observe.c
 * Hands each packet that matters to the tracker, and lets all others go by as
 * cheaply as can be.
 *
 * This runs for every packet of every file. So it looks only at what
 * Wireshark found out anyway (protocol, ports, addresses); bytes are read of
 * the few packets that may matter by that. No field is wanted from Wireshark: wanting one
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

#include "addresses.h"
#include "http_message.h"
#include "ports.h"
#include "redact.h"
#include "tls_hello.h"

/* No probe is longer than this, with its identity and without an address's headers. */
#define LONGEST_PROBE 160
/* Of Ethernet with VLAN tags, IPv6 and UDP. */
#define LONGEST_HEADERS 70

/* Of packets that have nothing to do with the module only so much is hashed:
 * enough to know a copy. */
#define CONTROL_HASH_BYTES 64

static inline bool either_port(const packet_info *pinfo, uint32_t port)
{
    return pinfo->srcport == port || pinfo->destport == port;
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

static void fill_packet(obs_packet *p, const packet_info *pinfo, int64_t time, const sse_ip_layers *w,
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
        if (pinfo->dl_dst.type == pinfo->dl_src.type && pinfo->dl_dst.len == 6)
            memcpy(p->to_mac, pinfo->dl_dst.data, 6);
        p->vlan = (uint16_t)pinfo->vlan_id;
    }
}

static void hash_payload(obs_packet *p, const sse_ip_layers *w, bool module)
{
    p->payload_hash = w->payload != NULL
        ? sse_hash_bytes(w->payload, w->payload_held, module ? UINT32_MAX : CONTROL_HASH_BYTES) : 0;
}

bool sse_observe_dns(const sse_ip_layers *w, const sse_names *names, bool with_resolver, sse_dns_message *m, int *offset)
{
    bool port_53 = w->sport == SSE_PORT_PLAIN_DNS || w->dport == SSE_PORT_PLAIN_DNS;
    /* On 5353 the resolvers are asked by a tool of Cisco's; what is sent to a group is mDNS. */
    bool port_443 = w->sport == SSE_PORT_GATEWAY || w->dport == SSE_PORT_GATEWAY ||
                    ((w->sport == SSE_PORT_DIAGNOSTIC || w->dport == SSE_PORT_DIAGNOSTIC) && !sse_addr_is_multicast(&w->dst));
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
static void observe_certificates(const sse_open_file *f, const sse_dns_message *m, const obs_packet *p, obs_dns *dns)
{
    const int64_t seconds = p->time / SSE_SECOND;
    bool good = false, early = true;
    unsigned whole = 0;

    for (unsigned i = 0; i < m->n_certificates; i++) {
        sse_dnscrypt_certificate c;

        if (!sse_dnscrypt_read_certificate(&c, m->bytes + m->certificates[i].offset, m->certificates[i].length))
            continue;
        whole++;
        good |= sse_dnscrypt_is_valid(&c, seconds);
        early &= seconds < (int64_t)c.start;
        sse_dnscrypt_learn(f->magics, &p->src, &c, p->frame);
    }
    dns->certificate_expired = whole > 0 && !good;
    dns->certificate_early = dns->certificate_expired && early;
}

/* A reply about a provider of DNSCrypt, of any server. */
static inline unsigned about_certificates(const sse_dns_message *m)
{
    return m->response && sse_dnscrypt_is_provider(m->wire_name, m->name_length) ? SSE_SEEN_CERTIFICATES : 0;
}

/* DNSCrypt with a resolver. skip: the message's length before it, over TCP. */
static obs_dnscrypt observe_dnscrypt(const sse_open_file *f, const sse_ip_layers *w, bool to_resolver, uint32_t skip)
{
    obs_dnscrypt d = { .kind = OBS_DNSCRYPT_NONE };
    const uint8_t *nonce;
    sse_dnscrypt_kind kind;
    uint32_t held, length;

    if (w->payload == NULL || w->payload_held <= skip)
        return d;
    held = w->payload_held - skip;
    length = skip == 0 ? w->payload_length : (uint32_t)w->payload[0] << 8 | w->payload[1];
    kind = sse_dnscrypt_classify(w->payload + skip, MIN(held, length), length, to_resolver, f->magics,
                                 to_resolver ? &w->dst : &w->src);
    if (kind == SSE_DNSCRYPT_NONE)
        return d;
    d.kind = kind == SSE_DNSCRYPT_QUERY ? OBS_DNSCRYPT_QUERY : OBS_DNSCRYPT_REPLY;
    nonce = sse_dnscrypt_client_nonce(kind, w->payload + skip, MIN(held, length));
    /* With a full table nobody knows which were announced. */
    d.foreign = kind == SSE_DNSCRYPT_QUERY && !sse_dnscrypt_full(f->magics) &&
                sse_dnscrypt_find(f->magics, &w->dst, NULL) != NULL &&
                sse_dnscrypt_find(f->magics, &w->dst, w->payload + skip) == NULL;
    d.has_nonce = nonce != NULL;
    if (nonce != NULL)
        d.nonce = (uint64_t)sse_hash_bytes(nonce, 6, 6) << 32 | sse_hash_bytes(nonce, SSE_DNSCRYPT_NONCE, UINT32_MAX);
    return d;
}

/* Of the packets with a resolver's address those with its ports. */
static bool to_resolver(const sse_tracker *t, const sse_ip_layers *w)
{
    return (w->dport == SSE_PORT_PLAIN_DNS || w->dport == SSE_PORT_GATEWAY) && sse_tracker_is_resolver(t, &w->dst);
}

static bool from_resolver(const sse_tracker *t, const sse_ip_layers *w)
{
    return (w->sport == SSE_PORT_PLAIN_DNS || w->sport == SSE_PORT_GATEWAY) && sse_tracker_is_resolver(t, &w->src);
}

/* A gateway's name is also what an answer for one gave in its place. */
static void follow_alias(const sse_tracker *t, sse_dns_message *m)
{
    if (m->name == OBS_NAME_OTHER && m->has_question && sse_tracker_is_alias(t, m->qname))
        m->name = OBS_NAME_GATEWAY;
}

/* @return SSE_SEEN_ bits */
static unsigned observe_udp(const sse_open_file *f, packet_info *pinfo, obs_packet *p, const sse_ip_layers *w,
                            unsigned roles)
{
    sse_tracker *t = f->tracker;
    sse_dns_message m;
    unsigned seen = 0;

    /* A probe may go where nobody knows of a resolver. */
    bool with_resolver = (roles & SSE_ROLE_RESOLVER) != 0;
    bool perhaps_other = !with_resolver && w->dport == SSE_PORT_GATEWAY && w->payload_length <= LONGEST_PROBE;

    if (sse_observe_dns(w, &f->settings->names, with_resolver || perhaps_other, &m, NULL) &&
        !(perhaps_other && m.name != OBS_NAME_DEBUG && m.name != OBS_NAME_CERT)) {
        obs_dns dns;

        follow_alias(t, &m);
        seen = about_certificates(&m);
        if (m.name == OBS_NAME_OTHER && m.response && m.count[1] > 0 && m.rcode == 0)
            sse_dns_read_addresses(&m);
        /* Other people's lookups: the most frequent case here. */
        if (m.name == OBS_NAME_OTHER && (roles & (SSE_ROLE_RESOLVER | SSE_ROLE_CLIENT)) == 0) {
            sse_dns_observation(&m, SSE_UDP, &dns);
            sse_tracker_bystander(t, p, &dns);
            return seen;
        }
        if (w->sport != SSE_PORT_PLAIN_DNS && w->dport != SSE_PORT_PLAIN_DNS && !m.cut_name)
            seen |= SSE_SEEN_DNS_443;
        /* Any query to a resolver may carry an identity. */
        if (m.name != OBS_NAME_OTHER || (!m.response && m.count[3] > 0 && (roles & SSE_ROLE_RESOLVER) != 0))
            read_records(t, &m, pinfo);
        hash_payload(p, w, m.name != OBS_NAME_OTHER);
        sse_dns_observation(&m, SSE_UDP, &dns);
        observe_certificates(f, &m, p, &dns);
        sse_tracker_dns(t, p, &dns);
        return seen;
    }
    if ((roles & SSE_ROLE_RESOLVER) != 0) {
        bool to = to_resolver(t, w);
        obs_dnscrypt dnscrypt = { .kind = OBS_DNSCRYPT_NONE };

        if (to || from_resolver(t, w))
            dnscrypt = observe_dnscrypt(f, w, to, 0);
        if (dnscrypt.kind != OBS_DNSCRYPT_NONE) {
            hash_payload(p, w, true);
            sse_tracker_dnscrypt(t, p, &dnscrypt);
            return SSE_SEEN_DNSCRYPT;
        }
    }
    if ((roles & SSE_ROLE_CLIENT) != 0) {
        obs_udp udp = { .quic_long = w->payload != NULL && (w->payload[0] & 0xc0) == 0xc0 };

        hash_payload(p, w, false);
        sse_tracker_udp(t, p, &udp);
    }
    return seen;
}

/* @return SSE_SEEN_ bits */
static unsigned observe_tcp(const sse_open_file *f, packet_info *pinfo, obs_packet *p, const sse_ip_layers *w,
                            unsigned roles)
{
    sse_tracker *t = f->tracker;
    unsigned seen = 0;
    obs_tcp tcp = { .flags = w->flags, .seq = w->seq, .ack = w->ack, .window = w->window };
    sse_dns_message m;
    obs_dns dns;
    char server_name[128];
    bool has_dns = sse_observe_dns(w, &f->settings->names, (roles & SSE_ROLE_RESOLVER) != 0, &m, NULL);

    if (has_dns) {
        follow_alias(t, &m);
        seen = about_certificates(&m);
        if (m.name != OBS_NAME_OTHER)
            read_records(t, &m, pinfo);
        else if (m.response && m.count[1] > 0 && m.rcode == 0)
            sse_dns_read_addresses(&m);
        sse_dns_observation(&m, SSE_TCP, &dns);
        observe_certificates(f, &m, p, &dns);
    }
    if (roles == 0 && (!has_dns || m.name == OBS_NAME_OTHER)) {
        /* Other people's lookups, as over UDP. */
        if (has_dns)
            sse_tracker_bystander(t, p, &dns);
        return seen;
    }
    if (!has_dns && w->payload != NULL && sse_http_may_start(w->payload[0]))
        sse_http_read(w->payload, w->payload_held, &tcp.http);
    if ((roles & SSE_ROLE_RESOLVER) != 0) {
        bool to = to_resolver(t, w);

        if (to || from_resolver(t, w)) {
            seen |= SSE_SEEN_RESOLVER_TCP;
            if (!has_dns)
                tcp.dnscrypt = observe_dnscrypt(f, w, to, 2);
        }
    }
    if ((roles & SSE_ROLE_GATEWAY) != 0) {
        tcp.start = sse_http_start(w->payload, w->payload_held);
        tcp.payload = w->payload;
        tcp.payload_held = w->payload_held;
        if (tcp.start == OBS_START_OTHER && sse_tls_server_name(w->payload, w->payload_held, server_name, sizeof server_name))
            tcp.server_name = server_name;
    }
    /* Of a client's other segments only SYNs are asked whether they are copies. */
    if ((roles & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0 || has_dns || (w->flags & OBS_TCP_SYN) != 0)
        hash_payload(p, w, (roles & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0);
    sse_tracker_tcp(t, p, &tcp, has_dns ? &dns : NULL);
    return seen;
}

/* A test is a request of one segment, with a Host header and few others. */
#define TEST_LEAST 90
#define TEST_MOST  1400

/* HTTP of addresses that are no clients: a captive portal is there before the
 * module first tries. Lengths tell nearly all that is no request; answers are read
 * only while a test waits for one. */
static void observe_portal(const sse_open_file *f, tvbuff_t *frame, packet_info *pinfo, int64_t time)
{
    const bool asks = pinfo->destport == SSE_PORT_GATEWAY_HTTP;
    const uint32_t length = pinfo->fd->pkt_len;
    const obs_places places = { 0 };
    sse_addr src, dst;
    sse_ip_layers w;
    obs_packet p;
    obs_http http;

    if (asks ? length < TEST_LEAST || length > TEST_MOST : !sse_tracker_portal_waits(f->tracker, time))
        return;
    if (!sse_address_of(&pinfo->net_src, &src) || !sse_address_of(&pinfo->net_dst, &dst) ||
        !sse_ip_layers_read(frame, pinfo, &src, &dst, &w) || w.protocol != SSE_IP_TCP || w.payload == NULL ||
        !sse_http_may_start(w.payload[0]) || !sse_http_read(w.payload, w.payload_held, &http))
        return;
    fill_packet(&p, pinfo, time, &w, &places);
    sse_tracker_portal(f->tracker, &p, &http);
}

static inline bool is_http(const packet_info *pinfo)
{
    return either_port(pinfo, SSE_PORT_GATEWAY_HTTP) && pinfo->ptype == PT_TCP;
}

/* Sent to where all IPv4 resolvers are? */
static G_GNUC_NO_INLINE bool is_near_resolvers(const packet_info *pinfo)
{
    sse_addr dst;

    return sse_address_of(&pinfo->net_dst, &dst) && sse_addr_is_near_resolvers(&dst);
}

/* A probe to UDP 443 of whatever address: nearly all that is longer is QUIC. */
static inline bool may_be_probe(const packet_info *pinfo)
{
    return pinfo->ptype == PT_UDP && pinfo->destport == SSE_PORT_GATEWAY &&
           (pinfo->fd->pkt_len <= LONGEST_PROBE + LONGEST_HEADERS || is_near_resolvers(pinfo));
}

/* A packet that may matter. perhaps_src, perhaps_dst: whose address may have a
 * role. @return SSE_SEEN_ bits */
static unsigned observe_packet(const sse_open_file *f, tvbuff_t *frame, packet_info *pinfo, int64_t time,
                               bool perhaps_src, bool perhaps_dst, bool on_53)
{
    sse_tracker *t = f->tracker;
    const bool perhaps_probe = may_be_probe(pinfo);
    bool on_5353 = pinfo->ptype == PT_UDP && either_port(pinfo, SSE_PORT_DIAGNOSTIC);
    bool on_web = (pinfo->ptype == PT_UDP || pinfo->ptype == PT_TCP) &&
                  (either_port(pinfo, SSE_PORT_GATEWAY) || either_port(pinfo, SSE_PORT_GATEWAY_HTTP));
    unsigned roles;
    sse_addr src, dst;
    obs_places places = { 0 };
    sse_ip_layers w;
    obs_packet p;

    if (!on_53 && !on_web && !on_5353 && t->clients == 0)
        return 0;
    if (!sse_address_of(&pinfo->net_src, &src) || !sse_address_of(&pinfo->net_dst, &dst))
        return 0;
    roles = perhaps_src || perhaps_dst
        ? sse_tracker_look_up(t, perhaps_src ? &src : NULL, perhaps_dst ? &dst : NULL, &places) : 0;
    if (!on_53 && (roles & SSE_ROLE_CLIENT) == 0 && !perhaps_probe &&
        !(on_5353 && (roles & SSE_ROLE_RESOLVER) != 0) && !(on_web && (roles & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) != 0)) {
        if (is_http(pinfo))
            observe_portal(f, frame, pinfo, time);
        return 0;
    }

    if (!sse_ip_layers_read(frame, pinfo, &src, &dst, &w)) {
        /* It is there, and of a client, though its header is not to be found. */
        if ((roles & SSE_ROLE_CLIENT) != 0 && pinfo->ptype == PT_NONE) {
            fill_packet(&p, pinfo, time, &w, &places);
            sse_tracker_other(t, &p);
        }
        return 0;
    }
    fill_packet(&p, pinfo, time, &w, &places);
    switch (w.protocol) {
    case SSE_IP_UDP:
        return observe_udp(f, pinfo, &p, &w, roles);
    case SSE_IP_TCP:
        return observe_tcp(f, pinfo, &p, &w, roles);
    case SSE_IP_ICMP:
    case SSE_IP_ICMPV6: {
        obs_icmp icmp;

        hash_payload(&p, &w, true);
        if (sse_ip_layers_quote(&w, &icmp))
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
    return 0;
}

/* Only in files with a log: elsewhere nobody asks whose capture it is. */
static void beside_log(sse_tracker *t, const packet_info *pinfo)
{
    sse_addr src, dst;

    if (sse_address_of(&pinfo->net_src, &src) && sse_address_of(&pinfo->net_dst, &dst))
        sse_tracker_beside_log(t, &src, &dst);
}

/* The file's first packet, and those beside a log.
 * Apart from its caller, which every packet runs through. */
static G_GNUC_NO_INLINE void observe_beside(const sse_open_file *f, const packet_info *pinfo, int64_t time)
{
    sse_tracker *t = f->tracker;

    if (t->frames == 1)
        learn_known_names(t, &f->settings->names, pinfo, time);
    if (t->log != NULL)
        beside_log(t, pinfo);
}

/* A packet that may matter, and what came of it; apart as above. */
static G_GNUC_NO_INLINE unsigned observe_closely(sse_open_file *f, tvbuff_t *frame, packet_info *pinfo, int64_t time,
                                                 bool perhaps_src, bool perhaps_dst, bool on_53)
{
    const unsigned seen = observe_packet(f, frame, pinfo, time, perhaps_src, perhaps_dst, on_53);

    sse_filter_follow(&f->filter, f->tracker);
    if ((seen & SSE_SEEN_CERTIFICATES) != 0)
        g_array_append_val(f->certificate_frames, pinfo->num);
    return seen;
}

unsigned sse_observe(sse_open_file *f, tvbuff_t *frame, packet_info *pinfo)
{
    sse_address_filter *filter = &f->filter;
    sse_tracker *t = f->tracker;
    const wtap_rec *rec = pinfo->rec;
    bool perhaps_src, perhaps_dst, on_53;
    uint32_t src, dst;
    int64_t time;

    /* Log entries and exported protocol data are no packets of a network. */
    if (rec->rec_type != REC_TYPE_PACKET || rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_WIRESHARK_UPPER_PDU)
        return 0;
    time = sse_packet_time(pinfo);
    sse_tracker_tick(t, pinfo->num, time);
    if (t->frames == 1 || t->log != NULL)
        observe_beside(f, pinfo, time);
    /* Names that Wireshark knew, and entries of a log, teach addresses without
     * a packet. */
    sse_filter_follow(filter, t);

    /* From here on nearly all packets need no more than both hashes, and the
     * ports against 53. What has no such address never matters. */
    perhaps_dst = sse_filter_address(&pinfo->net_dst, &dst);
    if (perhaps_dst) {
        /* Of every packet, as nobody knows yet who will turn out to be a client. */
        sse_filter_reach(filter, dst);
        perhaps_dst = sse_filter_has(filter, dst) || filter->all;
    }
    perhaps_src = sse_filter_address(&pinfo->net_src, &src) && (sse_filter_has(filter, src) || filter->all);
    on_53 = either_port(pinfo, SSE_PORT_PLAIN_DNS) && (pinfo->ptype == PT_UDP || pinfo->ptype == PT_TCP);
    if (perhaps_src || perhaps_dst || on_53 || may_be_probe(pinfo))
        return observe_closely(f, frame, pinfo, time, perhaps_src, perhaps_dst, on_53);
    if (is_http(pinfo))
        observe_portal(f, frame, pinfo, time);
    return 0;
}
