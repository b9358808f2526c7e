/* redact.c
 * Stable placeholders for customer data.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "redact.h"

#include <glib.h>
#include <string.h>

#include "hash.h"

struct sse_redactor {
    bool        enabled;
    GHashTable *placeholders[SSE_REDACT_KINDS]; /* value -> placeholder; NULL until there are any */
};

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

sse_redactor *sse_redactor_new(bool enabled)
{
    sse_redactor *r = g_new0(sse_redactor, 1);

    r->enabled = enabled;
    return r;
}

void sse_redactor_free(sse_redactor *r)
{
    if (r == NULL)
        return;
    for (unsigned i = 0; i < SSE_REDACT_KINDS; i++)
        if (r->placeholders[i] != NULL)
            g_hash_table_destroy(r->placeholders[i]);
    g_free(r);
}

const char *sse_redact(sse_redactor *r, sse_redact_kind kind, const char *value)
{
    GHashTable *table = r->placeholders[kind];
    const char *placeholder;
    char *key;

    if (!r->enabled || *value == '\0')
        return value;
    if (table == NULL)
        table = r->placeholders[kind] = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, g_free);
    key = key_of(kind, value);
    placeholder = (const char *)g_hash_table_lookup(table, key);
    if (placeholder == NULL && g_hash_table_size(table) >= SSE_MAX_PLACEHOLDERS) {
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
