/* report.h
 * What was judged: the report, of codes, numbers and frames. judge/ makes it,
 * report/ puts it into words, epan/ shows it on packets and in tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_MODEL_REPORT_H
#define SSE_MODEL_REPORT_H

#include "advice_codes.h"
#include "codes.h"
#include "reasons.h"
#include "records.h"
#include "string_set.h"

/** First 16 frames in order, and how many there are. */
#define SSE_FRAMES_KEPT 16
typedef struct sse_frames {
    uint32_t frame[SSE_FRAMES_KEPT];
    uint32_t kept, total;
} sse_frames;

/** A reason and its numbers: what stands in its sentence as {0}, {1}, ... */
typedef struct sse_reason {
    sse_reason_code code;
    uint32_t number[3];
} sse_reason;

/** An advice and what its sentence names. Lists are shared where their bytes are
 * the same: no byte of it is left to chance. */
typedef struct sse_advice {
    uint16_t code;           /**< sse_advice_code */
    uint8_t  of_finding;     /**< a finding asks for it, not an outage */
    uint8_t  ip;             /**< 4, 6: which resolvers it means; 0: none */
    uint8_t  icmp_type, icmp_code;
    sse_addr address;        /**< the sender of the ICMP error; whom a finding is about */
    uint8_t  unused;
} sse_advice;
G_STATIC_ASSERT(sizeof(sse_advice) == 24);

/** What to let through. */
typedef enum {
    SSE_ALLOW_ADDRESS,       /**< this address */
    SSE_ALLOW_NAME,          /**< this name */
    SSE_ALLOW_BELOW,         /**< all names below this one */
    SSE_ALLOW_INGRESS        /**< the ranges that Cisco publishes for the gateway */
} sse_allow_kind;

typedef struct sse_allow {
    uint8_t  kind;           /**< sse_allow_kind */
    uint8_t  transport;      /**< sse_transport */
    uint16_t port;
    sse_addr address;
    const char *name;        /**< lives as long as the report */
} sse_allow;

/** So many addresses of a client, and of its outages and its timeline so many entries,
 * the newest, does a report list; the finding limit-reached says if there are more. */
#define SSE_LISTED 4096

typedef struct sse_since {
    uint32_t frame;          /**< 0: there is none (prints as null) */
    bool     at_or_before;   /**< no other state was seen before */
    int64_t  time;           /**< ns */
} sse_since;

typedef struct sse_rtt { uint32_t count; int64_t min, sum, max; } sse_rtt; /**< ns */

typedef struct sse_icmp_sum {
    uint32_t count;          /**< 0: none */
    sse_addr sender;         /**< of the most frequent sender, type, code */
    uint8_t  type, code;
} sse_icmp_sum;

typedef struct sse_port_report {
    uint16_t port;
    sse_port_state state;
    sse_cause cause;
    sse_since since;
    uint32_t tried, answered, failed; /**< UDP probes; since the newest change of the state if there was one, else all */
    uint32_t encrypted_tried, encrypted_answered; /**< the same of DNSCrypt queries */
    uint32_t users_tried, users_answered; /**< the same of users' queries with identity */
} sse_port_report;

typedef struct sse_version_report {
    sse_state verdict;
    sse_cause cause;
    sse_since since;
    bool      counts;        /**< takes part in the client's verdict */
    unsigned  n_ports;       /**< 2 once there is any probe, else 0 */
    sse_port_report ports[2];/**< 443, 53 */
} sse_version_report;

/** Probes in the clear to one resolver, port and transport. */
typedef struct sse_resolver_report {
    sse_addr address;
    uint16_t port;
    sse_transport transport;
    uint32_t number;         /**< in order of sight, from 0 */
    uint32_t probes, outcomes[SSE_PROBE_OUTCOMES];
    uint32_t before_probes, before_answered; /**< of these, before the state's since */
    sse_rtt  rtt;
    sse_icmp_sum icmp;
    uint8_t  fake_rcode, fake_ttl;
    uint32_t fake_frame;     /**< 0: no fake reply */
    sse_origin origin;       /**< of the fake replies and the ICMP errors in the resolver's name; NONE without */
    GArray  *origin_reasons; /**< sse_reason: of the first that has it; owned; NULL as good as empty */
    sse_frames frames;
} sse_resolver_report;

typedef struct sse_gateway_report {
    sse_addr address;
    uint16_t port;
    char    *name;           /**< NULL where unknown */
    sse_known known_from;
    uint32_t known_since;
    uint32_t number;         /**< in order of sight, from 0 */
    uint32_t handshakes, outcomes[SSE_SWG_OUTCOMES];
    uint32_t before_handshakes, before_completed;
    sse_rtt  rtt;
    sse_origin reset_origin;
    GArray  *reset_reasons;  /**< sse_reason, owned */
    sse_icmp_sum icmp;
    sse_frames frames;
} sse_gateway_report;

typedef struct sse_candidate_report {
    sse_addr address;
    uint32_t failed;
    sse_frames frames;
} sse_candidate_report;

/** Answers to CONNECT with one status (RFC 9110 section 15) and origin. */
typedef struct sse_connect_report {
    uint16_t   status;
    sse_origin origin;
    GArray    *origin_reasons; /**< sse_reason: of the first; owned */
    const char *server, *via; /**< values of these headers, of the first that has one; redacted where asked; NULL without */
    sse_frames frames;
} sse_connect_report;

/** What its sentence names: unused is 0. */
typedef struct sse_finding {
    sse_finding_code code;
    sse_reason_code reason;
    sse_cause cause;
    uint8_t  ip;             /**< 4, 6 */
    bool     has_advice;     /**< it asks for something: then it is a warning, else a note */
    uint32_t number[3];
    sse_addr address, other;
    const char *hosts;       /**< "a.example, b.example and 3 more"; lives as long as the report; NULL: none */
    sse_frames frames;
} sse_finding;

typedef struct sse_change {
    int64_t  time;
    uint32_t frame;
    uint8_t  service;        /**< sse_service */
    uint8_t  ip;             /**< 4, 6; 0 for web and network */
    uint8_t  from, to;       /**< dns and web: sse_state */
    const sse_addr *networks; /**< network: the client's address there, of two: from, to; lives as long as the report */
} sse_change;

/** What a firewall team needs of one failed attempt: the ticket's 5-tuples. */
typedef struct sse_example {
    uint32_t frame;
    int64_t  time;
    sse_addr src, dst;
    uint16_t sport, dport;
    sse_transport transport;
} sse_example;
#define SSE_EXAMPLES 3

/** An outage: a stretch of one client's service, of DNS one IP version's, from the
 * first failure of a run that stands to the first proof after it. One that an
 * exception explains (no connectivity, protected network) has the verdict
 * inconclusive. */
typedef struct sse_outage {
    uint8_t  service;        /**< sse_service */
    uint8_t  ip;             /**< 4, 6; 0 of the web */
    uint8_t  verdict;        /**< sse_state */
    uint8_t  cause;          /**< sse_cause */
    uint8_t  port_cause[2];  /**< sse_cause of 443 and 53; of DNS */
    uint8_t  ended_by;       /**< sse_ended; NONE: it lasts to the file's end */
    uint8_t  confidence;     /**< sse_confidence */
    uint8_t  origin;         /**< sse_origin, of resets */
    uint8_t  fake_rcode, fake_ttl; /**< with fake_frame */
    bool     counted;        /**< it stands, and its IP version counts: it is in every number, in advice, ticket and timeline */
    bool     repeats;        /**< it counts, and one of the other IP version that overlaps it was said: not to be said again */
    bool     captive;        /**< a captive portal answered in it or shortly before */
    bool     has_fail_open;
    bool     alone;          /**< nothing else reached the client in it, and of nothing else is known that it did not */
    sse_since since;
    uint32_t until_frame;    /**< 0: until when it went on is not known */
    uint32_t evidence_frame; /**< the newest frame that confirms it */
    int64_t  until_time;     /**< of the proof or the change of network that ended it */
    int64_t  evidence_time;
    uint32_t attempts, failed; /**< in its stretch */
    uint32_t control_dns_answers, control_tcp_opened; /**< what else reached the client */
    uint32_t fake_frame;     /**< a reply that OpenDNS did not give; 0: none */
    uint32_t fail_open, fail_open_first, fail_open_last; /**< connections, frames */
    sse_icmp_sum icmp;
    sse_frames frames;
    /* All lists are among those that the report owns. */
    GArray   *reasons;       /**< sse_reason: of the confidence */
    GArray   *origin_reasons; /**< sse_reason */
    GArray   *peers;         /**< sse_addr: resolvers or gateways that failed, at most SSE_PEERS */
    GArray   *misdirected;   /**< sse_addr: what a gateway's name was answered with that no gateway has, and the DNS server
                              * that did; empty: nothing */
    GArray   *advice;        /**< sse_advice, the most useful first */
    GArray   *allow;         /**< sse_allow */
    GArray   *examples;      /**< sse_example, at most SSE_EXAMPLES, by time; of the newest SSE_OUTAGES_IN_FULL of a service */
} sse_outage;
/** A filter with more addresses than this is for nobody to read. */
#define SSE_PEERS 8
/** So many outages of a service are told in full, the newest; the others by a line. */
#define SSE_OUTAGES_IN_FULL 3

/** How long an outage lasted: to its end, else to the newest frame that confirms
 * it. In ns. */
int64_t sse_outage_duration(const sse_outage *o);

typedef struct sse_service_report {
    sse_state verdict;
    sse_state worst;         /**< at any time in the file */
    uint32_t  outages;       /**< those that count; of both IP versions at a time: one */
    sse_cause cause;
    sse_confidence confidence;
    GArray   *reasons;       /**< sse_reason: why the confidence is limited, or what supports it */
    bool      has_control;   /**< there is a failing run */
    uint32_t  control_dns_answers, control_tcp_opened;
    sse_since since;
    uint32_t  evidence_frame;/**< last_evidence; 0: none */
    int64_t   evidence_time;
    GArray   *advice;        /**< sse_advice, the most useful first */
    GArray   *allow;         /**< sse_allow */
    GArray   *peers;         /**< sse_addr: whom its filters name; empty where there is nothing to show */
    GArray    *examples;     /**< sse_example, at most SSE_EXAMPLES, by time */
} sse_service_report;

typedef struct sse_client_report {
    sse_addr  client;
    GArray   *addresses;     /**< sse_addr: IPv4 first, in order of sight */
    uint64_t  adapter;       /**< what tells it from others with its address: see sse_adapter; 0: there are none */
    bool      at_client;     /**< capture_point: client, else remote */
    sse_service_report dns;
    sse_encryption encryption;
    sse_version_report ip[2];/**< [0] IPv4, [1] IPv6 */
    int       named_version; /**< 4 or 6: whose verdict dns repeats; 0 if not observed */
    GArray   *resolvers;     /**< sse_resolver_report */
    char     *server, *orgid, *originid, *device, *source; /**< redacted where asked; NULL unknown */
    sse_service_report web;
    uint32_t  web_tried, web_completed, web_failed; /**< handshakes that count; since the newest change if there was one */
    GArray   *gateways;      /**< sse_gateway_report */
    GArray   *connects;      /**< sse_connect_report, by status */
    GArray   *candidates;    /**< sse_candidate_report */
    bool      has_fail_open;
    uint32_t  fail_open, fail_open_first, fail_open_last; /**< connections, frames */
    GArray   *findings;      /**< sse_finding, in the order of the codes */
    GArray   *outages;       /**< sse_outage, by since; all of them */
    GArray   *timeline;      /**< sse_change, by time */
    GArray   *states;        /**< sse_state_step: the timeline as frames are looked up in it; NULL without one, see sse_note_frames() */
} sse_client_report;

/** From this frame on a service is in this state. */
typedef struct sse_state_step {
    uint32_t frame;
    guint    change;         /**< index into the timeline */
    uint8_t  version;        /**< 4, 6; 0 the web */
    uint8_t  state;          /**< sse_state */
} sse_state_step;

/** A direction of which the filter left nothing. */
typedef enum { SSE_LOST_NONE, SSE_LOST_TO_CLIENT, SSE_LOST_FROM_CLIENT } sse_lost_direction;

/** What the client's own logs say: see log_report.h. */
typedef struct sse_log_report sse_log_report;

/** Some of the tracker's probes or handshakes. */
typedef struct sse_record_set {
    uint8_t *bits;           /**< bit i % 8 of byte i / 8: is record i in it? */
    uint32_t size, count;    /**< records there are; records in it */
} sse_record_set;

typedef struct sse_report {
    uint32_t  frames;
    int64_t   first_time, last_time; /**< ns; 0 with frames == 0 */
    bool      renumbered;    /**< a read filter dropped packets: frame numbers are not the file's */
    char     *filter;        /**< the display filter, NULL without */
    sse_lost_direction lost_direction; /**< what the filter left out: warn */
    sse_state dns, web;      /**< worst of all clients */
    sse_state worst_dns, worst_web; /**< the same of any time in the file */
    uint32_t  outages_dns, outages_web, outage_clients; /**< outages that count, clients that had one */
    uint32_t  count_dns[SSE_STATES], count_web[SSE_STATES];
    GArray   *findings;      /**< sse_finding: of the capture */
    GArray   *clients;       /**< sse_client_report, worst first */
    sse_string_set *texts;     /**< owns the names that clients share, each once; NULL where clients own them */
    GArray   *nothing;       /**< the array of all clients that have none of their own */
    GHashTable *lists;       /**< GArray: lists that clients share, each once */
    sse_config in_force;     /**< what was configured: the report's own copies; lists NULL where it does not matter */
    uint32_t  left_out;      /**< a bit for each sse_limit that was reached */
    GHashTable *by_address;  /**< sse_addr -> index into clients + 1; keys live in clients */
    sse_log_report *log;     /**< NULL without logs */
    /* for the tables: the records that count */
    sse_record_set probes;   /**< of the tracker's probes, those in the clear to resolvers */
    sse_record_set handshakes;
    /* for the packets themselves, sorted by frame: see sse_note_frames() */
    GArray   *fail_open;     /**< guint32: frames of fail-open SYNs */
    GArray   *frame_notes;   /**< sse_frame_note */
} sse_report;

/** What stands on a frame beyond its own probe or handshake. */
typedef struct sse_frame_note {
    uint32_t frame;
    enum { SSE_NOTE_FINDING, SSE_NOTE_CHANGE } kind;
    sse_finding_code code;   /**< a finding */
    sse_state to;            /**< a change */
    bool web, again;         /**< a change: of the web; there was another state before */
} sse_frame_note;

/** Is the record among the report's probes or handshakes? */
bool sse_report_counts(const sse_report *r, sse_mark_of of, uint32_t record);
/** The members of a set, guint32 in order of sight; free the array. */
GArray *sse_record_list(const sse_record_set *set);

/** State of a service as the timeline has it at a frame; version 4, 6, or 0
 * for the web. SSE_NOT_OBSERVED where there is no entry before. */
sse_state sse_report_state_at(const sse_report *r, const sse_addr *client, int version, uint32_t frame);

#endif
