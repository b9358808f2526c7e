/* timeline.c
 * The timeline of states as frames are looked up in it, and what stands on a frame
 * beyond its own probe or handshake.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "timeline.h"

#include "evidence.h"

static int by_change_time(const void *a, const void *b)
{
    const sse_change *x = (const sse_change *)a, *y = (const sse_change *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

void sse_sort_timeline(sse_client_report *r)
{
    for (guint i = 1; i < r->timeline->len; i++) {
        if (by_change_time(&g_array_index(r->timeline, sse_change, i - 1), &g_array_index(r->timeline, sse_change, i)) > 0) {
            g_array_sort(r->timeline, by_change_time);
            return;
        }
    }
}

static int by_note_frame(const void *a, const void *b)
{
    const sse_frame_note *x = (const sse_frame_note *)a, *y = (const sse_frame_note *)b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->code - (int)y->code;
}

static void note_findings(sse_report *r, const GArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);

        if (f->frames.kept > 0) {
            sse_frame_note note = { .frame = f->frames.frame[0], .kind = SSE_NOTE_FINDING, .code = f->code };

            g_array_append_val(r->frame_notes, note);
        }
    }
}

static void note_changes(sse_report *r, const GArray *timeline)
{
    for (guint i = 0; i < timeline->len; i++) {
        const sse_change *change = &g_array_index(timeline, sse_change, i);
        const sse_frame_note note = {
            .frame = change->frame, .kind = SSE_NOTE_CHANGE, .to = change->to, .web = change->service == SSE_SERVICE_WEB,
            .again = change->from != SSE_NOT_OBSERVED,
        };

        if (change->service != SSE_SERVICE_NETWORK)
            g_array_append_val(r->frame_notes, note);
    }
}

/* By service, then by frame. */
static int by_step(const void *a, const void *b)
{
    const sse_state_step *x = (const sse_state_step *)a, *y = (const sse_state_step *)b;

    if (x->version != y->version)
        return x->version < y->version ? -1 : 1;
    return x->frame != y->frame ? (x->frame < y->frame ? -1 : 1) : (x->change > y->change) - (x->change < y->change);
}

/* At a frame holds, of all changes of its service in frames up to it, the
 * newest in time: where frames are out of order, not that of the newest frame. */
static void make_states(sse_client_report *r)
{
    for (guint i = 0; i < r->timeline->len; i++) {
        const sse_change *change = &g_array_index(r->timeline, sse_change, i);
        sse_state_step step = {
            .frame = change->frame, .change = i, .version = (uint8_t)change->ip, .state = (uint8_t)change->to,
        };

        if (change->service == SSE_SERVICE_NETWORK)
            continue;
        if (r->states == NULL)
            r->states = g_array_new(FALSE, FALSE, sizeof(sse_state_step));
        g_array_append_val(r->states, step);
    }
    if (r->states == NULL)
        return;
    g_array_sort(r->states, by_step);
    for (guint i = 1; i < r->states->len; i++) {
        const sse_state_step *before = &g_array_index(r->states, sse_state_step, i - 1);
        sse_state_step *step = &g_array_index(r->states, sse_state_step, i);

        if (before->version == step->version && before->change > step->change) {
            step->change = before->change;
            step->state = before->state;
        }
    }
}

void sse_note_frames(sse_report *r)
{
    sse_sort_numbers(r->fail_open);
    note_findings(r, r->findings);
    for (guint i = 0; i < r->clients->len; i++) {
        sse_client_report *client = &g_array_index(r->clients, sse_client_report, i);

        make_states(client);
        note_findings(r, client->findings);
        note_changes(r, client->timeline);
    }
    g_array_sort(r->frame_notes, by_note_frame);
}
