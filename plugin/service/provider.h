/* provider.h
 * OpenDNS as a provider of DNSCrypt: its names and its client magics.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PROVIDER_H
#define SSE_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

/** The name of every provider of DNSCrypt begins so ("DNSCRYPT-V2-PROTOCOL.txt"):
 * as text, and on the wire. */
#define SSE_PROVIDER_PREFIX      "2.dnscrypt-cert."
#define SSE_PROVIDER_PREFIX_WIRE "\0012\015dnscrypt-cert"

/** Is a name in lower case a provider's? */
bool sse_is_provider_name(const char *name);

/** A client magic of OpenDNS: 'q' and seven letters or digits. So are all that
 * are known from public debug strings (plugin/docs/domain.md, "Keys").
 * @param magic 8 bytes */
bool sse_dnscrypt_is_opendns_magic(const uint8_t *magic);

#endif
