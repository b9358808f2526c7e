/* log_book.c
 * What the client's own logs said.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_book.h"

#include "gateways.h"
#include "ports.h"
#include "room.h"

void sse_log_book_free(sse_log_book *book)
{
    if (book == NULL)
        return;
    g_array_free(book->notes, TRUE);
    g_free(book);
}

static bool can_be_compared(const obs_log *said)
{
    switch (said->event) {
    case OBS_LOG_PROBING:
    case OBS_LOG_REJECTED:
        return sse_is_resolver_port(said->port);
    case OBS_LOG_HANDSHAKE_FAILED:
    case OBS_LOG_STATE:
        return true;
    default:
        return false;
    }
}

void sse_log_said(sse_tracker *t, uint32_t frame, int64_t time, const obs_log *said, const char *name)
{
    sse_log_book *book = t->log;

    if (book == NULL) {
        book = t->log = g_new0(sse_log_book, 1);
        book->notes = g_array_new(FALSE, FALSE, sizeof(sse_log_note));
        book->first_time = book->last_time = time;
    }
    book->entries++;
    book->first_time = MIN(book->first_time, time);
    book->last_time = MAX(book->last_time, time);
    t->generation++;
    /* Where the agent connects to is a gateway only if it resolved a gateway's
     * name: in bypass mode it connects to web sites. */
    if (said->event == OBS_LOG_RESOLVED && name != NULL && said->address.family != 0)
        sse_learn_gateway(t, &said->address, name, SSE_KNOWN_LOG, frame, time);
    if (!can_be_compared(said))
        return;
    if (book->notes->len >= SSE_MAX_LOG_NOTES) {
        sse_note_limit(t, SSE_LIMIT_LOG, SSE_NONE, frame, time);
        return;
    }
    sse_log_note note = {
        .time = time, .frame = frame, .port = said->port, .event = (uint8_t)said->event, .version = said->version,
        .bypass = said->bypass, .is_protected = said->is_protected,
    };
    g_array_append_val(book->notes, note);
}
