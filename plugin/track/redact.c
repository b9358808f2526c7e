/* redact.c
 * Stable placeholders for customer data.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "redact.h"
#include "hash.h"

#include <string.h>

static const char *const kind_names[SSE_REDACT_KINDS] = { "org", "origin", "device", "user", "source",
                                                              "address", "bundle" };

/* What makes two values the same one: of "192.0.2.1:4711" the address, of
 * letters not the case. @return a string to g_free(). */
static char *key_of(sse_redact_kind kind, const char *value)
{
    char *key = g_ascii_strdown(value, -1), *colon = kind == SSE_REDACT_SOURCE ? strrchr(key, ':') : NULL;

    if (colon != NULL && colon != key && colon[1 + strspn(colon + 1, "0123456789")] == '\0' &&
        (strchr(key, ':') == colon || colon[-1] == ']'))
        *colon = '\0';
    return key;
}

const char *sse_redact(sse_tracker *t, sse_redact_kind kind, const char *value)
{
    GHashTable *table = t->redacted[kind];
    const char *placeholder;
    char *key;

    if (!t->config.redact || *value == '\0')
        return value;
    if (table == NULL)
        table = t->redacted[kind] = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, g_free);
    key = key_of(kind, value);
    placeholder = (const char *)g_hash_table_lookup(table, key);
    if (placeholder == NULL && g_hash_table_size(table) >= SSE_MAX_FINDINGS) {
        /* Past the limit all further values share one placeholder: what a
         * sender can make us keep is bounded, and nothing is given away. */
        placeholder = "redacted";
    } else if (placeholder == NULL) {
        char *made = g_strdup_printf("%s-%u", kind_names[kind], g_hash_table_size(table) + 1);

        g_hash_table_insert(table, key, made);
        return made;
    }
    g_free(key);
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
