/* sessions.c
 * What became of a connection to a gateway after it opened.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "sessions.h"

#include "clock.h"
#include "control.h"
#include "direct.h"
#include "frames.h"
#include "interned.h"
#include "waiting.h"

/* A big segment that was sent so often never got through. */
#define BIG_TRANSMISSIONS 4
/* A gateway that has answered so lately should answer data that comes now. */
#define ANSWERED_LATELY   (60 * SSE_SECOND)

static bool seq_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

sse_session *sse_open_session(sse_handshake *h, const obs_packet *p)
{
    sse_session *s = g_new0(sse_session, 1);

    s->open_time = p->time;
    s->open_frame = p->frame;
    s->connect_host = SSE_NONE;
    h->session = s;
    return s;
}

/* Data on a connection whose gateway has answered in the last minute is an attempt
 * like another: a client whose web goes through tunnels makes no others. */
static void data_waits(sse_tracker *t, const sse_handshake *h, sse_session *s, int64_t time)
{
    const sse_address *a = sse_address_at(t, h->client);
    int64_t base;

    if (s->last_gateway_time == 0 || time < s->last_gateway_time || time - s->last_gateway_time > ANSWERED_LATELY ||
        sse_control_at(t, a, time, &base) == NULL)
        return;
    s->waits_since = time;
    s->waits_record = a->newest;
    s->waits_epoch = sse_epoch_now(t);
}

static void stop_waiting(sse_tracker *t, sse_session *s, int64_t time)
{
    if (!s->silence_charged && time - s->waits_since > SSE_ATTEMPT_WAIT)
        sse_charge_silence(t, s->waits_record, false);
    s->waits_since = 0;
}

void sse_sessions_settle(sse_tracker *t)
{
    for (guint i = 0; i < t->handshakes->len; i++) {
        sse_session *s = sse_handshake_at(t, i)->session;

        if (s == NULL || s->waits_since == 0 || s->silence_charged ||
            sse_tracker_epoch(t, s->waits_epoch)->end <= s->waits_since + SSE_ATTEMPT_WAIT)
            continue;
        sse_charge_silence(t, s->waits_record, false);
        s->silence_charged = true;
    }
}

static void client_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;
    bool again = s->payload_seen && tcp->seq == s->first_payload_seq;
    bool mark = false;

    if (s->client_close_time == 0)
        s->newest_payload_time = MAX(s->newest_payload_time, p->time);
    if (s->waits_since == 0)
        data_waits(t, h, s, p->time);
    if (!s->payload_seen && !s->older_than_file) {
        s->payload_seen = true;
        s->first_payload_time = s->last_payload_tx = p->time;
        s->first_payload_frame = p->frame;
        s->first_payload_seq = tcp->seq;
        s->first_payload_txs = 1;
        mark = true;
    } else if (again && !s->payload_acked) {
        if (s->first_payload_txs == 1)
            s->second_payload_tx = p->time;
        if (s->first_payload_txs < UINT16_MAX)
            s->first_payload_txs++;
        s->last_payload_tx = p->time;
        sse_note_failure(t, h->client, h->time);
        mark = true;
    }
    if (p->payload_len > SSE_BIG_SEGMENT && s->big_txs != UINT8_MAX) {
        if (s->big_txs == 0) {
            s->big_seq = tcp->seq;
            s->big_txs = 1;
        } else if (tcp->seq == s->big_seq && ++s->big_txs >= BIG_TRANSMISSIONS && s->acked_any) {
            s->big_txs = UINT8_MAX;
            sse_add_fact(t, SSE_FACT_PATH_MTU, h->client, p, &p->dst);
        }
    }
    if (tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE) {
        if (tcp->http.kind == OBS_HTTP_CONNECT) {
            s->connect_waiting = true;
            s->connect_host = sse_intern_name(t, tcp->http.host);
        }
        sse_add_mark(t, p->frame, SSE_MARK_CONNECT, SSE_OF_HANDSHAKE, index, h->attempts);
    } else if (mark) {
        sse_add_mark(t, p->frame, SSE_MARK_CLIENT_PAYLOAD, SSE_OF_HANDSHAKE, index, s->first_payload_txs);
    }
}

void sse_session_from_client(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp)
{
    const sse_handshake *h = sse_tracker_handshake(t, handshake);

    /* In a capture of one direction the client still says what it received; one
     * more may be the gateway's FIN. */
    if (!h->session->syn_ack && !h->session->older_than_file && (tcp->flags & OBS_TCP_ACK) != 0 &&
        seq_after(tcp->ack, h->session->client_ack + 1)) {
        h->session->acked_time = p->time;
        h->session->acked_frame = p->frame;
    }
    if (p->payload_len > 0)
        client_payload(t, handshake, p, tcp);
    if ((tcp->flags & (OBS_TCP_FIN | OBS_TCP_RST)) != 0 && h->session->client_close_time == 0) {
        h->session->client_close_time = p->time;
        h->session->client_close_frame = p->frame;
        sse_add_mark(t, p->frame, (tcp->flags & OBS_TCP_RST) != 0 ? SSE_MARK_RESET : SSE_MARK_FIN,
                     SSE_OF_HANDSHAKE, handshake, h->attempts);
    }
}

static void connect_answer(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_http *http)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;

    /* 1xx announces the answer. */
    if (!s->connect_waiting || http->status < 200)
        return;
    s->connect_waiting = false;
    sse_connect_answer answer = {
        .time = p->time, .frame = p->frame, .handshake = index, .host = s->connect_host, .status = http->status,
    };
    g_array_append_val(t->connects, answer);
    if (http->status < 400) {
        int64_t base;
        sse_control *control = sse_control_at(t, sse_address_at(t, h->client), p->time, &base);

        if (control != NULL)
            control->proxy_answered = true;
    } else if (http->status != 403) {
        sse_note_failure(t, h->client, h->time);
    }
    sse_add_mark(t, p->frame, SSE_MARK_CONNECT_ANSWER, SSE_OF_HANDSHAKE, index, h->attempts);
}

static void gateway_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;

    sse_heard(t, h->client, p, true);
    if (p->time >= s->last_gateway_time) {
        s->last_gateway_time = p->time;
        s->last_gateway_frame = p->frame;
    }
    if (s->gateway_payload_frame == 0) {
        s->gateway_payload_frame = p->frame;
        sse_fold_direct(t, sse_address_at(t, h->client), h->time);
        if (!(tcp->http.kind == OBS_HTTP_RESPONSE && s->connect_waiting))
            sse_add_mark(t, p->frame, SSE_MARK_GATEWAY_PAYLOAD, SSE_OF_HANDSHAKE, index, h->attempts);
    }
    if (tcp->http.kind == OBS_HTTP_RESPONSE)
        connect_answer(t, index, p, &tcp->http);
}

void sse_session_from_gateway(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp)
{
    const sse_handshake *h = sse_tracker_handshake(t, handshake);
    sse_session *s = h->session;

    s->no_window &= tcp->window == 0;
    if (s->waits_since != 0)
        stop_waiting(t, s, p->time);
    s->silence_charged = false;
    if ((tcp->flags & OBS_TCP_ACK) != 0) {
        if (s->payload_seen && seq_after(tcp->ack, s->first_payload_seq)) {
            s->payload_acked = true;
            s->acked_any = true;
        }
        if (s->big_txs != 0 && s->big_txs != UINT8_MAX && seq_after(tcp->ack, s->big_seq))
            s->big_txs = 0;
    }
    /* What comes behind a reset no longer reaches the client: it opens nothing,
     * and what was said about the reset stays true. */
    if (p->payload_len > 0 &&
        !(s->gateway_closed_by_reset && p->time > s->gateway_close_time && h->last_syn < s->gateway_close_time))
        gateway_payload(t, handshake, p, tcp);
    if ((tcp->flags & OBS_TCP_FIN) != 0 && s->gateway_close_time == 0) {
        s->gateway_close_time = p->time;
        s->gateway_close_frame = p->frame;
        if (s->gateway_payload_frame == 0 && s->payload_seen)
            sse_note_failure(t, h->client, h->time);
        sse_add_mark(t, p->frame, SSE_MARK_FIN, SSE_OF_HANDSHAKE, handshake, h->attempts);
    }
}

void sse_session_reset(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp)
{
    const sse_handshake *h = sse_tracker_handshake(t, handshake);
    sse_session *s = h->session;

    if (s->gateway_close_time != 0)
        return;
    s->gateway_close_time = p->time;
    s->gateway_close_frame = p->frame;
    s->gateway_closed_by_reset = true;
    s->close_ttl = p->ttl;
    s->close_window = tcp->window;
    if (s->gateway_payload_frame == 0 && s->payload_seen)
        sse_note_failure(t, h->client, h->time);
    sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE, handshake, h->attempts);
}
