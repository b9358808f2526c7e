/* sessions.c
 * What became of a connection to a gateway after it opened.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "sessions.h"

#include "control.h"
#include "direct.h"
#include "early.h"
#include "frames.h"
#include "interned.h"

/* A big segment that was sent so often never got through. */
#define BIG_TRANSMISSIONS 4

/* Answers to CONNECT that came first in the file: a login takes three. */
#define EARLY_STATUSES 4
typedef struct early_status {
    int64_t  time;
    uint32_t frame;          /* 0: none */
    uint32_t ack;            /* it acknowledges the CONNECT */
    uint16_t status;
} early_status;
struct sse_early_status {
    early_status kept[EARLY_STATUSES];
    unsigned next;
};

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

void sse_free_session(sse_handshake *h)
{
    if (h->session != NULL)
        g_free(h->session->early_status);
    g_free(h->session);
    h->session = NULL;
}

void sse_session_is_behind(sse_session *s, int64_t behind)
{
    s->behind = behind;
    s->open_time += behind;
    if (s->last_gateway_time != 0)
        s->last_gateway_time += behind;
    if (s->gateway_close_time != 0)
        s->gateway_close_time += behind;
    for (unsigned i = 0; s->early_status != NULL && i < EARLY_STATUSES; i++)
        s->early_status->kept[i].time += behind;
}

static void connect_answer(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_http *http)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;

    /* 1xx announces the answer. */
    if (s->connects_waiting == 0 || http->status < 200)
        return;
    /* Behind a 2xx is the tunnel. */
    s->connects_waiting = http->status < 300 ? 0 : s->connects_waiting - 1;
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

/* The status that acknowledges a CONNECT, where it came first in the file. */
static void adopt_status(sse_tracker *t, uint32_t index, uint32_t seq, int64_t time)
{
    const sse_session *s = sse_tracker_handshake(t, index)->session;

    for (unsigned i = 0; s->early_status != NULL && i < EARLY_STATUSES; i++) {
        early_status *e = &s->early_status->kept[i];

        if (e->frame != 0 && seq_after(e->ack, seq) && sse_may_answer(time, e->time)) {
            const obs_packet p = { .frame = e->frame, .time = MAX(e->time, time) };
            const obs_http http = { .kind = OBS_HTTP_RESPONSE, .status = e->status };

            e->frame = 0;
            connect_answer(t, index, &p, &http);
            return;
        }
    }
}

/* An answer to a CONNECT that is not there yet. */
static void keep_status(sse_session *s, const obs_packet *p, const obs_tcp *tcp)
{
    early_status *e;

    if (s->early_status == NULL)
        s->early_status = g_new0(struct sse_early_status, 1);
    e = &s->early_status->kept[s->early_status->next];
    s->early_status->next = (s->early_status->next + 1) % EARLY_STATUSES;
    *e = (early_status){ .time = p->time, .frame = p->frame, .ack = tcp->ack, .status = tcp->http.status };
}

static void client_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;
    bool again = s->payload_seen && tcp->seq == s->first_payload_seq;
    bool sent_before = s->client_next != 0 && !seq_after(tcp->seq + p->payload_len, s->client_next);
    bool mark = false;

    if (!sent_before)
        s->client_next = tcp->seq + p->payload_len;

    if (s->client_close_time == 0)
        s->newest_payload_time = MAX(s->newest_payload_time, p->time);
    if (!s->payload_seen && !s->older_than_file) {
        s->payload_seen = true;
        s->first_payload_time = s->last_payload_tx = p->time;
        s->first_payload_frame = p->frame;
        s->first_payload_seq = tcp->seq;
        s->first_payload_txs = 1;
        /* Its acknowledgement may have come first. */
        s->payload_acked = s->acked_any = s->gateway_ack != 0 && seq_after(s->gateway_ack, tcp->seq);
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
            if (!sent_before && s->connects_waiting < UINT8_MAX)
                s->connects_waiting++;
            s->connect_host = sse_intern_name(t, tcp->http.host);
        }
        sse_add_mark(t, p->frame, SSE_MARK_CONNECT, SSE_OF_HANDSHAKE, index, h->attempts);
        if (tcp->http.kind == OBS_HTTP_CONNECT)
            adopt_status(t, index, tcp->seq, p->time);
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
        if (!(tcp->http.kind == OBS_HTTP_RESPONSE && s->connects_waiting > 0))
            sse_add_mark(t, p->frame, SSE_MARK_GATEWAY_PAYLOAD, SSE_OF_HANDSHAKE, index, h->attempts);
    }
    if (tcp->http.kind != OBS_HTTP_RESPONSE)
        return;
    if (s->connects_waiting == 0 && tcp->http.status >= 200 && !s->older_than_file &&
        (s->client_next == 0 || seq_after(tcp->ack, s->client_next)))
        keep_status(s, p, tcp);
    else
        connect_answer(t, index, p, &tcp->http);
}

void sse_session_from_gateway(sse_tracker *t, uint32_t handshake, const obs_packet *p, const obs_tcp *tcp)
{
    const sse_handshake *h = sse_tracker_handshake(t, handshake);
    sse_session *s = h->session;

    s->no_window &= tcp->window == 0;
    if ((tcp->flags & OBS_TCP_ACK) != 0) {
        if (s->gateway_ack == 0 || seq_after(tcp->ack, s->gateway_ack))
            s->gateway_ack = tcp->ack;
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
