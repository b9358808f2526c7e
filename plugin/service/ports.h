/* ports.h
 * The ports of Cisco's service. Source: Cisco's document 222351 and "Network
 * requirements" of Secure Access; plugin/docs/domain.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PORTS_H
#define SSE_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/** The module tries 443 first, which carries encrypted DNS, then 53. */
#define SSE_PORT_ENCRYPTED_DNS 443
#define SSE_PORT_PLAIN_DNS     53
/** The gateway takes CONNECT on 443, and on 80 for what was plain HTTP. */
#define SSE_PORT_GATEWAY       443
#define SSE_PORT_GATEWAY_HTTP  80

/** A port on which the module asks a resolver. */
static inline bool sse_is_resolver_port(uint16_t port)
{
    return port == SSE_PORT_PLAIN_DNS || port == SSE_PORT_ENCRYPTED_DNS;
}
/** Cisco's diagnostic tool asks the resolvers there too (opendns/diagnosticapp); the
 * module does not. */
#define SSE_PORT_DIAGNOSTIC    5353
static inline bool sse_is_asked_port(uint16_t port)
{
    return sse_is_resolver_port(port) || port == SSE_PORT_DIAGNOSTIC;
}
/** A port that the agent takes to a gateway, and on which one is used: web traffic
 * on others goes its own way. */
static inline bool sse_is_gateway_port(uint16_t port)
{
    return port == SSE_PORT_GATEWAY || port == SSE_PORT_GATEWAY_HTTP;
}

#endif
