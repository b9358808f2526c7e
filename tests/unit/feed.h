/* feed.h
 * A readable way to feed a tracker with made-up packets, and to look at what
 * comes of them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TEST_FEED_H
#define SSE_TEST_FEED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "origin.h"
#include "outcome.h"
#include "phrases.h"
#include "tracker.h"
#include "verdict.h"

/* The cast of every test. The client's addresses are private or documentation
 * space; what must be public is. */
#define CLIENT    "10.0.0.5"
#define CLIENT2   "10.0.0.6"
#define CLIENT6   "2001:db8::5"
#define R1        "208.67.222.222"
#define R2        "208.67.220.220"
#define R1_6      "2620:119:35::35"
#define R2_6      "2620:119:53::53"
#define LOCAL_DNS "10.0.0.1"
#define FIREWALL  "10.0.0.254"
#define GATEWAY   "18.135.112.200"
#define GATEWAY2  "3.0.39.255"
#define SITE      "93.184.216.34"
#define SITE2     "151.101.1.69"
#define SITE6     "2a00:1450:4009::8b"
#define GATEWAY_NAME "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"

#define NS 1e-9 /* one nanosecond, in the seconds of a feed */
#define START INT64_C(1724728063) /* second 0 of a feed, in seconds since 1970 */

#define FEED_HOSTS 16
typedef struct feed_host_entry {
    const char *address;
    uint8_t mac;
    uint8_t ttl;
} feed_host_entry;

/** A tracker and what the next packet needs. Packets are fed in file order;
 * times are seconds since START and may go backwards. */
typedef struct feed {
    sse_tracker *t;
    sse_report  *report;     /**< of everything fed so far, or NULL */
    uint32_t frame;          /**< the newest frame */
    double   at;             /**< its time */
    uint16_t ip_id;          /**< grows, so that nothing is a copy by accident */
    uint32_t payload;        /**< grows: hash of the next payload */
    uint16_t id;             /**< grows: id of the next burst's queries */
    uint16_t sport;          /**< grows: port of the next whole handshake */
    bool     repeat_packet;  /**< the next packet has IP id and payload of the one before */
    bool     no_ip_id;       /**< packets have IP id 0 */
    feed_host_entry hosts[FEED_HOSTS];
    unsigned n_hosts;
    uint8_t  receiver;       /**< see feed_receiver(); 0: the host's own */
    uint16_t vlan;           /**< of the next packets */
    GPtrArray *texts;        /**< see feed_text() */
} feed;

feed *feed_new(void);
feed *feed_new_with(const char *resolvers, const char *gateways);
void feed_free(feed *f);

/** For cmocka: *state is a feed with the default resolvers. */
int feed_setup(void **state);
int feed_teardown(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, feed_setup, feed_teardown)

/** From here on customer data is redacted. */
void feed_redact(feed *f);

sse_addr feed_addr(const char *text);
int64_t  feed_ns(double at);

/** Gives an address a link-layer address (its last byte) and a TTL. Without,
 * what a client sends has TTL 128 and a link-layer address of its own; what a
 * server sends has TTL 50 and comes from the router. */
void feed_host(feed *f, const char *address, uint8_t mac, uint8_t ttl);
/** From here on packets for a host go to this link-layer address (its last byte). */
void feed_receiver(feed *f, uint8_t mac);
/** From here on packets are in this VLAN; 0: in none. */
void feed_vlan(feed *f, uint16_t vlan);

/** A packet of nobody: moves the clock only. */
void feed_tick(feed *f, double at);
/** The clock is set back to `at`: more packets of nobody than may be out of order. */
void feed_jump(feed *f, double at);
/** Any other packet from one address to another, which a client has asked for; the
 * same of a stranger. @return its frame. */
uint32_t feed_stranger(feed *f, double at, const char *from, const char *to);
uint32_t feed_other(feed *f, double at, const char *from, const char *to);

/* ---- DNS. The client is named first, whoever sends. ---- */

struct feed_conn;
typedef struct feed_dns {
    struct feed_conn *conn;  /**< over TCP: the connection that carries it */
    const char *client, *server;
    uint16_t port, id;
    uint16_t sport;          /**< 0: 20000 + id */
    sse_transport transport;
    obs_name name;
    const char *qname;       /**< NULL: by name */
    uint16_t qtype;          /**< 0: TXT, for gateway and other names A */
    bool     response, truncated, cut_name, cut;
    uint8_t  rcode, ttl;     /**< ttl 0: the sender's */
    uint16_t answers;
    bool     server_string, certificate, certificate_expired, court_order, censored;
    const char *address[4];  /**< A and AAAA answers */
    const char *alias;       /**< CNAME */
    bool     sinkhole;       /**< which is a firewall's */
    const obs_identity *identity;
} feed_dns;

uint32_t feed_message(feed *f, double at, feed_dns message);

/** A debug probe; its right answer; answers that OpenDNS did not give. */
uint32_t feed_query(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id);
uint32_t feed_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id);
uint32_t feed_nxdomain(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id);
uint32_t feed_rcode(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id, uint8_t rcode);
uint32_t feed_court_order(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id);
/** An ICMP error that quotes the query. */
uint32_t feed_icmp_query(feed *f, double at, const char *sender, const char *client, const char *resolver,
                         uint16_t port, uint16_t id, uint8_t type, uint8_t code);

/** "Port unreachable" that the client itself says to a reply. */
uint32_t feed_icmp_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t id);

/** A DNSCrypt query; its reply. The nonce says which belongs to which; each
 * query has a source port of its own, 30000 and the nonce. */
uint32_t feed_encrypted(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t nonce);
uint32_t feed_encrypted_reply(feed *f, double at, const char *client, const char *resolver, uint16_t port, uint16_t nonce);
/** count pairs, every so many seconds, answered 20 ms later or not at all.
 * @return the first query's frame. */
uint32_t feed_encrypted_row(feed *f, double at, unsigned count, double every, const char *client, const char *resolver,
                            uint16_t port, bool answered);

/** What becomes of a burst: one query to each of the two resolvers. */
typedef enum { SILENT, ANSWERED, NXDOMAIN, REFUSED, COURT_ORDER, ICMP_FILTER, ICMP_ROUTING, ICMP_PORT, HOST_REJECTS } feed_fate;
/** The queries at `at` and 1 ms later, what comes back 20 ms after each. @return the first query's frame. */
uint32_t feed_burst(feed *f, double at, const char *client, uint16_t port, feed_fate fate);
/** The module's cycle where nothing answers: 443 at `at`, 53 five seconds later. @return the first frame. */
uint32_t feed_dead_cycle(feed *f, double at, const char *client, feed_fate on443, feed_fate on53);
/** One probe alone, with its answer 20 ms later or none. @return the query's frame. */
uint32_t feed_probe(feed *f, double at, const char *client, const char *resolver, uint16_t port, feed_fate fate);

/** A lookup of a gateway's name at a server, and an answer with one address
 * (NULL: none). @return the frame. */
uint32_t feed_lookup(feed *f, double at, const char *client, const char *server, uint16_t id);
uint32_t feed_answer(feed *f, double at, const char *client, const char *server, uint16_t id, uint8_t rcode, const char *address);
/** Both: from then on GATEWAY is known (20 ms later). */
void feed_learn(feed *f, double at, const char *client);

/* ---- TCP ---- */

typedef struct feed_conn {
    const char *client, *server;
    uint16_t port, sport;
    uint32_t isn, next;      /**< of the client: newest SYN; next payload */
    uint32_t last_seq, last_len, last_hash; /**< newest payload, to send it again */
    uint32_t server_next;
    uint16_t window;
    uint8_t  server_ttl;     /**< 0: the server's */
} feed_conn;

feed_conn feed_connection(const char *client, const char *server, uint16_t port, uint16_t sport);
/** A SYN with the sequence number of the newest one; with a new one. */
uint32_t feed_syn(feed *f, double at, feed_conn *c);
uint32_t feed_new_syn(feed *f, double at, feed_conn *c);
uint32_t feed_synack(feed *f, double at, feed_conn *c);
uint32_t feed_ack(feed *f, double at, feed_conn *c);
uint32_t feed_payload(feed *f, double at, feed_conn *c, uint32_t length);
uint32_t feed_payload_again(feed *f, double at, feed_conn *c);
uint32_t feed_server_ack(feed *f, double at, feed_conn *c);
uint32_t feed_server_payload(feed *f, double at, feed_conn *c, uint32_t length);
uint32_t feed_connect(feed *f, double at, feed_conn *c, const char *host);
uint32_t feed_http(feed *f, double at, feed_conn *c, obs_http_kind kind);
/** A payload of the client that the reader looked into; kind NONE: no HTTP. */
uint32_t feed_first_bytes(feed *f, double at, feed_conn *c, const obs_http *http);
uint32_t feed_status(feed *f, double at, feed_conn *c, uint16_t status);
/** The same with values of Server and Via; NULL: without. */
uint32_t feed_status_by(feed *f, double at, feed_conn *c, uint16_t status, const char *server, const char *via);
/** What is no HTTP, in the gateway's place. */
uint32_t feed_page(feed *f, double at, feed_conn *c);
uint32_t feed_portal_answer(feed *f, double at, feed_conn *c, uint16_t status, bool has_body, bool known_body);
/** A reset by the server's address that fits the newest SYN or payload. */
uint32_t feed_rst(feed *f, double at, feed_conn *c, uint8_t ttl, uint16_t window);
uint32_t feed_fin(feed *f, double at, feed_conn *c);
uint32_t feed_client_rst(feed *f, double at, feed_conn *c);
uint32_t feed_client_fin(feed *f, double at, feed_conn *c);
uint32_t feed_icmp_syn(feed *f, double at, const char *sender, const feed_conn *c, uint8_t type, uint8_t code);

/** A whole handshake with its end: reset after 20 ms by the gateway's own TTL
 * and window 0; completed within 50 ms. @return the SYN's frame. */
uint32_t feed_reset_handshake(feed *f, double at, const char *client, const char *gateway);
uint32_t feed_good_handshake(feed *f, double at, const char *client, const char *gateway);
/** CONNECT on a new connection, answered with the status within 60 ms. @return the answer's frame. */
uint32_t feed_connect_status(feed *f, double at, const char *client, const char *gateway, const char *host, uint16_t status);
/** A connection to a web site that opens within 20 ms. @return the SYN's frame. */
uint32_t feed_visit(feed *f, double at, const char *client, const char *site, uint16_t port);
/** A connection to a web site that is never answered. */
uint32_t feed_silent_visit(feed *f, double at, const char *client, const char *site);
/** What a healthy host does besides: a local lookup answered, a web site reached (30 ms). */
void feed_control(feed *f, double at, const char *client);
/** A local DNS query for a name that has nothing to do with the module; its answer. */
uint32_t feed_local_query(feed *f, double at, const char *client, uint16_t id);
uint32_t feed_local_answer(feed *f, double at, const char *client, uint16_t id, uint8_t rcode);
/** A QUIC packet with a long header. */
uint32_t feed_quic(feed *f, double at, const char *client, const char *server, uint16_t port, bool long_header);

/* ---- what comes of it ---- */

const sse_report *feed_report(feed *f);
/** The only client; the client that has this address. Fails where it is not there. */
#define feed_client(f) feed_client_at(f, __FILE__, __LINE__)
#define feed_client_of(f, address) feed_client_of_at(f, address, __FILE__, __LINE__)
const sse_client_report *feed_client_at(feed *f, const char *file, int line);
const sse_client_report *feed_client_of_at(feed *f, const char *address, const char *file, int line);
const sse_finding *feed_finding(feed *f, sse_finding_code code);
/** Keeps a text as long as the feed. @return it. */
const char *feed_text(feed *f, char *text);
/** The sentences of a finding, a reason, an advice, a line to let through of the report. */
const char *feed_finding_text(feed *f, const sse_finding *finding);
const char *feed_reason(feed *f, const GArray *reasons, guint i);
const char *feed_advice(feed *f, const GArray *advice, guint i);
const char *feed_allow(feed *f, const GArray *allow, guint i);

/* Expectations: on failure each prints every probe, handshake and lookup with
 * its frame, time and outcome, and every client's verdict. */
#define expect_probe(f, i, code)     expect_probe_at(f, i, code, __FILE__, __LINE__)
#define expect_handshake(f, i, code) expect_handshake_at(f, i, code, __FILE__, __LINE__)
#define expect_dns(f, state, cause)  expect_dns_at(f, state, cause, __FILE__, __LINE__)
#define expect_web(f, state, cause)  expect_web_at(f, state, cause, __FILE__, __LINE__)
#define expect_port(f, version, port, state) expect_port_at(f, version, port, state, __FILE__, __LINE__)
#define expect_frame(f, what, actual, expected) expect_number_at(f, what, actual, expected, __FILE__, __LINE__)
#define expect_number(f, what, actual, expected) expect_number_at(f, what, actual, expected, __FILE__, __LINE__)
#define expect_code(f, what, actual, expected) expect_code_at(f, what, actual, expected, __FILE__, __LINE__)
#define expect_finding(f, code)      expect_finding_at(f, code, true, __FILE__, __LINE__)
#define expect_no_finding(f, code)   expect_finding_at(f, code, false, __FILE__, __LINE__)
/** For tables: names the row in what a failure prints. */
void feed_row(const char *format, ...) G_GNUC_PRINTF(1, 2);

void expect_probe_at(feed *f, uint32_t i, const char *code, const char *file, int line);
void expect_handshake_at(feed *f, uint32_t i, const char *code, const char *file, int line);
/** cause: NULL for none. */
void expect_dns_at(feed *f, const char *state, const char *cause, const char *file, int line);
void expect_web_at(feed *f, const char *state, const char *cause, const char *file, int line);
void expect_port_at(feed *f, int version, uint16_t port, const char *state, const char *file, int line);
void expect_number_at(feed *f, const char *what, uint64_t actual, uint64_t expected, const char *file, int line);
/** Texts of which either may be NULL. */
void expect_code_at(feed *f, const char *what, const char *actual, const char *expected, const char *file, int line);
void expect_finding_at(feed *f, sse_finding_code code, bool there, const char *file, int line);

#endif
