/* redact.c
 * Stable placeholders for customer data.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "redact.h"

#include <string.h>

static const char *const kind_names[SSE_REDACT_KINDS] = { "org", "origin", "device", "user", "source" };

const char *sse_redact(sse_tracker *t, sse_redact_kind kind, const char *value)
{
    GHashTable *table = t->redacted[kind];
    const char *placeholder;

    if (!t->config.redact || *value == '\0')
        return value;
    if (table == NULL)
        table = t->redacted[kind] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    placeholder = (const char *)g_hash_table_lookup(table, value);
    if (placeholder == NULL) {
        /* Past the limit all further values share one placeholder: what a
         * sender can make us keep is bounded, and nothing is given away. */
        if (g_hash_table_size(table) >= SSE_MAX_FINDINGS)
            return "redacted";
        char *made = g_strdup_printf("%s-%u", kind_names[kind], g_hash_table_size(table) + 1);
        g_hash_table_insert(table, g_strdup(value), made);
        placeholder = made;
    }
    return placeholder;
}

char *sse_redact_name(sse_tracker *t, const char *name)
{
    static const char head[] = "swg-url-proxy-https-";
    const char *number = name + sizeof head - 1;
    size_t digits;
    char *org, *redacted;

    if (!t->config.redact || g_ascii_strncasecmp(name, head, sizeof head - 1) != 0)
        return g_strdup(name);
    digits = strspn(number, "0123456789");
    if (digits == 0 || number[digits] != '.')
        return g_strdup(name);
    org = g_strndup(number, digits);
    redacted = g_strconcat(head, sse_redact(t, SSE_REDACT_ORG, org), number + digits, NULL);
    g_free(org);
    return redacted;
}
