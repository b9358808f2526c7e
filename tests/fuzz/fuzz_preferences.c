/* fuzz_preferences.c
 * The lists in the preferences: addresses, ranges, names, suffixes.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <glib.h>

#include "dns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size), *error = NULL;
    sse_names names = { 0 };

    for (int ranges = 0; ranges < 2; ranges++) {
        GArray *list = sse_ranges_parse(text, ranges == 1, &error);

        fuzz_require((list == NULL) == (error != NULL));
        for (guint i = 0; list != NULL && i < list->len; i++) {
            const sse_range *range = &g_array_index(list, sse_range, i);

            fuzz_require(range->bits >= 8 && range->bits <= (range->base.family == 4 ? 32 : 128));
            fuzz_require(sse_ranges_contain(list, &range->base));
        }
        if (list != NULL)
            g_array_free(list, TRUE);
        g_clear_pointer(&error, g_free);
    }
    names.probes = sse_names_parse_probes(text, &error);
    fuzz_require((names.probes == NULL) == (error != NULL));
    g_clear_pointer(&error, g_free);
    names.gateways = sse_names_parse_gateways(text, &error);
    fuzz_require((names.gateways == NULL) == (error != NULL));
    g_clear_pointer(&error, g_free);
    if (names.probes != NULL && names.gateways != NULL) {
        for (guint i = 0; i < names.probes->len; i++)
            fuzz_require(sse_names_classify(&names, (const char *)g_ptr_array_index(names.probes, i)) != OBS_NAME_OTHER);
        (void)sse_names_classify(&names, text);
    }
    if (names.probes != NULL)
        g_ptr_array_free(names.probes, TRUE);
    if (names.gateways != NULL)
        g_ptr_array_free(names.gateways, TRUE);
    g_free(text);
    return 0;
}
