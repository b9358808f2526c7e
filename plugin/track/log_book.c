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
#include "questions.h"
#include "room.h"

void sse_log_book_free(sse_log_book *book)
{
    if (book == NULL)
        return;
    g_array_free(book->notes, TRUE);
    g_free(book);
}

/* The place of an address; it moves up with each packet, and in a full table the
 * last one gives way: what comes often stays. */
static sse_log_host *host_of(sse_log_book *book, const sse_addr *addr)
{
    uint32_t i = 0;

    while (i < book->n_hosts && !sse_addr_equal(&book->hosts[i].addr, addr))
        i++;
    if (i == book->n_hosts) {
        if (i == SSE_LOG_HOSTS)
            i--;
        else
            book->n_hosts++;
        book->hosts[i] = (sse_log_host){ .addr = *addr };
        return &book->hosts[i];
    }
    if (i > 0) {
        const sse_log_host before = book->hosts[i - 1];

        book->hosts[i - 1] = book->hosts[i];
        book->hosts[i] = before;
        i--;
    }
    return &book->hosts[i];
}

void sse_log_host_seen(sse_tracker *t, const sse_addr *src, const sse_addr *dst)
{
    if (t->log == NULL)
        return;
    t->log->packets++;
    host_of(t->log, src)->sent++;
    host_of(t->log, dst)->received++;
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

/* Where the agent connects to is a gateway: by the name that it resolved; without one
 * save in bypass mode, where it connects to web sites, or where DNS names it otherwise. */
static void teach(sse_tracker *t, sse_log_book *book, uint32_t frame, int64_t time, const obs_log *said, const char *name)
{
    switch (said->event) {
    case OBS_LOG_MODES:
    case OBS_LOG_HANDSHAKE_FAILED:
        book->bypass = said->bypass;
        break;
    case OBS_LOG_RESOLVED:
        book->bypass = name == NULL;
        if (name != NULL && said->address.family != 0)
            sse_learn_gateway(t, &said->address, name, SSE_KNOWN_LOG, frame, time);
        break;
    case OBS_LOG_CONNECTING:
        if (!book->bypass && said->address.family != 0 && sse_is_gateway_port(said->port) &&
            sse_named_as(t, &said->address) == SSE_NAMED_NOT)
            sse_learn_gateway(t, &said->address, NULL, SSE_KNOWN_LOG, frame, time);
        break;
    default:
        break;
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
    teach(t, book, frame, time, said, name);
    if (!can_be_compared(said))
        return;
    if (book->notes->len >= SSE_MAX_LOG_NOTES) {
        sse_note_limit(t, SSE_LIMIT_LOG, SSE_NONE, frame, time);
        return;
    }
    sse_log_note note = {
        .time = time, .frame = frame, .port = said->port, .event = (uint8_t)said->event, .version = said->version,
        .bypass = said->bypass, .is_protected = said->is_protected,
        .to_the_minute = said->to_the_minute,
    };
    g_array_append_val(book->notes, note);
}
