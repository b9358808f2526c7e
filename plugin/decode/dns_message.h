/* dns_message.h
 * Reads one DNS message from its bytes: the question, the addresses along its
 * CNAME chain, the debug strings of OpenDNS, and the identity that a query
 * carries in EDNS options.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_DNS_MESSAGE_H
#define SSE_DNS_MESSAGE_H

#include "name_lists.h"
#include "observation.h"

/** Longest name on the wire (RFC 1035 section 2.3.4). */
#define SSE_DNS_NAME_WIRE 255
/** Addresses kept of one answer; no load balancer gives more. */
#define SSE_DNS_ADDRESSES 64
/** Things worth showing kept of one message. */
#define SSE_DNS_ITEMS     48

/** What a debug string or an EDNS option says. */
typedef enum {
    SSE_DNS_SERVER = 0, SSE_DNS_ORGID, SSE_DNS_ORIGINID, SSE_DNS_DEVICE, SSE_DNS_SOURCE,
    SSE_DNS_FLAGS, SSE_DNS_ORGFLAGS, SSE_DNS_ACTYPE, SSE_DNS_BUNDLE, SSE_DNS_REMOTEIP,
    SSE_DNS_USER, SSE_DNS_APPLIANCE, SSE_DNS_HOST, SSE_DNS_DNSCRYPT,
    SSE_DNS_TEXT,        /**< any other string */
    SSE_DNS_LEGAL,       /**< the notice of a court order */
    SSE_DNS_CERTIFICATE, /**< a DNSCrypt certificate */
    SSE_DNS_EDNS_ORG, SSE_DNS_EDNS_ASSET, SSE_DNS_EDNS_REMOTEIP, SSE_DNS_EDNS_DEVICE,
    SSE_DNS_EDNS_UNKNOWN, /**< what of an identity option could not be read */
    SSE_DNS_SERVER_NODE, SSE_DNS_SERVER_SITE, /**< "r5.lon" taken apart */
    SSE_DNS_ITEM_KINDS
} sse_dns_item_kind;

typedef struct sse_dns_item {
    sse_dns_item_kind kind;
    uint32_t offset, length;  /**< the bytes in the message */
    char     text[256];       /**< the value, printable ASCII; cut if longer */
} sse_dns_item;

typedef struct sse_dns_items {
    unsigned     count;
    sse_dns_item item[SSE_DNS_ITEMS];
} sse_dns_items;

/** Certificates kept of one answer: a resolver has one or two at a time. */
#define SSE_DNS_CERTIFICATES 8

/** Bytes of the message that were captured. */
typedef struct sse_dns_span {
    uint32_t offset, length;
} sse_dns_span;

/** One message. Read the question first: it costs little and tells whether the
 * records are worth reading. */
typedef struct sse_dns_message {
    const uint8_t *bytes;       /**< as handed in, not owned */
    uint32_t captured, reported;
    uint32_t records;           /**< offset of the first record */
    uint32_t steps;             /**< bytes and pointers of names that were read: there is a budget */
    uint16_t id, flags, qtype, qclass;
    uint16_t count[4];          /**< questions, answers, authorities, additionals */
    bool     response, truncated;
    uint8_t  opcode, rcode;
    bool     has_question;      /**< the question is whole */
    bool     cut_name;          /**< the snap length ends before the question does */
    uint8_t  name_length;
    uint8_t  wire_name[SSE_DNS_NAME_WIRE]; /**< lower case, not compressed */
    char     qname[264];        /**< lower case, printable; cut if longer */
    obs_name name;
    uint32_t question;          /**< hash of name, type and class */
    /* from the records */
    bool     server_string, certificate, court_order, censored, has_identity;
    obs_identity identity;
    unsigned n_addresses;
    sse_addr addresses[SSE_DNS_ADDRESSES];
    unsigned n_aliases;         /**< of a gateway's name */
    obs_name_text aliases[OBS_ALIASES];
    bool     sinkhole;          /**< one of the aliases is a firewall's */
    unsigned n_certificates;    /**< of DNSCrypt, in TXT answers */
    sse_dns_span certificates[SSE_DNS_CERTIFICATES];
} sse_dns_message;

/** Reads header and question.
 * @param bytes    the message, captured bytes of it
 * @param reported its length on the wire
 * @return false where this cannot be a DNS message (RFC 1035 section 4.1). */
bool sse_dns_read_question(sse_dns_message *m, const uint8_t *bytes, uint32_t captured, uint32_t reported,
                           const sse_names *names);

/** Is it well-formed enough to be taken for DNS on a port where other traffic
 * is usual? One whole question of a usual class, and counts that fit. */
bool sse_dns_is_plausible(const sse_dns_message *m);

/** Reads the records. A message that is cut gives what it holds.
 * @param items gets what is worth showing; may be NULL. */
void sse_dns_read_records(sse_dns_message *m, sse_dns_items *items);

/** Of the records of an answer only addresses and aliases, for names that are not
 * the module's. */
void sse_dns_read_addresses(sse_dns_message *m);

/** The message as an observation. Pointers in it point into *m. */
void sse_dns_observation(const sse_dns_message *m, sse_transport transport, obs_dns *dns);

#endif
