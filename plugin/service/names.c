/* names.c
 * The names of Cisco's service.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "names.h"

#include "address.h"

#include <glib.h>
#include <string.h>

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name), part = strlen(suffix);

    return length > part && memcmp(name + length - part, suffix, part) == 0;
}

bool sse_is_zta_name(const char *name)
{
    return ends_with(name, ".zpc.sse.cisco.com") || ends_with(name, ".ztna.sse.cisco.com") ||
           ends_with(name, ".tia.sse.cisco.com");
}

bool sse_is_sinkhole_name(const char *name)
{
    return strcmp(name, "sinkhole.paloaltonetworks.com") == 0;
}

bool sse_is_host_name(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

    return name != NULL && g_ascii_isalnum(*name) && name[strspn(name, plain)] == '\0';
}

char *sse_redact_name(sse_redactor *r, const char *name)
{
    static const char head[] = "swg-url-proxy-https-";
    const char *number = name + sizeof head - 1;
    const char *shown;
    size_t digits;
    char *org, *redacted;

    if (g_ascii_strncasecmp(name, head, sizeof head - 1) != 0)
        return g_strdup(name);
    digits = strspn(number, "0123456789");
    if (digits == 0 || number[digits] != '.')
        return g_strdup(name);
    org = g_strndup(number, digits);
    shown = sse_redact(r, SSE_REDACT_ORG, org);
    redacted = shown == org ? g_strdup(name) : g_strconcat(head, shown, number + digits, NULL);
    g_free(org);
    return redacted;
}

char *sse_report_name(sse_redactor *r, const char *name)
{
    char *shown = sse_redact_name(r, name), *quoted;
    sse_addr addr;

    if (sse_is_host_name(shown) || sse_addr_parse(shown, &addr))
        return shown;
    quoted = g_strdup_printf("\"%s\"", g_strdelimit(shown, "\"", '\''));
    g_free(shown);
    return quoted;
}
