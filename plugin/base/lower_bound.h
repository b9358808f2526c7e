/* lower_bound.h
 * Binary search in what is sorted.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOWER_BOUND_H
#define SSE_LOWER_BOUND_H

#include <glib.h>
#include <stdbool.h>

/** Does the element at this index stand before what is sought?
 * @param sorted what is searched (a GArray, a GPtrArray, or what leads to them)
 * @param key    what is sought; both as they were handed to sse_lower_bound() */
typedef bool (*sse_is_before)(const void *sorted, guint index, const void *key);

/** The first element from low on, and before high, that does not stand before the key;
 * else high. Inline, so that the compiler puts the question into the loop. */
static inline guint sse_lower_bound_between(const void *sorted, guint low, guint high, sse_is_before is_before,
                                            const void *key)
{
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (is_before(sorted, middle, key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** The same of length elements. With "not behind" as the question it is the first one
 * behind the key. */
static inline guint sse_lower_bound(const void *sorted, guint length, sse_is_before is_before, const void *key)
{
    return sse_lower_bound_between(sorted, 0, length, is_before, key);
}

/** The same of those before a place, sought from there back towards the first: what is
 * near it is found in few steps. */
static inline guint sse_lower_bound_back(const void *sorted, guint place, sse_is_before is_before, const void *key)
{
    guint high = place;

    for (guint step = 1; high > 0; step *= 2) {
        const guint asked = high > step ? high - step : 0;

        if (is_before(sorted, asked, key))
            return sse_lower_bound_between(sorted, asked + 1, high, is_before, key);
        high = asked;
    }
    return 0;
}

#endif
