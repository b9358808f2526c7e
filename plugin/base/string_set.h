/* string_set.h
 * Keeps texts, each once, until the set is freed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_STRING_SET_H
#define SSE_STRING_SET_H

#include <glib.h>

/* GLib's string chunks know equal texts by a hash without a seed: whoever chooses
 * the texts, the times of packets say, makes every look-up a walk over all of them. */
typedef GHashTable sse_string_set;

sse_string_set *sse_string_set_new(void);
/** @return the set's own copy, the same for equal texts. */
char *sse_string_set_keep(sse_string_set *set, const char *text);
/** NULL is fine. */
void sse_string_set_free(sse_string_set *set);

#endif
