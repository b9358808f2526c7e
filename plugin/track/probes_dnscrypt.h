/* probes_dnscrypt.h
 * DNSCrypt queries and replies as probes: they are paired and counted as probes are,
 * and only the verdict tells them apart.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PROBES_DNSCRYPT_H
#define SSE_PROBES_DNSCRYPT_H

#include "records.h"

/** A message as a DNS message whose id and question are the nonce. */
obs_dns sse_dnscrypt_as_dns(const obs_dnscrypt *dnscrypt, sse_transport transport);
/** One over UDP, from or to a resolver. */
void sse_dnscrypt_message(sse_tracker *t, const obs_packet *p, const obs_dnscrypt *dnscrypt);

#endif
