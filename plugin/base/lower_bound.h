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

/** The first of length elements that does not stand before the key, or length.
 * With "not behind" as the question it is the first one behind the key. Inline,
 * so that the compiler puts the question into the loop. */
static inline guint sse_lower_bound(const void *sorted, guint length, sse_is_before is_before, const void *key)
{
    guint low = 0, high = length;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (is_before(sorted, middle, key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** The same, sought from a place back towards the first element: for what is near it,
 * in few steps. No element at or behind that place is asked. */
static inline guint sse_lower_bound_back(const void *sorted, guint place, sse_is_before is_before, const void *key)
{
    guint high = place, low = 0;

    for (guint step = 1; high > 0; step *= 2) {
        const guint asked = high > step ? high - step : 0;

        if (is_before(sorted, asked, key)) {
            low = asked + 1;
            break;
        }
        high = asked;
    }
    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (is_before(sorted, middle, key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
