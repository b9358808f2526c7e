/* sites.h
 * The site that a CONNECT asks for: docs/verdict.md, "Web protection".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_SITES_H
#define SSE_SITES_H

#include "records.h"

/** A site by number: hosts of one site have the same. Of a name the last two labels,
 * of an address its /24 (IPv6: /48). host: index into names or SSE_NONE, which is a
 * site of its own. */
uint64_t sse_site_of(const sse_tracker *t, uint32_t host);

/** Up to so many sites are told apart; more are for no rule to ask. */
#define SSE_SITES 64
typedef struct sse_sites {
    uint64_t site[SSE_SITES];
    unsigned count;
} sse_sites;
bool sse_sites_have(const sse_sites *s, uint64_t site);
void sse_sites_add(sse_sites *s, uint64_t site);

#endif
