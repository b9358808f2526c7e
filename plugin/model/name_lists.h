/* name_lists.h
 * The names that matter, as the preferences list them, and what a name is by
 * these lists.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_NAME_LISTS_H
#define SSE_NAME_LISTS_H

#include "observation.h"

/** The names that matter, from the preferences. */
typedef struct sse_names {
    GPtrArray *probes;   /**< char *, lower case, no dot at the end */
    GPtrArray *gateways; /**< char *, in lower case: ".x" for all names below x, "x" for x and all below */
} sse_names;

/** Reads a list of probe names, separated by commas, semicolons or white space.
 * @return a GPtrArray of char * that owns its strings; or NULL, with *error a
 * sentence that names the bad entry (the caller g_frees it). */
GPtrArray *sse_names_parse_probes(const char *text, char **error);
/** The same for gateway names: "example.com" means that name and all below it,
 * ".example.com" and "*.example.com" only those below. */
GPtrArray *sse_names_parse_gateways(const char *text, char **error);
/** What a name in lower case is; names only, the type of the question is not
 * looked at. */
obs_name sse_names_classify(const sse_names *names, const char *name);

/** Copies of both lists; one that is NULL is empty. Free with sse_names_clear(). */
sse_names sse_names_copy(const sse_names *names);
void sse_names_clear(sse_names *names);

#endif
