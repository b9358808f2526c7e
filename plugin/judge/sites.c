/* sites.c
 * The site that a CONNECT asks for.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "sites.h"

#include <string.h>

#include "hash.h"

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = sse_mix(hash, bytes[i]);
    return hash;
}

uint64_t sse_site_of(const sse_tracker *t, uint32_t host)
{
    const char *name, *at;
    unsigned dots = 0;
    sse_addr addr;

    if (host >= t->names->len)
        return 0;
    host = sse_called(t, host);
    name = sse_tracker_name(t, host);
    if (sse_addr_parse(name, &addr))
        return mix_bytes(addr.family, addr.bytes, addr.family == 4 ? 3 : 6);
    for (at = name + strlen(name); at > name; at--)
        if (at[-1] == '.' && at[0] != '\0' && ++dots == 2)
            break;
    return mix_bytes(1, (const uint8_t *)at, strlen(at));
}

bool sse_sites_have(const sse_sites *s, uint64_t site)
{
    for (unsigned i = 0; i < s->count; i++)
        if (s->site[i] == site)
            return true;
    return false;
}

void sse_sites_add(sse_sites *s, uint64_t site)
{
    if (s->count < SSE_SITES && !sse_sites_have(s, site))
        s->site[s->count++] = site;
}
