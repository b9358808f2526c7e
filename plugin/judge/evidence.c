/* evidence.c
 * Small tools over evidence that the parts of the verdict share.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "evidence.h"

void sse_frames_add(sse_frames *frames, uint32_t frame)
{
    if (frames->kept > 0 && frames->frame[frames->kept - 1] == frame)
        return;
    if (frames->kept < SSE_FRAMES_KEPT)
        frames->frame[frames->kept++] = frame;
    frames->total++;
}

void sse_run_clear(sse_run *run)
{
    g_array_set_size(run->items, 0);
}

void sse_add_change(sse_group *g, const sse_change *change)
{
    g_array_append_vals(g->report->timeline, change, 1);
}

int sse_compare_numbers(const void *a, const void *b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

