/* provider.c
 * OpenDNS as a provider of DNSCrypt.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "provider.h"

#include <glib.h>
#include <string.h>

bool sse_is_provider_name(const char *name)
{
    return strncmp(name, SSE_PROVIDER_PREFIX, sizeof SSE_PROVIDER_PREFIX - 1) == 0;
}

bool sse_dnscrypt_is_opendns_magic(const uint8_t *magic)
{
    if (magic[0] != 'q')
        return false;
    for (unsigned i = 1; i < 8; i++)
        if (!g_ascii_isalnum((char)magic[i]))
            return false;
    return true;
}
