/* identity.h
 * How a query says who asks, and how OpenDNS says for whom it took it: EDNS
 * options, the debug strings, and the notice where it refuses a place. Facts:
 * plugin/docs/domain.md, "Keys" and "EDNS options that say who asks".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_IDENTITY_H
#define SSE_IDENTITY_H

/* EDNS option codes: "Identifying DNS traffic" of the Umbrella API (26946),
 * dnsmasq's edns0.c (20292), and the old code of dnscrypt-proxy 1 (4). */
#define SSE_OPTION_DEVICE_ID     26946
#define SSE_OPTION_UMBRELLA      20292
#define SSE_OPTION_DEVICE_ID_OLD 4

/** Options 26946 and 4: this, then the device id. */
#define SSE_DEVICE_ID_MAGIC  "OpenDNS"
#define SSE_DEVICE_ID_LENGTH 8

/** Option 20292 (dnsmasq's edns0.c): this, version, flags, then values without
 * length that follow their type. */
#define SSE_UMBRELLA_MAGIC   "ODNS"
#define SSE_UMBRELLA_VERSION 1
enum {
    SSE_UMBRELLA_ASSET = 0x0004, SSE_UMBRELLA_ORG = 0x0008, SSE_UMBRELLA_IPV4 = 0x0010, SSE_UMBRELLA_IPV6 = 0x0020,
    SSE_UMBRELLA_DEVICE = 0x0040
};

/* The strings of debug.opendns.com, "key SPACE value", one per record: the keys
 * seen in the field (plugin/docs/domain.md, "Keys"). Old servers say "id" for
 * "originid". */
#define SSE_DEBUG_SERVER    "server "
#define SSE_DEBUG_ORGID     "orgid "
#define SSE_DEBUG_ORIGINID  "originid "
#define SSE_DEBUG_ID        "id "
#define SSE_DEBUG_DEVICE    "device "
#define SSE_DEBUG_SOURCE    "source "
#define SSE_DEBUG_FLAGS     "flags "
#define SSE_DEBUG_ORGFLAGS  "orgflags "
#define SSE_DEBUG_ACTYPE    "actype "
#define SSE_DEBUG_BUNDLE    "bundle "
#define SSE_DEBUG_REMOTEIP  "remoteip "
#define SSE_DEBUG_USER_ID   "user id "
#define SSE_DEBUG_USER      "user "
#define SSE_DEBUG_APPLIANCE "appliance "
#define SSE_DEBUG_HOST      "host "
#define SSE_DEBUG_DNSCRYPT  "dnscrypt "
/** The value of "dnscrypt" begins so where the query came encrypted; the client
 * magic follows as "(HEX)". */
#define SSE_DEBUG_DNSCRYPT_ENABLED "enabled"

/** OpenDNS's legal notice (France and Portugal, since 2024) says both, in small
 * letters or capitals; its other words and their order have changed before. */
#define SSE_LEGAL_ORDER   "court order"
#define SSE_LEGAL_SERVICE "opendns service"
/** EDNS option and code of an extended DNS error "Censored" (RFC 8914), which stands
 * beside it. */
#define SSE_OPTION_EXTENDED_ERROR   15
#define SSE_EXTENDED_ERROR_CENSORED 16

#endif
