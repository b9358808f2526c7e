/* feed.c
 * A readable way to feed a tracker with made-up packets, and to look at what
 * comes of them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "addresses.h"
#include "flows.h"
#include "names.h"
#include "products.h"
#include "timeline.h"

#define SERVER_TTL 50
#define CLIENT_TTL 128
#define ROUTER_MAC 1

static char row[256];

feed *feed_new_with(const char *resolvers, const char *gateways)
{
    feed *f = g_new0(feed, 1);
    char *error = NULL;
    sse_config config = {
        .resolvers = sse_ranges_parse(resolvers, false, &error),
        .gateways = sse_ranges_parse(gateways, true, &error),
        .names = { .probes = sse_names_parse_probes(SSE_DEFAULT_PROBE_NAMES, &error),
                   .gateways = sse_names_parse_gateways(SSE_DEFAULT_GATEWAY_NAMES, &error) },
        .probe_timeout = 5 * SSE_SECOND,
        .syn_timeout = 3 * SSE_SECOND,
    };

    assert_non_null(config.resolvers);
    assert_non_null(config.gateways);
    f->texts = g_ptr_array_new_with_free_func(g_free);
    f->t = sse_tracker_new(&config);
    g_array_free(config.resolvers, TRUE);
    g_array_free(config.gateways, TRUE);
    sse_names_clear(&config.names);
    f->ip_id = 1;
    f->payload = 1;
    f->id = 1000;
    f->sport = 50000;
    row[0] = '\0';
    return f;
}

feed *feed_new(void)
{
    return feed_new_with(SSE_DEFAULT_RESOLVERS, "");
}

void feed_free(feed *f)
{
    if (f == NULL)
        return;
    sse_report_free(f->report);
    sse_tracker_free(f->t);
    g_ptr_array_free(f->texts, TRUE);
    g_free(f);
}

void feed_redact(feed *f)
{
    f->t->config.redact = true;
    sse_redactor_free(f->t->redactor);
    f->t->redactor = sse_redactor_new(true);
}

int feed_setup(void **state)
{
    *state = feed_new();
    return 0;
}

int feed_teardown(void **state)
{
    feed_free(*state);
    return 0;
}

sse_addr feed_addr(const char *text)
{
    sse_addr addr;

    if (!sse_addr_parse(text, &addr))
        fail_msg("the test's own address %s is none", text);
    return addr;
}

int64_t feed_ns(double at)
{
    return START * SSE_SECOND + (int64_t)llround(at * 1e9);
}

void feed_row(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(row, sizeof row, format, ap);
    va_end(ap);
}

void feed_host(feed *f, const char *address, uint8_t mac, uint8_t ttl)
{
    assert_true(f->n_hosts < FEED_HOSTS);
    f->hosts[f->n_hosts++] = (feed_host_entry){ address, mac, ttl };
}

void feed_receiver(feed *f, uint8_t mac)
{
    f->receiver = mac;
}

void feed_vlan(feed *f, uint16_t vlan)
{
    f->vlan = vlan;
}

/* ---- packets ---- */

static void next_frame(feed *f, double at)
{
    sse_report_free(f->report);
    f->report = NULL;
    f->frame++;
    f->at = at;
    sse_tracker_tick(f->t, f->frame, feed_ns(at));
}

void feed_tick(feed *f, double at)
{
    next_frame(f, at);
}

void feed_jump(feed *f, double at)
{
    for (unsigned i = 0; i < 17; i++)
        feed_tick(f, at);
}

/* ttl 0: what the sender has. */
static obs_packet packet(feed *f, double at, const char *from, uint16_t sport, const char *to, uint16_t dport,
                         bool from_client, uint8_t ttl)
{
    obs_packet p = {
        .time = feed_ns(at), .src = feed_addr(from), .dst = feed_addr(to), .sport = sport, .dport = dport,
        .ttl = from_client ? CLIENT_TTL : SERVER_TTL, .has_mac = true, .mac = { 2, 0, 0, 0, 0, ROUTER_MAC },
    };

    next_frame(f, at);
    p.frame = f->frame;
    if (from_client)
        p.mac[4] = p.src.family == 4 ? p.src.bytes[3] : (uint8_t)(p.src.bytes[15] ^ 0x80);
    for (unsigned i = 0; i < f->n_hosts; i++) {
        sse_addr host = feed_addr(f->hosts[i].address);

        if (sse_addr_equal(&host, &p.src)) {
            p.mac[4] = 0xaa;
            p.mac[5] = f->hosts[i].mac;
            p.ttl = f->hosts[i].ttl;
        }
        if (sse_addr_equal(&host, &p.dst)) {
            memcpy(p.to_mac, (const uint8_t[]){ 2, 0, 0, 0, 0xaa, f->hosts[i].mac }, sizeof p.to_mac);
            if (f->receiver != 0)
                p.to_mac[5] = f->receiver;
        }
    }
    p.vlan = f->vlan;
    if (ttl != 0)
        p.ttl = ttl;
    if (!f->repeat_packet) {
        f->ip_id++;
        f->payload++;
    }
    f->repeat_packet = false;
    p.ip_id = f->no_ip_id || p.src.family == 6 ? 0 : f->ip_id;
    p.payload_hash = f->payload;
    /* The reader of packets looks first whom it knows; a caller need not. */
    if (f->frame % 2 == 0)
        sse_tracker_look_up(f->t, &p.src, &p.dst, &p.places);
    return p;
}

uint32_t feed_stranger(feed *f, double at, const char *from, const char *to)
{
    obs_packet p = packet(f, at, from, 0, to, 0, false, 0);

    sse_tracker_other(f->t, &p);
    return p.frame;
}

uint32_t feed_other(feed *f, double at, const char *from, const char *to)
{
    const sse_addr src = feed_addr(from), dst = feed_addr(to);
    const uint32_t client = sse_find_address(f->t, &dst);

    if (client != SSE_NONE && (sse_tracker_address(f->t, client)->role & SSE_ROLE_CLIENT) != 0)
        sse_flow_asks(f->t, client, 0, &src, 0, feed_ns(at));
    return feed_stranger(f, at, from, to);
}

uint32_t feed_message(feed *f, double at, feed_dns m)
{
    static const char *const names[] = { "www.example.com", "debug.opendns.com", "2.dnscrypt-cert.opendns.com", GATEWAY_NAME, "",
                                         "ipv4only.arpa" };
    uint16_t sport = m.conn != NULL ? m.conn->sport : m.sport != 0 ? m.sport : (uint16_t)(20000 + m.id);
    obs_packet p = m.response ? packet(f, at, m.server, m.port, m.client, sport, false, m.ttl)
                              : packet(f, at, m.client, sport, m.server, m.port, true, m.ttl);
    sse_addr addresses[4];
    obs_name_text alias;
    obs_dns dns = {
        .transport = m.transport, .response = m.response, .truncated = m.truncated, .cut_name = m.cut_name,
        .id = m.id, .name = m.name, .rcode = m.rcode, .answers = m.answers, .server_string = m.server_string,
        .certificate = m.certificate, .certificate_expired = m.certificate_expired, .court_order = m.court_order, .censored = m.censored, .identity = m.identity, .addresses = addresses,
    };

    p.payload_len = m.response ? 120 : 35;
    p.cut = m.cut;
    dns.qname = m.qname != NULL ? m.qname : names[m.name];
    dns.qtype = m.qtype != 0 ? m.qtype : m.name == OBS_NAME_DEBUG || m.name == OBS_NAME_CERT ? 16 : 1;
    dns.question = g_str_hash(dns.qname) ^ (uint32_t)dns.qtype << 16;
    if (m.cut_name) {
        dns.qname = NULL;
        dns.qtype = 0;
        dns.question = 0;
        dns.name = OBS_NAME_OTHER;
    }
    for (unsigned i = 0; i < 4 && m.address[i] != NULL; i++)
        addresses[dns.n_addresses++] = feed_addr(m.address[i]);
    if (m.alias != NULL) {
        g_strlcpy(alias.text, m.alias, sizeof alias.text);
        dns.aliases = &alias;
        dns.n_aliases = 1;
        dns.sinkhole = m.sinkhole;
    }
    if (m.transport == SSE_TCP) {
        obs_tcp tcp = { .flags = OBS_TCP_ACK | OBS_TCP_PSH, .window = 1024 };
        uint32_t *next = m.response ? &m.conn->server_next : &m.conn->next;

        tcp.seq = *next;
        tcp.ack = m.response ? m.conn->next : m.conn->server_next;
        p.payload_len += 2;
        *next += p.payload_len;
        sse_tracker_tcp(f->t, &p, &tcp, &dns);
    } else {
        sse_tracker_dns(f->t, &p, &dns);
    }
    return p.frame;
}

uint32_t feed_query(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = resolver, .port = port, .id = id, .name = OBS_NAME_DEBUG });
}

uint32_t feed_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = resolver, .port = port, .id = id, .name = OBS_NAME_DEBUG,
                                           .response = true, .answers = 5, .server_string = true });
}

static uint32_t encrypted(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t nonce,
                          obs_dnscrypt_kind kind)
{
    uint16_t sport = (uint16_t)(30000 + nonce);
    obs_packet p = kind == OBS_DNSCRYPT_REPLY ? packet(f, at, resolver, port, client, sport, false, 0)
                                              : packet(f, at, client, sport, resolver, port, true, 0);
    /* Spread over all bits, as a hash is. */
    obs_dnscrypt dnscrypt = { .kind = kind, .has_nonce = true, .nonce = (nonce + 1) * UINT64_C(0x9E3779B97F4A7C15) };

    p.payload_len = kind == OBS_DNSCRYPT_REPLY ? 240 : 324;
    sse_tracker_dnscrypt(f->t, &p, &dnscrypt);
    return p.frame;
}

uint32_t feed_encrypted(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t nonce)
{
    return encrypted(f, at, client, resolver, port, nonce, OBS_DNSCRYPT_QUERY);
}

uint32_t feed_encrypted_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t nonce)
{
    return encrypted(f, at, client, resolver, port, nonce, OBS_DNSCRYPT_REPLY);
}

uint32_t feed_encrypted_row(feed *f, double at, unsigned count, double every, const char *client, const char *resolver,
                            uint16_t port, bool answered)
{
    uint32_t first = 0;

    for (unsigned i = 0; i < count; i++) {
        uint16_t nonce = f->id++;
        uint32_t frame = feed_encrypted(f, at + i * every, client, resolver, port, nonce);

        if (i == 0)
            first = frame;
        if (answered)
            feed_encrypted_reply(f, at + i * every + 0.02, client, resolver, port, nonce);
    }
    return first;
}

uint32_t feed_rcode(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id, uint8_t rcode)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = resolver, .port = port, .id = id, .name = OBS_NAME_DEBUG,
                                           .response = true, .rcode = rcode });
}

uint32_t feed_nxdomain(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id)
{
    return feed_rcode(f, at, client, resolver, port, id, 3);
}

uint32_t feed_court_order(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = resolver, .port = port, .id = id, .name = OBS_NAME_DEBUG,
                                           .response = true, .rcode = 5, .court_order = true });
}

uint32_t feed_icmp_query(feed *f, double at, const char *sender, const char *client, const char *resolver,
                         uint16_t port, uint16_t id, uint8_t type, uint8_t code)
{
    obs_packet p = packet(f, at, sender, 0, client, 0, false, 0);
    obs_icmp icmp = {
        .type = type, .code = code, .protocol = 17, .src = feed_addr(client), .dst = feed_addr(resolver),
        .sport = (uint16_t)(20000 + id), .dport = port, .has_dns_id = true, .dns_id = id, .quoted_len = 63,
    };

    sse_tracker_icmp(f->t, &p, &icmp);
    return p.frame;
}

uint32_t feed_icmp_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id)
{
    const bool v6 = strchr(client, ':') != NULL;
    obs_packet p = packet(f, at, client, 0, resolver, 0, true, 0);
    obs_icmp icmp = {
        .type = v6 ? 1 : 3, .code = v6 ? 4 : 3, .protocol = 17, .src = feed_addr(resolver), .dst = feed_addr(client),
        .sport = port, .dport = (uint16_t)(20000 + id), .has_dns_id = true, .dns_id = id, .quoted_len = 200,
    };

    sse_tracker_icmp(f->t, &p, &icmp);
    return p.frame;
}

static void come_back(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id, feed_fate fate)
{
    bool v6 = strchr(client, ':') != NULL;
    const char *firewall = v6 ? "2001:db8::fe" : FIREWALL;

    switch (fate) {
    case SILENT:
        break;
    case ANSWERED:
        feed_reply(f, at, client, resolver, port, id);
        break;
    case NXDOMAIN:
        feed_nxdomain(f, at, client, resolver, port, id);
        break;
    case REFUSED:
        feed_rcode(f, at, client, resolver, port, id, 5);
        break;
    case COURT_ORDER:
        feed_court_order(f, at, client, resolver, port, id);
        break;
    case ICMP_FILTER:
        feed_icmp_query(f, at, firewall, client, resolver, port, id, v6 ? 1 : 3, v6 ? 1 : 13);
        break;
    case ICMP_ROUTING:
        feed_icmp_query(f, at, firewall, client, resolver, port, id, v6 ? 1 : 3, v6 ? 0 : 1);
        break;
    case HOST_REJECTS:
        feed_reply(f, at, client, resolver, port, id);
        feed_icmp_reply(f, at + 0.0001, client, resolver, port, id);
        break;
    case ICMP_PORT:
        feed_icmp_query(f, at, resolver, client, resolver, port, id, v6 ? 1 : 3, v6 ? 4 : 3);
        break;
    }
}

uint32_t feed_burst(feed *f, double at, const char *client, uint16_t port, feed_fate fate)
{
    bool v6 = strchr(client, ':') != NULL;
    const char *first = v6 ? R1_6 : R1, *second = v6 ? R2_6 : R2;
    uint16_t id = f->id;
    uint32_t frame = feed_query(f, at, client, first, port, id);

    f->id += 2;
    feed_query(f, at + 0.001, client, second, port, (uint16_t)(id + 1));
    come_back(f, at + 0.020, client, first, port, id, fate);
    come_back(f, at + 0.021, client, second, port, (uint16_t)(id + 1), fate);
    return frame;
}

uint32_t feed_dead_cycle(feed *f, double at, const char *client, feed_fate on443, feed_fate on53)
{
    uint32_t frame = feed_burst(f, at, client, 443, on443);

    feed_burst(f, at + 5, client, 53, on53);
    return frame;
}

uint32_t feed_probe(feed *f, double at, const char *client, const char *resolver, uint16_t port, feed_fate fate)
{
    uint32_t frame = feed_query(f, at, client, resolver, port, f->id);

    come_back(f, at + 0.020, client, resolver, port, f->id, fate);
    f->id++;
    return frame;
}

uint32_t feed_lookup(feed *f, double at, const char *client, const char *server, uint16_t id)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = server, .port = 53, .id = id, .name = OBS_NAME_GATEWAY });
}

uint32_t feed_answer(feed *f, double at, const char *client, const char *server, uint16_t id, uint8_t rcode, const char *address)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = server, .port = 53, .id = id, .name = OBS_NAME_GATEWAY,
                                           .response = true, .rcode = rcode, .answers = address != NULL, .address = { address } });
}

void feed_learn(feed *f, double at, const char *client)
{
    uint16_t id = f->id++;

    feed_lookup(f, at, client, LOCAL_DNS, id);
    feed_answer(f, at + 0.02, client, LOCAL_DNS, id, 0, GATEWAY);
}

/* ---- TCP ---- */

feed_conn feed_connection(const char *client, const char *server, uint16_t port, uint16_t sport)
{
    feed_conn c = {
        .client = client, .server = server, .port = port, .sport = sport, .isn = sport * 10000u,
        .server_next = sport * 20000u, .window = 64240,
    };

    c.next = c.isn + 1;
    return c;
}

/* How the reader of packets says that a segment begins. */
static void set_http(obs_tcp *tcp, const obs_http *http)
{
    if (http == NULL)
        return;
    tcp->http = *http;
    tcp->start = http->kind == OBS_HTTP_RESPONSE ? OBS_START_STATUS
                 : http->kind == OBS_HTTP_NONE   ? OBS_START_OTHER : OBS_START_REQUEST;
}

static uint32_t from_client(feed *f, double at, feed_conn *c, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t length, const obs_http *http)
{
    obs_packet p = packet(f, at, c->client, c->sport, c->server, c->port, true, 0);
    obs_tcp tcp = { .flags = flags, .seq = seq, .ack = ack, .window = c->window };

    p.payload_len = length;
    if (length == 0)
        p.payload_hash = 0;
    else if (seq == c->last_seq && length == c->last_len && c->last_hash != 0)
        p.payload_hash = c->last_hash;
    else
        c->last_hash = p.payload_hash;
    set_http(&tcp, http);
    sse_tracker_tcp(f->t, &p, &tcp, NULL);
    return p.frame;
}

static uint32_t from_server(feed *f, double at, feed_conn *c, uint8_t flags, uint32_t ack, uint32_t length, uint8_t ttl, uint16_t window, const obs_http *http)
{
    obs_packet p = packet(f, at, c->server, c->port, c->client, c->sport, false, ttl != 0 ? ttl : c->server_ttl);
    obs_tcp tcp = { .flags = flags, .seq = c->server_next, .ack = ack, .window = window };

    p.payload_len = length;
    if (length == 0)
        p.payload_hash = 0;
    set_http(&tcp, http);
    sse_tracker_tcp(f->t, &p, &tcp, NULL);
    return p.frame;
}

uint32_t feed_syn(feed *f, double at, feed_conn *c)
{
    return from_client(f, at, c, OBS_TCP_SYN, c->isn, 0, 0, NULL);
}

uint32_t feed_new_syn(feed *f, double at, feed_conn *c)
{
    c->isn += 7777;
    c->next = c->isn + 1;
    return feed_syn(f, at, c);
}

uint32_t feed_synack(feed *f, double at, feed_conn *c)
{
    uint32_t frame = from_server(f, at, c, OBS_TCP_SYN | OBS_TCP_ACK, c->isn + 1, 0, 0, 26847, NULL);

    c->server_next++;
    return frame;
}

uint32_t feed_ack(feed *f, double at, feed_conn *c)
{
    return from_client(f, at, c, OBS_TCP_ACK, c->next, c->server_next, 0, NULL);
}

static uint32_t send_payload(feed *f, double at, feed_conn *c, uint32_t length, const obs_http *http)
{
    uint32_t frame = from_client(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->next, c->server_next, length, http);

    c->last_seq = c->next;
    c->last_len = length;
    c->next += length;
    return frame;
}

uint32_t feed_payload(feed *f, double at, feed_conn *c, uint32_t length)
{
    return send_payload(f, at, c, length, NULL);
}

uint32_t feed_payload_again(feed *f, double at, feed_conn *c)
{
    return from_client(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->last_seq, c->server_next, c->last_len, NULL);
}

uint32_t feed_server_ack(feed *f, double at, feed_conn *c)
{
    return from_server(f, at, c, OBS_TCP_ACK, c->next, 0, 0, 1024, NULL);
}

uint32_t feed_server_payload(feed *f, double at, feed_conn *c, uint32_t length)
{
    uint32_t frame = from_server(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->next, length, 0, 1024, NULL);

    c->server_next += length;
    return frame;
}

uint32_t feed_connect(feed *f, double at, feed_conn *c, const char *host)
{
    obs_http http = { .kind = OBS_HTTP_CONNECT };

    g_strlcpy(http.host, host, sizeof http.host);
    return send_payload(f, at, c, 120, &http);
}

uint32_t feed_http(feed *f, double at, feed_conn *c, obs_http_kind kind)
{
    obs_http http = { .kind = kind, .test = kind == OBS_HTTP_PORTAL_TEST };

    return send_payload(f, at, c, 120, &http);
}

uint32_t feed_first_bytes(feed *f, double at, feed_conn *c, const obs_http *http)
{
    return send_payload(f, at, c, 120, http);
}

uint32_t feed_portal_answer(feed *f, double at, feed_conn *c, uint16_t status, bool has_body, bool known_body)
{
    obs_http http = { .kind = OBS_HTTP_RESPONSE, .status = status, .has_body = has_body, .bodies = known_body };
    uint32_t frame = from_server(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->next, 90, 0, 1024, &http);

    c->server_next += 90;
    return frame;
}

uint32_t feed_status(feed *f, double at, feed_conn *c, uint16_t status)
{
    return feed_portal_answer(f, at, c, status, false, false);
}

uint32_t feed_status_by(feed *f, double at, feed_conn *c, uint16_t status, const char *server, const char *via)
{
    obs_http http = { .kind = OBS_HTTP_RESPONSE, .status = status, .server = (const uint8_t *)server, .via = (const uint8_t *)via,
                      .server_length = (uint16_t)(server != NULL ? strlen(server) : 0),
                      .via_length = (uint16_t)(via != NULL ? strlen(via) : 0) };
    uint32_t frame;

    http.other_product = sse_is_other_product(http.server, http.server_length) || sse_is_other_product(http.via, http.via_length);
    frame = from_server(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->next, 90, 0, 1024, &http);
    c->server_next += 90;
    return frame;
}

uint32_t feed_page(feed *f, double at, feed_conn *c)
{
    const obs_http none = { .kind = OBS_HTTP_NONE };
    uint32_t frame = from_server(f, at, c, OBS_TCP_ACK | OBS_TCP_PSH, c->next, 90, 0, 1024, &none);

    c->server_next += 90;
    return frame;
}

uint32_t feed_rst(feed *f, double at, feed_conn *c, uint8_t ttl, uint16_t window)
{
    return from_server(f, at, c, OBS_TCP_RST | OBS_TCP_ACK, c->next, 0, ttl, window, NULL);
}

uint32_t feed_fin(feed *f, double at, feed_conn *c)
{
    return from_server(f, at, c, OBS_TCP_FIN | OBS_TCP_ACK, c->next, 0, 0, 1024, NULL);
}

uint32_t feed_client_rst(feed *f, double at, feed_conn *c)
{
    return from_client(f, at, c, OBS_TCP_RST | OBS_TCP_ACK, c->next, c->server_next, 0, NULL);
}

uint32_t feed_client_fin(feed *f, double at, feed_conn *c)
{
    return from_client(f, at, c, OBS_TCP_FIN | OBS_TCP_ACK, c->next, c->server_next, 0, NULL);
}

uint32_t feed_icmp_syn(feed *f, double at, const char *sender, const feed_conn *c, uint8_t type, uint8_t code)
{
    obs_packet p = packet(f, at, sender, 0, c->client, 0, false, 0);
    obs_icmp icmp = {
        .type = type, .code = code, .protocol = 6, .src = feed_addr(c->client), .dst = feed_addr(c->server),
        .sport = c->sport, .dport = c->port, .seq = c->isn, .quoted_len = 52,
    };

    sse_tracker_icmp(f->t, &p, &icmp);
    return p.frame;
}

uint32_t feed_reset_handshake(feed *f, double at, const char *client, const char *gateway)
{
    feed_conn c = feed_connection(client, gateway, 443, f->sport++);
    uint32_t frame = feed_syn(f, at, &c);

    feed_rst(f, at + 0.020, &c, SERVER_TTL, 0);
    return frame;
}

uint32_t feed_good_handshake(feed *f, double at, const char *client, const char *gateway)
{
    feed_conn c = feed_connection(client, gateway, 443, f->sport++);
    uint32_t frame = feed_syn(f, at, &c);

    feed_synack(f, at + 0.020, &c);
    feed_payload(f, at + 0.021, &c, 200);
    feed_server_payload(f, at + 0.045, &c, 300);
    return frame;
}

uint32_t feed_connect_status(feed *f, double at, const char *client, const char *gateway, const char *host, uint16_t status)
{
    feed_conn c = feed_connection(client, gateway, 443, f->sport++);

    feed_syn(f, at, &c);
    feed_synack(f, at + 0.020, &c);
    feed_connect(f, at + 0.021, &c, host);
    return feed_status(f, at + 0.050, &c, status);
}

uint32_t feed_visit(feed *f, double at, const char *client, const char *site, uint16_t port)
{
    feed_conn c = feed_connection(client, site, port, f->sport++);
    uint32_t frame = feed_syn(f, at, &c);

    feed_synack(f, at + 0.020, &c);
    return frame;
}

uint32_t feed_silent_visit(feed *f, double at, const char *client, const char *site)
{
    feed_conn c = feed_connection(client, site, 443, f->sport++);

    return feed_syn(f, at, &c);
}

uint32_t feed_local_query(feed *f, double at, const char *client, uint16_t id)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = LOCAL_DNS, .port = 53, .id = id });
}

uint32_t feed_local_answer(feed *f, double at, const char *client, uint16_t id, uint8_t rcode)
{
    return feed_message(f, at, (feed_dns){ .client = client, .server = LOCAL_DNS, .port = 53, .id = id, .response = true,
                                           .rcode = rcode, .answers = rcode == 0, .address = { rcode == 0 ? SITE : NULL } });
}

void feed_control(feed *f, double at, const char *client)
{
    uint16_t id = f->id++;

    feed_local_query(f, at, client, id);
    feed_local_answer(f, at + 0.005, client, id, 0);
    feed_visit(f, at + 0.010, client, SITE, 443);
}

uint32_t feed_quic(feed *f, double at, const char *client, const char *server, uint16_t port, bool long_header)
{
    obs_packet p = packet(f, at, client, f->sport++, server, port, true, 0);
    obs_udp udp = { .quic_long = long_header };

    p.payload_len = 1200;
    sse_tracker_udp(f->t, &p, &udp);
    return p.frame;
}

/* ---- what comes of it ---- */

const sse_report *feed_report(feed *f)
{
    if (f->report == NULL) {
        sse_tracker_settle(f->t);
        f->report = sse_verdict(f->t, NULL);
        sse_note_frames(f->report);
    }
    return f->report;
}

static double since_start(int64_t time)
{
    return (double)(time - START * SSE_SECOND) / 1e9;
}

const char *feed_text(feed *f, char *text)
{
    g_ptr_array_add(f->texts, text);
    return text;
}

const char *feed_finding_text(feed *f, const sse_finding *finding)
{
    return feed_text(f, sse_finding_text(f->report, finding));
}

const char *feed_reason(feed *f, const GArray *reasons, guint i)
{
    return feed_text(f, sse_reason_text(&g_array_index(reasons, sse_reason, i)));
}

const char *feed_advice(feed *f, const GArray *advice, guint i)
{
    return feed_text(f, sse_advice_text(f->report, &g_array_index(advice, sse_advice, i)));
}

const char *feed_allow(feed *f, const GArray *allow, guint i)
{
    return feed_text(f, sse_allow_text(&g_array_index(allow, sse_allow, i)));
}

static const char *or_null(const char *text)
{
    return text != NULL ? text : "null";
}

static void print_findings(feed *f, const char *whose, const GArray *findings)
{
    for (guint i = 0; findings != NULL && i < findings->len; i++) {
        const sse_finding *finding = &g_array_index(findings, sse_finding, i);

        print_error("    %s finding %s, frame %u: %s\n", whose, sse_finding_code_text(finding->code),
                    finding->frames.kept > 0 ? finding->frames.frame[0] : 0, feed_finding_text(f, finding));
    }
}

/* All that was fed, as the core understood it. */
static void print_file(feed *f)
{
    const sse_tracker *t = f->t;
    char a[SSE_ADDR_TEXT], b[SSE_ADDR_TEXT];

    if (row[0] != '\0')
        print_error("  in row: %s\n", row);
    print_error("  newest frame %u at %.9f s\n", f->frame, f->at);
    for (guint i = 0; i < t->probes->len; i++) {
        const sse_probe *p = sse_tracker_probe(t, i);

        print_error("    probe %u: frame %u at %.9f s, %s -> %s port %u%s%s: %s\n", i, p->frame, since_start(p->time),
                    sse_addr_text(&sse_tracker_address(t, p->client)->addr, a),
                    sse_addr_text(&sse_tracker_address(t, p->resolver)->addr, b), p->port,
                    p->transport == SSE_TCP ? " tcp" : "", p->local ? " local" : "",
                    sse_probe_outcome_code(sse_probe_outcome_of(t, p, NULL)));
    }
    for (guint i = 0; i < t->handshakes->len; i++) {
        const sse_handshake *h = sse_tracker_handshake(t, i);

        print_error("    handshake %u: frame %u at %.9f s, %s:%u -> %s:%u, %u SYNs: %s\n", i, h->frame, since_start(h->time),
                    sse_addr_text(&sse_tracker_address(t, h->client)->addr, a), h->sport,
                    sse_addr_text(&sse_tracker_address(t, h->gateway)->addr, b), h->port, h->attempts,
                    sse_swg_outcome_code(sse_handshake_outcome_of(t, h, NULL)));
    }
    for (guint i = 0; i < t->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(t->lookups, sse_lookup, i);

        print_error("    lookup %u: frame %u at %.9f s, %u queries, answered %d rcode %u taught %d\n", i, l->frame,
                    since_start(l->time), l->queries, l->answered, l->rcode, l->taught);
    }
    for (guint i = 0; i < feed_report(f)->clients->len; i++) {
        const sse_client_report *c = &g_array_index(feed_report(f)->clients, sse_client_report, i);

        print_error("    client %s: dns %s (%s) since frame %u, web %s (%s) since frame %u\n", sse_addr_text(&c->client, a),
                    sse_state_code(c->dns.verdict), or_null(sse_cause_code(c->dns.cause)), c->dns.since.frame,
                    sse_state_code(c->web.verdict), or_null(sse_cause_code(c->web.cause)), c->web.since.frame);
        print_findings(f, "client's", c->findings);
    }
    print_findings(f, "capture's", feed_report(f)->findings);
}

static void failed_at(feed *f, const char *file, int line)
{
    print_file(f);
    _fail(file, line);
    abort(); /* _fail() does not come back */
}

const sse_client_report *feed_client_at(feed *f, const char *file, int line)
{
    if (feed_report(f)->clients->len != 1) {
        print_error("one client expected, there are %u\n", feed_report(f)->clients->len);
        failed_at(f, file, line);
    }
    return &g_array_index(feed_report(f)->clients, sse_client_report, 0);
}

const sse_client_report *feed_client_of_at(feed *f, const char *address, const char *file, int line)
{
    sse_addr addr = feed_addr(address);

    for (guint i = 0; i < feed_report(f)->clients->len; i++) {
        const sse_client_report *c = &g_array_index(feed_report(f)->clients, sse_client_report, i);

        for (guint k = 0; k < c->addresses->len; k++)
            if (sse_addr_equal(&g_array_index(c->addresses, sse_addr, k), &addr))
                return c;
    }
    print_error("no client has the address %s\n", address);
    failed_at(f, file, line);
    return NULL;
}

static const sse_finding *find_in(const GArray *findings, sse_finding_code code)
{
    for (guint i = 0; findings != NULL && i < findings->len; i++)
        if (g_array_index(findings, sse_finding, i).code == code)
            return &g_array_index(findings, sse_finding, i);
    return NULL;
}

const sse_finding *feed_finding(feed *f, sse_finding_code code)
{
    const sse_report *r = feed_report(f);
    const sse_finding *finding = find_in(r->findings, code);

    for (guint i = 0; finding == NULL && i < r->clients->len; i++)
        finding = find_in(g_array_index(r->clients, sse_client_report, i).findings, code);
    return finding;
}

void expect_code_at(feed *f, const char *what, const char *actual, const char *expected, const char *file, int line)
{
    if (g_strcmp0(actual, expected) == 0)
        return;
    print_error("%s: %s expected, got %s\n", what, or_null(expected), or_null(actual));
    failed_at(f, file, line);
}

void expect_number_at(feed *f, const char *what, uint64_t actual, uint64_t expected, const char *file, int line)
{
    if (actual == expected)
        return;
    print_error("%s: %" G_GUINT64_FORMAT " expected, got %" G_GUINT64_FORMAT "\n", what, (guint64)expected, (guint64)actual);
    failed_at(f, file, line);
}

void expect_probe_at(feed *f, uint32_t i, const char *code, const char *file, int line)
{
    char what[32];

    snprintf(what, sizeof what, "probe %u", i);
    if (i >= f->t->probes->len)
        expect_code_at(f, what, "no such probe", code, file, line);
    expect_code_at(f, what, sse_probe_outcome_code(sse_probe_outcome_of(f->t, sse_tracker_probe(f->t, i), NULL)), code, file, line);
}

void expect_handshake_at(feed *f, uint32_t i, const char *code, const char *file, int line)
{
    char what[32];

    snprintf(what, sizeof what, "handshake %u", i);
    if (i >= f->t->handshakes->len)
        expect_code_at(f, what, "no such handshake", code, file, line);
    expect_code_at(f, what, sse_swg_outcome_code(sse_handshake_outcome_of(f->t, sse_tracker_handshake(f->t, i), NULL)), code, file, line);
}

void expect_dns_at(feed *f, const char *state, const char *cause, const char *file, int line)
{
    const sse_client_report *c = feed_client_at(f, file, line);

    expect_code_at(f, "dns", sse_state_code(c->dns.verdict), state, file, line);
    expect_code_at(f, "cause of dns", sse_cause_code(c->dns.cause), cause, file, line);
}

void expect_web_at(feed *f, const char *state, const char *cause, const char *file, int line)
{
    const sse_client_report *c = feed_client_at(f, file, line);

    expect_code_at(f, "web", sse_state_code(c->web.verdict), state, file, line);
    expect_code_at(f, "cause of web", sse_cause_code(c->web.cause), cause, file, line);
}

void expect_port_at(feed *f, int version, uint16_t port, const char *state, const char *file, int line)
{
    const sse_version_report *v = &feed_client_at(f, file, line)->ip[version == 6];

    expect_number_at(f, "ports", v->n_ports, 2, file, line);
    for (unsigned i = 0; i < 2; i++)
        if (v->ports[i].port == port)
            expect_code_at(f, port == 443 ? "port 443" : "port 53", sse_port_state_code(v->ports[i].state), state, file, line);
}

void expect_finding_at(feed *f, sse_finding_code code, bool there, const char *file, int line)
{
    if ((feed_finding(f, code) != NULL) == there)
        return;
    print_error("finding %s is %s\n", sse_finding_code_text(code), there ? "missing" : "there");
    failed_at(f, file, line);
}
