/* name_lists.c
 * The names that matter: reading the preferences' lists, and asking them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "name_lists.h"

#include <string.h>

#include "names.h"
#include "provider.h"

/* entry: the name as it was written, for the error. */
static bool name_is_valid(const char *name, const char *entry, char **error)
{
    size_t length = strlen(name), label = 0;

    if (length > 253) {
        *error = g_strdup_printf("\"%.60s...\" is longer than a name may be (253 characters)", entry);
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        if (name[i] == '.' || name[i] == '\0') {
            if (label == 0) {
                *error = g_strdup_printf("\"%s\" has an empty label", entry);
                return false;
            }
            if (label > 63) {
                *error = g_strdup_printf("\"%s\" has a label of more than 63 characters", entry);
                return false;
            }
            label = 0;
        } else if (g_ascii_isalnum(name[i]) || name[i] == '-' || name[i] == '_') {
            label++;
        } else {
            *error = g_strdup_printf("\"%s\" has a character that is not a letter, digit, hyphen or underscore", entry);
            return false;
        }
    }
    /* One label would be a whole top level domain. */
    if (strchr(name, '.') == NULL) {
        *error = g_strdup_printf("\"%s\" has only one label", entry);
        return false;
    }
    return true;
}

static GPtrArray *parse_names(const char *text, bool suffixes, char **error)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char **entries = g_strsplit_set(text, ",; \t\r\n", -1);

    *error = NULL;
    for (char **entry = entries; *entry != NULL && *error == NULL; entry++) {
        char *name, *start;
        bool below;
        size_t length;

        if (**entry == '\0')
            continue;
        name = g_ascii_strdown(*entry, -1);
        start = name;
        if (suffixes && start[0] == '*' && start[1] == '.')
            start += 2;
        else if (suffixes && start[0] == '.')
            start += 1;
        below = start > name;
        length = strlen(start);
        if (length > 1 && start[length - 1] == '.')
            start[length - 1] = '\0';
        if (name_is_valid(start, *entry, error))
            g_ptr_array_add(names, below ? g_strconcat(".", start, NULL) : g_strdup(start));
        g_free(name);
    }
    g_strfreev(entries);
    if (*error == NULL && names->len == 0)
        *error = g_strdup("the list is empty");
    if (*error != NULL) {
        g_ptr_array_free(names, TRUE);
        return NULL;
    }
    return names;
}

GPtrArray *sse_names_parse_probes(const char *text, char **error)
{
    return parse_names(text, false, error);
}

GPtrArray *sse_names_parse_gateways(const char *text, char **error)
{
    return parse_names(text, true, error);
}

/* Is a name one of a list's gateways? ".x" means all below x, "x" also x itself. */
static bool is_gateway_name(const char *entry, const char *name)
{
    const size_t length = strlen(name), part = strlen(entry);

    if (length < part || memcmp(name + length - part, entry, part) != 0)
        return false;
    return *entry == '.' ? length > part : length == part || name[length - part - 1] == '.';
}

obs_name sse_names_classify(const sse_names *names, const char *name)
{
    for (unsigned i = 0; i < names->probes->len; i++) {
        const char *probe = (const char *)g_ptr_array_index(names->probes, i);

        if (strcmp(probe, name) == 0)
            return sse_is_provider_name(name) ? OBS_NAME_CERT : OBS_NAME_DEBUG;
    }
    for (unsigned i = 0; i < names->gateways->len; i++) {
        if (is_gateway_name((const char *)g_ptr_array_index(names->gateways, i), name))
            return OBS_NAME_GATEWAY;
    }
    return strcmp(name, SSE_EXPLICIT_GATEWAY_NAME) == 0 ? OBS_NAME_GATEWAY : OBS_NAME_OTHER;
}

static GPtrArray *copy_list(const GPtrArray *list)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; list != NULL && i < list->len; i++)
        g_ptr_array_add(copy, g_strdup((const char *)g_ptr_array_index(list, i)));
    return copy;
}

sse_names sse_names_copy(const sse_names *names)
{
    return (sse_names){ .probes = copy_list(names->probes), .gateways = copy_list(names->gateways) };
}

void sse_names_clear(sse_names *names)
{
    if (names->probes != NULL)
        g_ptr_array_free(names->probes, TRUE);
    if (names->gateways != NULL)
        g_ptr_array_free(names->gateways, TRUE);
}
