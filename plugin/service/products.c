/* products.c
 * How products name themselves in HTTP answers.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "products.h"

#include <string.h>

#include <glib.h>

/* In lower case. */
static const char *const own[] = { "cisco", "umbrella", "opendns" };
static const char *const devices[] = {
    "fortinet", "fortigate", "fortiguard", "palo alto networks", "paloalto", "pan-os", "check point", "checkpoint",
    "sophos", "sonicwall", "watchguard", "barracuda", "zscaler", "netskope", "blue coat", "bluecoat", "proxysg",
    "forcepoint", "websense", "mcafee", "skyhigh", "squid", "pfsense", "opnsense", "untangle", "smoothwall",
    "lightspeed", "iboss", "mikrotik", "sangfor", "hillstone", "stormshield", "kerio", "cyberoam", "trend micro",
    "privoxy", "tinyproxy", "haproxy", "e2guardian", "dansguardian", "ufdbguard", "safesquid",
};

/* text: in lower case; of bytes no case counts */
static bool contains(const uint8_t *bytes, size_t length, const char *text)
{
    const size_t part = strlen(text);

    for (size_t i = 0; i + part <= length; i++)
        if (g_ascii_tolower((char)bytes[i]) == text[0] && g_ascii_strncasecmp((const char *)bytes + i, text, part) == 0)
            return true;
    return false;
}

bool sse_is_other_product(const uint8_t *value, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (contains(value, length, own[i]))
            return false;
    return length > 0;
}

bool sse_names_other_device(const uint8_t *body, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
        if (contains(body, length, devices[i]))
            return true;
    return false;
}
