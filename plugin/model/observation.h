/* observation.h
 * What one packet says: the plain facts that the reader of packets hands to
 * the tracker. No Wireshark types here, so that the core runs without it.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_OBSERVATION_H
#define SSE_OBSERVATION_H

#include "address.h"

/** What the tracker found for a packet's addresses: see sse_tracker_look_up(). */
typedef struct obs_places {
    uint32_t src, dst;      /**< index + 1; 0: not known */
    uint32_t looked;        /**< addresses known at that time, + 1; 0: nobody looked */
    unsigned roles;         /**< SSE_ROLE_ bits of both together */
} obs_places;

/** What is common to all packets. */
typedef struct obs_packet {
    uint32_t frame;         /**< frame number, from 1 */
    int64_t  time;          /**< nanoseconds since 1970 UTC */
    sse_addr src, dst;      /**< innermost network addresses */
    uint16_t sport, dport;  /**< 0 for ICMP */
    uint16_t ip_id;         /**< IPv4 identification; 0 for IPv6 */
    uint8_t  ttl;           /**< time to live or hop limit */
    bool     has_mac;
    uint8_t  mac[6];        /**< link-layer source */
    uint8_t  to_mac[6];     /**< link-layer destination */
    uint16_t vlan;          /**< the outermost VLAN's id, 0 without */
    uint32_t payload_hash;  /**< hash of the captured transport payload */
    uint32_t payload_len;   /**< bytes of transport payload on the wire */
    bool     cut;           /**< the snap length took some of the payload */
    obs_places places;      /**< of src and dst; all 0 where nobody looked */
} obs_packet;

typedef enum { SSE_UDP = 0, SSE_TCP = 1 } sse_transport;

/** What a DNS question asks for. */
typedef enum {
    OBS_NAME_OTHER = 0,
    OBS_NAME_DEBUG,         /**< debug.opendns.com */
    OBS_NAME_CERT,          /**< 2.dnscrypt-cert.opendns.com */
    OBS_NAME_GATEWAY,       /**< a name of the Secure Web Gateway */
    OBS_NAME_DNSCRYPT,      /**< not to be known: it is encrypted */
    OBS_NAME_NAT64,         /**< ipv4only.arpa AAAA, which tells the prefix of a translator (RFC 7050) */
    OBS_NAME_USER           /**< in records only: any name, asked with the module's identity */
} obs_name;

/** Identity strings; each empty where the packet does not carry it. Printable
 * ASCII only: whoever fills it escapes what is not. */
typedef struct obs_identity {
    char server[64], orgid[24], originid[24], device[24], source[64];
    bool dnscrypt;          /**< "dnscrypt enabled (...)" */
} obs_identity;

/** A name as text, and how many aliases of one question are kept. */
typedef struct obs_name_text {
    char text[264];
} obs_name_text;
#define OBS_ALIASES 8

/** One DNS message. Pointers are valid during the call only. */
typedef struct obs_dns {
    sse_transport transport;
    bool     response;      /**< QR */
    bool     truncated;     /**< TC */
    bool     cut_name;      /**< cut by the snap length before the question ends */
    uint16_t id;
    uint16_t qtype;         /**< 0 where unknown */
    obs_name name;
    uint32_t question;      /**< hash of the name in lower case, type, class */
    const char *qname;      /**< lower case, printable; NULL where unknown */
    const obs_identity *identity; /**< of the EDNS options or the debug strings; or NULL */
    /* a response */
    uint8_t  rcode;
    uint16_t answers;       /**< answer records that the header announces */
    bool     server_string; /**< a TXT answer starts "server " */
    bool     certificate;   /**< a TXT answer is a DNSCrypt certificate (magic DNSC) */
    bool     certificate_expired; /**< no certificate in the answer is in its dates */
    bool     certificate_early; /**< the same, and the dates of all are still to come */
    bool     court_order;   /**< OpenDNS's legal notice */
    bool     censored;      /**< extended DNS error 16 (RFC 8914) */
    const sse_addr *addresses; /**< A and AAAA records of the question's CNAME chain */
    unsigned n_addresses;
    const obs_name_text *aliases; /**< of a gateway's name: the rest of its CNAME chain */
    unsigned n_aliases;
    bool     sinkhole;      /**< one of them is a firewall's */
} obs_dns;

/** For who keeps a message longer than the call: takes out what it only points to. */
static inline void obs_dns_forget(obs_dns *dns)
{
    dns->qname = NULL;
    dns->identity = NULL;
    dns->addresses = NULL;
    dns->n_addresses = 0;
    dns->aliases = NULL;
    dns->n_aliases = 0;
}

/** One DNSCrypt message. */
typedef enum { OBS_DNSCRYPT_NONE = 0, OBS_DNSCRYPT_QUERY, OBS_DNSCRYPT_REPLY } obs_dnscrypt_kind;

typedef struct obs_dnscrypt {
    obs_dnscrypt_kind kind;
    bool     has_nonce;     /**< false where the snap length took it */
    bool     foreign;       /**< a query whose client magic none of the resolver's certificates seen so far has */
    uint64_t nonce;         /**< hash of the client's half, which query and reply share */
} obs_dnscrypt;

/** HTTP as far as a first segment tells it. */
typedef enum {
    OBS_HTTP_NONE = 0,
    OBS_HTTP_CONNECT,       /**< CONNECT host:port */
    OBS_HTTP_ABSOLUTE,      /**< GET http://... and the like: to a proxy */
    OBS_HTTP_PORTAL_TEST,   /**< a connectivity test of an operating system or browser */
    OBS_HTTP_RESPONSE
} obs_http_kind;

typedef struct obs_http {
    obs_http_kind kind;
    uint16_t status;        /**< of a response */
    char     host[128];     /**< of CONNECT: host without port, lower case, printable */
    uint8_t  test;          /**< a connectivity test: which, see service/portals.h */
    uint8_t  bodies;        /**< a response: which known bodies of such tests are here, as bits */
    bool     has_body;      /**< a response: at least one byte of body is here */
    bool     other_product; /**< a response: Server, Via or the body name a product that is not the gateway's */
    const uint8_t *server, *via; /**< a response: values of these headers, valid during the call only; NULL without */
    uint16_t server_length, via_length;
} obs_http;

/** How a stream begins, by its first five bytes. */
typedef enum {
    OBS_START_UNKNOWN = 0,  /**< fewer are here */
    OBS_START_STATUS,       /**< an HTTP status line */
    OBS_START_REQUEST,      /**< an HTTP request */
    OBS_START_OTHER
} obs_start;

#define OBS_TCP_FIN 0x01
#define OBS_TCP_SYN 0x02
#define OBS_TCP_RST 0x04
#define OBS_TCP_PSH 0x08
#define OBS_TCP_ACK 0x10

/** One TCP segment. */
typedef struct obs_tcp {
    uint8_t  flags;         /**< OBS_TCP_ */
    uint32_t seq, ack;      /**< as on the wire */
    uint16_t window;        /**< as on the wire, not scaled */
    obs_http http;          /**< kind NONE where the reader saw none */
    obs_dnscrypt dnscrypt;  /**< the same */
    /* with a gateway only */
    obs_start start;        /**< how the segment begins */
    const char *server_name; /**< of a ClientHello, plain and in lower case; valid during the call only; NULL without */
    const uint8_t *payload; /**< its bytes, valid during the call only; NULL without */
    uint32_t payload_held;
} obs_tcp;

/** An ICMP or ICMPv6 error: obs_packet.src is its sender, .dst the host told. */
typedef struct obs_icmp {
    uint8_t  type, code;
    uint8_t  protocol;      /**< of the quoted packet: 6 TCP, 17 UDP */
    sse_addr src, dst;      /**< of the quoted packet */
    uint16_t sport, dport;
    uint32_t seq;           /**< quoted TCP sequence number */
    bool     has_dns_id;
    uint16_t dns_id;        /**< quoted DNS id where the quote is long enough */
    uint32_t quoted_len;    /**< IP length of the quoted packet */
} obs_icmp;

/** A UDP datagram that is not DNS. */
typedef struct obs_udp {
    bool quic_long;         /**< QUIC long header (RFC 8999): first bits 11 */
} obs_udp;

#endif
