/* records.h
 * What is kept of one file: a record per probe, handshake and lookup, what is
 * known of each address, and which frame belongs to which. The tracker writes
 * it (track/); who judges or prints reads it, with the readers at the end.
 * Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_RECORDS_H
#define SSE_RECORDS_H

#include "codes.h"
#include "name_lists.h"
#include "observation.h"
#include "redact.h"

#define SSE_SECOND  INT64_C(1000000000)
#define SSE_MSECOND INT64_C(1000000)

/** "No record": indices start at 0. */
#define SSE_NONE UINT32_MAX
/** Before all times that a file can have, and no more than 64 bits from any of them. */
#define SSE_NEVER (INT64_MIN / 2)

/** Limits on what a sender controls. Past them what is known already goes on,
 * and the finding limit-reached says what was left out. */
#define SSE_MAX_ADDRESSES  (1u << 20) /* clients, and servers that they asked */
#define SSE_MAX_RECORDS    (1u << 24) /* probes; handshakes; lookups: of each */
#define SSE_MAX_GATEWAYS   4096
#define SSE_MAX_DIRECT     4096   /* direct connections per address */
#define SSE_MAX_FINDINGS   65535  /* noted facts in all; names; identities */

/** What was left out: bits of sse_tracker.left_out. */
typedef enum {
    SSE_LIMIT_ADDRESSES, SSE_LIMIT_GATEWAYS, SSE_LIMIT_PROBES, SSE_LIMIT_HANDSHAKES, SSE_LIMIT_LOOKUPS,
    SSE_LIMIT_DIRECT, SSE_LIMIT_FACTS, SSE_LIMIT_NAMES, SSE_LIMIT_IDENTITIES, SSE_LIMIT_LOG,
    SSE_LIMIT_CLOCK,         /**< steps and gaps of the clock */
    SSE_LIMIT_LISTED,        /**< of a report: see SSE_LISTED in report.h */
    SSE_LIMITS
} sse_limit;

/** The limits in force; tests lower them. */
typedef struct sse_limits {
    uint32_t addresses, records, gateways, direct, findings;
} sse_limits;

/** A record collects its address's other traffic for so long. */
#define SSE_CONTROL_SPAN   (10 * SSE_SECOND)
/** What is sent with so small a TTL may be meant to end on the way. */
#define SSE_PATH_TOOL_TTL  32
/** Two sides of a NAT see the same packet within this time. */
#define SSE_NAT_WINDOW     (100 * SSE_MSECOND)

/** A preference that is not at its default: "probe_timeout", "15". Both are
 * owned by the list. */
typedef struct sse_setting {
    char *name, *value;
} sse_setting;

typedef struct sse_config {
    GArray  *resolvers;      /**< sse_range; the resolvers' addresses */
    GArray  *gateways;       /**< sse_range; gateways by preference */
    sse_names names;         /**< of probes, and of gateways; for who prints what was looked for */
    int64_t  probe_timeout;  /**< ns */
    int64_t  syn_timeout;    /**< ns */
    bool     redact;
    int64_t  log_shift;      /**< ns that are added to the times of log entries */
    GArray  *changed;        /**< sse_setting, for who prints what was asked for; NULL as good as empty */
} sse_config;

/** An empty list of settings, and one more in it. */
GArray *sse_settings_new(void);
void sse_settings_add(GArray *settings, const char *name, const char *value);

/** A copy with lists of its own, for sse_config_clear(). */
void sse_config_copy(sse_config *to, const sse_config *from);
void sse_config_clear(sse_config *config);

/** What an address is known to be: bits of sse_tracker_role(). */
enum {
    SSE_ROLE_RESOLVER = 1,
    SSE_ROLE_GATEWAY  = 2,
    SSE_ROLE_CLIENT   = 4
};

/** A run of time in which the file's clock only went forward. Deadlines that
 * its end did not pass stay open for ever. */
typedef struct sse_epoch {
    int64_t start, end;      /**< ns; earliest and latest time in it */
    bool    stepped_back;    /**< it began with a step backwards of over 1 s */
    uint32_t frame;          /**< its first frame */
} sse_epoch;

/** A step backwards that the next packets may still make up for: then it was
 * disorder of the file. Private to track/clock.c. */
typedef struct sse_step {
    uint32_t left;           /**< packets that may make up for it; 0: none waits */
    bool     taken;          /**< the newest epoch is its, until one does */
    uint32_t frame;          /**< its first */
    int64_t  start, end;     /**< earliest and latest time behind it */
    uint32_t probes, handshakes, lookups; /**< records that were there before it */
} sse_step;

/** What else an address did in the (at most) 10 s that belong to one of its
 * records: see docs/verdict.md, "What else the client did". Offsets are ms from the
 * record's time, SSE_NOT_HEARD where nothing was heard. */
#define SSE_NOT_HEARD UINT16_MAX
typedef struct sse_control {
    uint16_t dns_answers;    /**< from other servers, not SERVFAIL or REFUSED */
    uint16_t tcp_opened;     /**< other connections that opened */
    uint8_t  silent_tcp, silent_dns; /**< other attempts that had 5 s and met silence */
    uint16_t heard_first, heard_last;     /**< any packet of a public address */
    uint16_t gateway_first, gateway_last; /**< payload of a gateway */
    uint16_t worked_first, worked_last;   /**< what dns_answers and tcp_opened count */
    bool     proxy_answered : 1; /**< a proxy answered CONNECT or an absolute URI with 2xx, 3xx */
} sse_control;

/** An ICMP error about a probe or handshake. */
typedef struct sse_icmp {
    sse_addr sender;
    uint8_t  type, code, ttl;
    uint32_t frame;
    int64_t  time;
} sse_icmp;

/** What a reply is, taken alone (not yet: in time or late). */
typedef enum {
    SSE_REPLY_NONE = 0,
    SSE_REPLY_OPENDNS,       /**< OpenDNS itself */
    SSE_REPLY_OTHER,         /**< NXDOMAIN, no answer records, other records */
    SSE_REPLY_REFUSED,       /**< another response code */
    SSE_REPLY_COURT_ORDER,
    SSE_REPLY_TRUNCATED      /**< TC=1 without records: come again over TCP */
} sse_reply_kind;

/** One probe: a query, its attempts, its first reply. Local probes too, and
 * DNSCrypt queries and users' queries with the module's identity, which test the
 * way as well: see sse_is_traffic(). */
typedef struct sse_probe {
    int64_t  time;           /**< first attempt; of the reply if the query is missing */
    sse_control control;     /**< beside the time: other packets of the client ask for both */
    uint32_t client, resolver; /**< indices into addresses */
    uint32_t frame;          /**< first attempt; 0 without query */
    int64_t  last_time;      /**< newest attempt */
    int64_t  reply_time;
    uint32_t last_frame;     /**< newest attempt; 0 without query */
    uint32_t reply_frame;    /**< 0 without reply */
    uint32_t question;       /**< UDP: hash of the question; TCP: sequence number of the SYN */
    uint32_t icmp;           /**< index into icmps or SSE_NONE */
    uint32_t older;          /**< index of an older probe with these ports and id, or SSE_NONE */
    uint32_t nat_peer;       /**< the same query seen on the other side of a NAT, or SSE_NONE */
    uint32_t conflict_frame; /**< a second reply that says something else, or 0 */
    uint32_t reset_frame;    /**< TCP: reset before the reply, or 0 */
    uint32_t query_hash, reply_hash; /**< UDP: of the packets of its first attempt and its first reply; private to track/probes.c */
    uint16_t port, sport, id;
    uint16_t attempts;
    uint16_t epoch;          /**< there are at most 4,096 */
    uint16_t query_identity, reply_identity; /**< see sse_identity() */
    uint8_t  rcode, reply_ttl, ttl;
    uint8_t  adapter;        /**< number of its client's link-layer address that sent it, from 1; 0 unknown */
    /* There may be millions of probes: what is small is kept small. */
    uint8_t  name      : 4;  /**< obs_name */
    uint8_t  transport : 4;  /**< sse_transport */
    uint8_t  reply     : 3;  /**< sse_reply_kind */
    bool     reply_cut : 1;  /**< the snap length took some of the reply */
    bool     local     : 1;  /**< not to a resolver: marked, never counted */
    bool     foreign   : 1;  /**< DNSCrypt: with a client magic that the resolver did not announce */
    bool     opened    : 1;  /**< TCP: the connection opened */
    bool     is_nat_copy : 1; /**< its NAT peer is nearer to the client: count that one */
    bool     censored  : 1;  /**< the reply has extended DNS error 16 */
    bool     early     : 1;  /**< its answer was stamped before it: answered in 0 ms */
    bool     rejected  : 1;  /**< the client itself said "port unreachable" to its reply */
} sse_probe;

/** Is it a query of the users, which tests the way as a probe does: DNSCrypt, or in
 * the clear with the module's identity? */
static inline bool sse_is_traffic(const sse_probe *p)
{
    return p->name == OBS_NAME_DNSCRYPT || p->name == OBS_NAME_USER;
}

/** What became of a connection after it opened. */
typedef struct sse_session {
    int64_t  open_time;      /**< SYN-ACK, or the client's first ACK with payload */
    int64_t  first_payload_time, last_payload_tx; /**< the client's first payload: first and newest transmission */
    int64_t  second_payload_tx; /**< its second transmission, 0 if none */
    int64_t  newest_payload_time; /**< newest payload of the client */
    int64_t  last_gateway_time; /**< newest payload of the gateway */
    int64_t  client_close_time, gateway_close_time; /**< FIN or RST; 0 if none */
    uint32_t open_frame, first_payload_frame, gateway_payload_frame, last_gateway_frame;
    uint32_t client_close_frame, gateway_close_frame;
    int64_t  acked_time;     /**< see acked_frame */
    uint32_t acked_frame;    /**< without the gateway's side in the file: the client acknowledged its payload; 0 if not */
    uint32_t client_ack, client_acked; /**< the client's first and newest acknowledgement */
    uint32_t first_payload_seq;
    uint32_t big_seq;        /**< a segment over 1,200 bytes not yet acknowledged */
    uint32_t connect_host;   /**< index into names or SSE_NONE: newest CONNECT */
    uint32_t client_first, gateway_first; /**< first sequence numbers, where known; see said */
    uint32_t client_next, gateway_next;   /**< behind the newest bytes of each side */
    int64_t  asked_time;     /**< newest request to a proxy: when it was sent first */
    int64_t  status_time;    /**< the gateway's first payload */
    int64_t  tunnel_time;    /**< the 2xx that opened a tunnel; 0 none */
    int64_t  tunnel_data_time; /**< first payload of the gateway in the tunnel; 0 none */
    int64_t  tunnel_first_tx, tunnel_last_tx; /**< the client's first payload in it: first, newest transmission; 0 none */
    uint32_t hole_seq, hole_frame; /**< of the gateway's bytes a hole of more than 1,200; the frame behind it, 0 none */
    uint32_t tunnel_seq, tunnel_frame; /**< of the client's first payload in it */
    uint16_t tunnel_txs;
    uint16_t status;         /**< of the gateway's first payload, 0 unknown */
    uint32_t gateway_ack;    /**< the gateway's newest acknowledgement */
    int64_t  behind;         /**< ns by which the gateway's packets are stamped too early: see docs/verdict.md, "Outcomes" */
    struct sse_early_status *early_status; /**< of sessions.c; NULL without */
    uint16_t first_payload_txs;
    uint16_t close_window;
    uint8_t  big_txs, close_ttl, syn_ack_ttl;
    bool     payload_seen;   /**< the client sent payload */
    bool     payload_acked;  /**< first payload acknowledged */
    bool     acked_any;      /**< the gateway acknowledged some payload */
    bool     syn_ack;        /**< opening seen by SYN-ACK */
    bool     no_window;      /**< it offers no window, and nothing has since */
    bool     gateway_closed_by_reset;
    uint8_t  status_ttl;
    uint8_t  headers_matched; /**< of the empty line that ends a 2xx so many bytes of four were seen */
    uint8_t  client_said : 2, gateway_said : 2; /**< obs_start of each side's first payload */
    bool     client_first_known : 1, gateway_first_known : 1;
    bool     client_next_known : 1, gateway_next_known : 1;
    bool     proxy_request : 1; /**< the client's first payload is CONNECT or an absolute URI */
    bool     other_product : 1; /**< the status line's answer names a product that is not the gateway's */
    bool     answered : 1;   /**< a CONNECT got an answer */
    bool     served : 1;     /**< ... one that shows the gateway at work: see sse_connect_served() */
    bool     hole_waits : 1; /**< the client still acknowledges up to the hole only */
    bool     tunnel_acked : 1; /**< the client's first payload in the tunnel was acknowledged */
    uint8_t  connects_waiting; /**< CONNECTs without answer yet */
    bool     older_than_file; /**< the opening is not in the capture */
    bool     silence_charged; /**< since the gateway's newest segment the client's data met silence, and that is charged */
    int64_t  waits_since;    /**< the client's first data since then, 0 none: see sse_sessions_settle() */
    uint32_t waits_record, waits_epoch; /**< the client's newest record then, and the epoch */
} sse_session;

/** What the newest attempt met that did not open. */
typedef enum { SSE_MET_NOTHING = 0, SSE_MET_RESET, SSE_MET_ICMP } sse_met;

/** One handshake with a gateway: a first SYN, its retransmissions and repeats. */
typedef struct sse_handshake {
    int64_t  time;           /**< first SYN (the SYN-ACK where the SYN is missing) */
    sse_control control;     /**< as a probe's */
    uint32_t client, gateway;/**< indices into addresses */
    uint32_t epoch;
    int64_t  last_syn;       /**< newest SYN */
    int64_t  second_syn;     /**< second SYN, 0 if none */
    int64_t  met_time;       /**< reset or ICMP error */
    uint32_t frame, last_frame; /**< first and newest SYN; 0 without */
    uint32_t met_frame;
    uint32_t reset_delay;    /**< us from the SYN that provoked it */
    uint32_t seq, prev_seq;  /**< of the newest SYN, and of the one before */
    uint32_t met_seq;        /**< of the SYN that met it */
    uint32_t icmp;           /**< index into icmps or SSE_NONE */
    uint32_t nat_peer;       /**< the same SYN seen on the other side of a NAT */
    uint32_t rtt;            /**< us from the newest SYN to the SYN-ACK; 0 unknown */
    uint32_t older;          /**< older handshake with the same ports, or SSE_NONE */
    sse_session *session;    /**< NULL until opened */
    uint16_t sport, port;
    uint16_t window;         /**< of the newest SYN */
    uint16_t met_window;
    uint16_t attempts;       /**< SYNs, retransmitted or new */
    uint8_t  met_ttl, ttl;   /**< ttl: the largest of its SYNs */
    uint8_t  adapter;        /**< as a probe's */
    uint8_t  met : 2;        /**< sse_met */
    bool     is_nat_copy : 1;
    bool     reset_and_syn_ack : 1; /**< one attempt got both */
    bool     early : 1;      /**< what answered the SYN was stamped before it: after 0 ms */
    bool     client_sends : 1; /**< but for SYN and RST the client sent something on it */
} sse_handshake;

/** A lookup of a gateway's name: query and answers. */
typedef struct sse_lookup {
    int64_t  time;
    sse_control control;     /**< as a probe's */
    uint32_t client, server; /**< addresses */
    uint32_t epoch;
    int64_t  last_time, answer_time;
    uint32_t frame, answer_frame;
    uint32_t name;           /**< index into names */
    uint32_t false_answer;   /**< fact that has the address which no gateway has, or SSE_NONE */
    uint32_t question;
    uint16_t qtype, id, sport, queries;
    uint8_t  rcode;
    uint8_t  adapter;        /**< as a probe's */
    bool     answered, taught, any_address; /**< taught: it named a gateway */
    bool     early;          /**< the answer was stamped before the query */
    bool     loopback;
    bool     alone;          /**< without question: the file held none of its receiver by then */
    bool     confirmed;      /**< without question, in the file's first seconds: its server answered one later */
    bool     only_alias;     /**< no error and no addresses, but another name to ask */
    bool     incomplete;     /**< no error, but its records are cut or did not fit (TC) */
} sse_lookup;

/** A connection to a public address that is no gateway. */
typedef struct sse_direct {
    int64_t  time;           /**< SYN */
    uint32_t frame;
    sse_addr address;
    uint16_t port, sport;
    bool     opened;
    bool     test;           /**< its request is an operating system's connectivity test */
} sse_direct;

/** A destination on 443 of a client whose gateway is not known. */
typedef struct sse_candidate {
    sse_addr address;
    uint32_t failed, frame;  /**< SYNs that did not open; the first frame */
    uint32_t frames[16];
    uint32_t n_frames;
    bool     opened, connect;
} sse_candidate;

/** An answer of a gateway to CONNECT. */
typedef struct sse_connect_answer {
    int64_t  time, asked;    /**< asked: when the CONNECT was sent first */
    uint32_t frame, handshake, host; /**< host: index into names */
    uint32_t server, via;    /**< values of these headers, indices into names; SSE_NONE without */
    uint16_t status;
    uint8_t  ttl;
    bool     other_product;  /**< it names a product that is not the gateway's */
} sse_connect_answer;

/** How far an address is that answered a client. */
typedef struct sse_nearest {
    sse_addr address;
    int64_t  rtt;            /**< ns; 0: none */
} sse_nearest;

/** A reset that answered a SYN. */
typedef struct sse_reset {
    uint32_t frame;
    uint32_t delay;          /**< us after the SYN */
} sse_reset;

#define SSE_QUIC_FRAMES 16

/** Who sends nothing for so long has paused: see docs/verdict.md, "Terms". */
#define SSE_PAUSE          (15 * SSE_SECOND)
/** So many pauses are kept of one address; later ones count as none. */
#define SSE_MAX_PAUSES     4096

/** A stretch of time in which an address sent, without a pause. */
typedef struct sse_presence {
    int64_t  start, end;
    uint32_t frame;          /**< its first */
} sse_presence;

/** A link-layer address that a client sends from. */
typedef struct sse_adapter {
    uint64_t key;            /**< link-layer address, the VLAN's id above it */
    uint8_t  same_as;        /**< number of one before it from which a copy of the same packet came; 0 none */
    bool     received;       /**< packets for the client went to it */
} sse_adapter;
#define SSE_MAX_ADAPTERS   8

static inline uint64_t sse_adapter_mac(uint64_t key)
{
    return key & UINT64_C(0xffffffffffff);
}
static inline uint16_t sse_adapter_vlan(uint64_t key)
{
    return (uint16_t)(key >> 48);
}

/** One address that takes part, as client, resolver or gateway. */
typedef struct sse_address {
    /* First what every packet of a client asks for or changes. */
    sse_addr addr;
    uint8_t  role;           /**< SSE_ROLE_ bits */
    bool     many_adapters;  /**< it sends from more than one link-layer address or VLAN */
    bool     asked;          /**< the file holds a DNS question of it */
    uint32_t towards;        /**< packets towards it since first_frame; one more if there were any before */
    int64_t  last_sent;      /**< the newest packet of any kind that it sent; SSE_NEVER without */
    uint32_t newest;         /**< number of its newest record, see sse_record_number(); SSE_NONE without */
    int64_t  present_since;  /**< of the stretch of time in which it sent last: when it began; it ends with last_sent */
    /* Then what every packet of its module does. */
    uint32_t packets_initial_ttl, packets_other_ttl; /**< module packets it sent */
    uint64_t adapter;        /**< key of the first of adapters, 0 without */
    GArray  *adapters;       /**< sse_adapter: of its packets with initial TTL; NULL until there are any */
    int64_t  last_udp_probe; /**< newest UDP probe it sent */
    int64_t  heard_public;   /**< of IPv6: newest packet towards it from a public address; INT64_MIN none */
    uint32_t questions_asked; /**< probes and lookups of gateway names that it sent */
    uint32_t questions_answered; /**< such questions that it answered itself: see sse_address_forwards() */
    bool     sends;          /**< the file has a packet of it, since it is known as a client */
    uint16_t other_identity; /**< see sse_identity(): newest of its queries that are no probes */
    uint32_t present_frame;  /**< of that stretch its first packet, 0 none */
    /* as a gateway */
    uint8_t  known;          /**< sse_known */
    uint32_t known_since;    /**< frame, 0 unless learnt in the file */
    uint32_t name;           /**< index into names or SSE_NONE */
    uint32_t min_rtt;        /**< us, smallest SYN to SYN-ACK; of a resolver, query to genuine reply; 0 unknown */
    uint8_t  ttl_low, ttl_high; /**< of its SYN-ACKs; of a resolver's replies that only OpenDNS gives; 0 without */
    bool     not_gateway;    /**< inside a preference's range, but an answer gives it to another name */
    uint32_t unasked;        /**< number, from 1, of the lookup without question that alone taught it; 0: none */
    /* as a client */
    uint32_t first_frame;    /**< first packet of the module */
    int64_t  first_time;
    GArray  *presences;      /**< sse_presence: those before it; NULL until there are any */
    int64_t  gateway_time;   /**< newest packet to or from a gateway; 0 none */
    int64_t  first_failed_hint; /**< first sign of a failed handshake, 0 none */
    uint32_t quic_count;     /**< direct QUIC: long headers to public addresses */
    uint16_t tool_packets;   /**< facts about its path tools */
    uint32_t *quic_frames;   /**< the first SSE_QUIC_FRAMES; NULL until there are any */
    int64_t  source_time;    /**< of the reply that gave source; 0 none */
    char    *source;         /**< "source" of the newest reply, NULL unknown */
    bool     uses_web;       /**< it opened a handshake or asked for a gateway's name */
    bool     behind_portal;  /**< its newest connectivity test was redirected or answered falsely */
    bool     served;         /**< a gateway has answered it */
    bool     sent_others;    /**< of its own other traffic the file has something */
    bool     reached_before; /**< packets towards it passed before it was known */
    bool     was_gone;       /**< between two of its presences lies more than SSE_ASLEEP */
    GArray  *direct;         /**< sse_direct */
    GHashTable *bypassed;    /**< sse_addr: reached directly while web protection was up */
    GArray  *candidates;     /**< sse_candidate */
    struct sse_waiting *waiting; /**< attempts that wait for an answer: private to track/ */
    uint8_t  apart[12];      /**< what a packet touches is then two lines of the processor's cache: see SSE_ADDRESS_SIZE */
} sse_address;

/** Do most of its packets have an initial TTL: is it on the link that was captured, with
 * no router between? */
static inline bool sse_is_on_link(const sse_address *a)
{
    return a->packets_initial_ttl > a->packets_other_ttl;
}
/** Do most have another? Of a host that sent nothing neither is known. */
static inline bool sse_is_behind_router(const sse_address *a)
{
    return a->packets_other_ttl > a->packets_initial_ttl;
}

/** GLib's arrays of such a size begin 16 bytes behind a line of the cache: so the first
 * 48 bytes of each address lie in one, and the 64 behind them in the next. Where they do not, all is as right and a little slower. */
#define SSE_ADDRESS_SIZE 256
G_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sse_address) == SSE_ADDRESS_SIZE);
G_STATIC_ASSERT(offsetof(sse_address, packets_initial_ttl) <= 48 && offsetof(sse_address, known) <= 48 + 64);

/** Number of the link-layer address that stands for all of an address from which copies
 * of one's packets came; 0 for 0: unknown. */
static inline uint8_t sse_adapter_class(const sse_address *a, uint8_t adapter)
{
    /* Each stands for one before it. */
    while (adapter != 0 && g_array_index(a->adapters, sse_adapter, adapter - 1).same_as != 0)
        adapter = g_array_index(a->adapters, sse_adapter, adapter - 1).same_as;
    return adapter;
}

/** Is it a forwarder, at a mirror port say, that asks in others' place? From three
 * answered questions on: a stranger's question and its forged answer take nobody out. */
static inline bool sse_address_forwards(const sse_address *a)
{
    return a->questions_answered >= 3 && (uint64_t)a->questions_answered * 3 >= a->questions_asked;
}

/** Facts noted as they pass; the verdict makes findings of them. */
typedef enum {
    SSE_FACT_FORGED,         /**< a reply with a waiting probe's ports and id, but another question */
    SSE_FACT_CUT,            /**< a packet of the module is cut by the snap length */
    SSE_FACT_SUSPICIOUS,     /**< an answer that tried to teach a gateway */
    SSE_FACT_PATH_MTU,
    SSE_FACT_CAPTIVE,
    SSE_FACT_CERTIFICATE,    /**< a DNSCrypt certificate outside its dates */
    SSE_FACT_LIMIT,          /**< a limit was reached: something was left out */
    SSE_FACT_CERTIFICATE_EARLY, /**< a DNSCrypt certificate whose dates are still to come */
    SSE_FACT_PORTAL_PASSED,   /**< after SSE_FACT_CAPTIVE a connectivity test got its known answer */
    SSE_FACT_OTHER_RESOLVER, /**< a probe's name was asked for where a resolver may be that nobody configured */
    SSE_FACT_PATH_TOOL       /**< a path tool's packet to a resolver or gateway that is no probe or handshake */
} sse_fact_kind;

typedef struct sse_fact {
    sse_fact_kind kind;
    uint32_t client;         /**< address or SSE_NONE: of the capture */
    uint32_t frame;
    int64_t  time;
    sse_addr address;        /**< what it is about, family 0 if nothing */
} sse_fact;

/** A time in which a resolver answered a client's plain queries on a port, with no
 * pause of more than SSE_PLAIN_PAUSE. */
#define SSE_PLAIN_PAUSE    (60 * SSE_SECOND)
typedef struct sse_plain {
    int64_t  first, last;    /**< answers */
    uint32_t client, resolver; /**< indices into addresses */
    uint16_t port;
} sse_plain;

/** A frame that takes part, and as what. Sorted by frame. */
typedef enum {
    SSE_MARK_QUERY, SSE_MARK_REPLY, SSE_MARK_SYN, SSE_MARK_SYN_ACK, SSE_MARK_RESET,
    SSE_MARK_FIN, SSE_MARK_ICMP, SSE_MARK_CLIENT_PAYLOAD, SSE_MARK_GATEWAY_PAYLOAD,
    SSE_MARK_CONNECT, SSE_MARK_CONNECT_ANSWER, SSE_MARK_COPY
} sse_mark_kind;

typedef enum { SSE_OF_PROBE, SSE_OF_HANDSHAKE, SSE_OF_LOOKUP, SSE_OF_FACT } sse_mark_of;

typedef struct sse_mark {
    uint32_t frame;
    uint32_t record;         /**< index of the probe, handshake, lookup or fact */
    uint16_t attempt;        /**< number of the attempt in its group, from 1 */
    uint8_t  kind;           /**< sse_mark_kind */
    uint8_t  of;             /**< sse_mark_of */
} sse_mark;

/** A prefix of a NAT64 (RFC 6052). A network has one, or a few. */
#define SSE_NAT64_PREFIXES 16
typedef struct sse_nat64 {
    sse_addr prefix;         /**< any address inside it */
    uint8_t  bits;
} sse_nat64;

/** All that is kept of one file. The tracker writes it; all others read. An index
 * into one of the arrays stays what it is, a pointer only until the next packet. */
typedef struct sse_tracker {
    sse_config config;
    uint32_t frames;         /**< packets in the file */
    uint32_t newest_frame;
    bool     renumbered;     /**< one frame number came twice: a read filter dropped packets */
    int64_t  first_time, last_time; /**< earliest and latest; 0 without packets */
    bool     times_differ;
    sse_nearest nearest[2];  /**< of public addresses more than 2 ms away the nearest two */
    GArray  *epochs;         /**< sse_epoch, at least one once there is a packet */
    sse_epoch *steady;       /**< the newest epoch where its end is the latest time and no step waits, else NULL:
                              * private to track/clock.c */
    sse_step step;
    GArray  *addresses;      /**< sse_address */
    GArray  *probes;         /**< sse_probe */
    GArray  *handshakes;     /**< sse_handshake */
    GArray  *lookups;        /**< sse_lookup */
    GArray  *connects;       /**< sse_connect_answer */
    GArray  *resets;         /**< sse_reset: of SYNs */
    GArray  *icmps;          /**< sse_icmp */
    GArray  *identities;     /**< obs_identity, each once */
    GArray  *facts;          /**< sse_fact */
    GArray  *plain;          /**< sse_plain */
    uint32_t answered;       /**< queries, SYNs and lookups of the file that something answered */
    GArray  *early;          /**< guint32: us by which those were stamped before what they answer, where they were */
    uint32_t early_much;     /**< of them those that no clock's grain explains: SSE_CLOCKS_APART */
    GArray  *marks;          /**< sse_mark */
    GPtrArray *names;        /**< char *, each once */
    GHashTable *called;      /**< index into names of a host that is an address, + 1 -> that of its name, + 1 */
    sse_redactor *redactor;  /**< of everything that is printed of this file */
    sse_limits limits;
    uint32_t left_out;       /**< a bit for each sse_limit that was reached */
    uint32_t generation;     /**< grows with every record and change */
    bool     has_nat_copies; /**< of some probe: is_nat_copy */
    uint32_t clients;        /**< addresses with SSE_ROLE_CLIENT */
    uint32_t gateways;       /**< addresses with SSE_ROLE_GATEWAY */
    sse_nat64 nat64[SSE_NAT64_PREFIXES]; /**< that answers or probes showed; 64:ff9b::/96 is known without */
    uint32_t nat64_prefixes; /**< so many are in use */
    uint32_t nat64_resolvers; /**< IPv6 addresses with SSE_ROLE_RESOLVER that nobody configured */
    struct sse_log_book *log; /**< the client's own logs, see log_records.h; NULL where there are none */
    GHashTable *by_address;  /**< sse_addr -> index into addresses + 1 */
    struct sse_tracker_index *index; /**< private to track/ */
} sse_tracker;

/** Statuses to CONNECT that show the gateway at work: 2xx; 403, which is its policy;
 * 515 to 517, which say what is wrong with the site's certificate. */
static inline bool sse_connect_served(uint16_t status)
{
    return (status >= 200 && status < 300) || status == 403 || (status >= 515 && status <= 517);
}

/* What a record's index stands for. */
static inline const sse_address *sse_tracker_address(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->addresses, sse_address, index);
}
static inline const sse_probe *sse_tracker_probe(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->probes, sse_probe, index);
}
static inline const sse_handshake *sse_tracker_handshake(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->handshakes, sse_handshake, index);
}
static inline const sse_lookup *sse_tracker_lookup(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->lookups, sse_lookup, index);
}
static inline const sse_connect_answer *sse_tracker_connect_answer(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->connects, sse_connect_answer, index);
}
static inline const sse_icmp *sse_tracker_icmp_error(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->icmps, sse_icmp, index);
}
static inline const sse_epoch *sse_tracker_epoch(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->epochs, sse_epoch, index);
}
static inline const sse_fact *sse_tracker_fact(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->facts, sse_fact, index);
}
/** @param index below names->len */
static inline const char *sse_tracker_name(const sse_tracker *t, uint32_t index)
{
    return (const char *)g_ptr_array_index(t->names, index);
}

/** What a host that is an address is called, by an answer or a ClientHello in its
 * tunnel; else the host itself. */
static inline uint32_t sse_called(const sse_tracker *t, uint32_t host)
{
    const guint name = GPOINTER_TO_UINT(g_hash_table_lookup(t->called, GUINT_TO_POINTER(host + 1)));

    return name != 0 ? name - 1 : host;
}

/** What a probe's query or reply said of who asks. number: its query_identity
 * or reply_identity, 1 for the first. @return NULL for 0: nothing. */
static inline const obs_identity *sse_identity(const sse_tracker *t, uint16_t number)
{
    return number == 0 ? NULL : &g_array_index(t->identities, obs_identity, number - 1);
}

/** Probes, handshakes and lookups in one count, as an address's newest record
 * and the lists of a client name them: with millions of these, small. */
static inline uint32_t sse_record_number(sse_mark_of of, uint32_t index)
{
    return index * 4 + of;
}
/** What the rules on other traffic ask of a handshake or lookup, by its number. */
typedef struct sse_control_ref {
    int64_t  time;
    uint32_t client;         /**< address */
    const sse_control *control;
} sse_control_ref;
sse_control_ref sse_record_of(const sse_tracker *t, uint32_t number);

/** Two capture clocks show from so many answers on that are stamped before what they
 * answer, a tenth of all, if half of them are so by more than this, us. */
#define SSE_CLOCKS_ANSWERS 3
#define SSE_CLOCKS_APART   200
/** Then no time of the file says who answered. */
static inline bool sse_clocks_differ(const sse_tracker *t)
{
    return t->early->len >= SSE_CLOCKS_ANSWERS && t->early->len >= t->answered / 10.0 &&
           t->early_much > t->early->len / 2;
}
/** The median of those differences, us. Sorts them: not for every packet. */
uint32_t sse_clocks_difference(const sse_tracker *t);

/** @return the index of an address, or SSE_NONE. */
uint32_t sse_find_address(const sse_tracker *t, const sse_addr *addr);
/** Is the address among the configured resolvers (also inside 64:ff9b::/96)? */
bool sse_tracker_is_configured(const sse_tracker *t, const sse_addr *addr);
/** The IPv4 address behind 64:ff9b::/96, or behind a prefix of the file's that is not
 * public itself; else the address. */
sse_addr sse_tracker_unmap(const sse_tracker *t, const sse_addr *addr);
/** sse_addr_is_public(); what a NAT64 stands for is as public as that is. */
bool sse_tracker_is_public(const sse_tracker *t, const sse_addr *addr);
/** The same, or behind another NAT64 prefix that the file has shown by now. */
bool sse_tracker_is_resolver(const sse_tracker *t, const sse_addr *addr);
/** Was a lookup asked for, as far as the file can show it? An answer that nobody
 * asked for teaches, clears and accuses nobody. */
bool sse_lookup_stands(const sse_tracker *t, const sse_lookup *l);
/** Is an address that was taken for a gateway's still one? *only gets the client
 * for whom alone, SSE_NONE: for all. */
bool sse_gateway_stands(const sse_tracker *t, uint32_t gateway, uint32_t *only);
/** What an address is known to be by now: SSE_ROLE_ bits, 0 if nothing. */
unsigned sse_tracker_role(const sse_tracker *t, const sse_addr *addr);
/** The same, its index being known. Asked of both addresses of every packet of a client. */
static inline unsigned sse_role_at(const sse_tracker *t, uint32_t index, const sse_addr *addr)
{
    unsigned role = 0;

    if (index != SSE_NONE)
        role = sse_tracker_address(t, index)->role;
    if (addr->family == 6 && role == 0 && sse_tracker_is_configured(t, addr))
        role = SSE_ROLE_RESOLVER;
    if ((role & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0 && t->config.gateways->len > 0 &&
        sse_ranges_contain(t->config.gateways, addr) &&
        !(index != SSE_NONE && sse_tracker_address(t, index)->not_gateway))
        role |= SSE_ROLE_GATEWAY;
    return role;
}

/** The stretches of time in which an address sent, by time: how many, and each. */
static inline guint sse_presences(const sse_address *a)
{
    return (a->presences != NULL ? a->presences->len : 0) + (a->present_frame != 0);
}
sse_presence sse_presence_at(const sse_address *a, guint i);
/** Did an address that sent before send nothing, of whatever kind, from before a
 * deadline until more than SSE_ASLEEP after it? Asleep, or gone. */
#define SSE_ASLEEP         (60 * SSE_SECOND)
bool sse_slept_through(const sse_tracker *t, const sse_address *a, int64_t deadline);
static inline bool sse_was_asleep(const sse_tracker *t, uint32_t client, int64_t deadline)
{
    const sse_address *a = sse_tracker_address(t, client);

    /* Mostly it is in the stretch in which it sent last, or was never gone for long. */
    return !(deadline >= a->present_since && deadline <= a->last_sent) && (a->was_gone || deadline > a->last_sent) &&
           sse_slept_through(t, a, deadline);
}

/** The marks of a frame. @return the first, *count how many; NULL if none. */
const sse_mark *sse_tracker_marks(const sse_tracker *t, uint32_t frame, unsigned *count);

#endif
