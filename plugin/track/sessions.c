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
#include "early.h"
#include "flows.h"
#include "frames.h"
#include "interned.h"
#include "waiting.h"

/* A big segment that was sent so often never got through. */
#define BIG_TRANSMISSIONS 4
/* No more is on its way at a time: else it is another stream. */
#define HOLE_MAX        (1u << 20)
/* So long nothing came before the client gave a download up. */
#define STALLED (3 * SSE_SECOND)
/* Of the value of a header. */
#define HEADER_KEPT 64
/* A gateway that has answered so lately should answer data that comes now. */
#define ANSWERED_LATELY   (60 * SSE_SECOND)

/* Answers to CONNECT that came first in the file: a login takes three. */
#define EARLY_STATUSES 4
typedef struct early_status {
    sse_connect_answer answer; /* frame 0: none */
    uint32_t ack;            /* it acknowledges the CONNECT */
    uint8_t  headers_matched; /* of a 2xx, as in sse_session */
    int64_t  data_time;      /* behind a 2xx: first data of the tunnel, 0 none */
} early_status;
struct sse_early_status {
    early_status kept[EARLY_STATUSES];
    unsigned next, newest;
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
    if (s->status_time != 0)
        s->status_time += behind;
    for (unsigned i = 0; s->early_status != NULL && i < EARLY_STATUSES; i++) {
        early_status *e = &s->early_status->kept[i];

        e->answer.time += behind;
        if (e->data_time != 0)
            e->data_time += behind;
    }
}

void sse_session_starts(sse_session *s, uint32_t client_first, uint32_t gateway_first)
{
    s->client_first = s->client_next = client_first;
    s->gateway_first = s->gateway_next = gateway_first;
    s->client_first_known = s->client_next_known = true;
    s->gateway_first_known = s->gateway_next_known = true;
}

/* The value of a header, as it may be printed. */
static uint32_t keep_header(sse_tracker *t, const uint8_t *value, uint16_t length)
{
    char text[HEADER_KEPT + 1];
    unsigned used = 0;

    for (; value != NULL && used < HEADER_KEPT && used < length; used++)
        text[used] = value[used] >= 0x20 && value[used] < 0x7f ? (char)value[used] : '?';
    text[used] = '\0';
    return used > 0 ? sse_intern_name(t, text) : SSE_NONE;
}

/* Bytes of the gateway since the 2xx: what stands behind the empty line that ends
 * it is data of the tunnel. *matched: of that line so many bytes of four were seen;
 * *data_time: the first data's, 0 none so far. */
static void tunnel_bytes(uint8_t *matched, int64_t *data_time, const obs_packet *p, const obs_tcp *tcp, bool body)
{
    static const char end[] = "\r\n\r\n";
    uint32_t at = 0;

    if (*data_time != 0)
        return;
    if (tcp->payload == NULL) {
        *matched = 4;
        at = body ? 0 : p->payload_len;
    }
    for (; *matched < 4 && at < tcp->payload_held; at++)
        *matched = tcp->payload[at] == (uint8_t)end[*matched] ? *matched + 1 : tcp->payload[at] == '\r';
    /* What the snap length cut may be data. */
    if (at < p->payload_len)
        *data_time = p->time;
}

/* What an answer to CONNECT says; which one it answers is not its own to say. */
static early_status read_status(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    const obs_http *http = &tcp->http;
    early_status e = { .ack = tcp->ack };

    e.answer = (sse_connect_answer){
        .time = p->time, .frame = p->frame, .handshake = index, .host = SSE_NONE,
        .server = keep_header(t, http->server, http->server_length), .via = keep_header(t, http->via, http->via_length),
        .status = http->status, .ttl = p->ttl, .other_product = http->other_product,
    };
    if (http->status < 300)
        tunnel_bytes(&e.headers_matched, &e.data_time, p, tcp, http->has_body);
    return e;
}

/* The newest CONNECT is answered. */
static void take_status(sse_tracker *t, uint32_t index, const early_status *e)
{
    sse_connect_answer answer = e->answer;
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;

    answer.host = s->connect_host;
    /* One that is stamped before its CONNECT has no delay. */
    if (answer.time >= s->asked_time)
        answer.asked = s->asked_time;
    else
        answer.time = s->asked_time;
    s->answered = true;
    s->served |= sse_connect_served(answer.status);
    /* Behind a 2xx is the tunnel. */
    s->connects_waiting = answer.status < 300 ? 0 : s->connects_waiting - 1;
    if (answer.status < 300) {
        s->tunnel_time = answer.time;
        s->headers_matched = e->headers_matched;
        s->tunnel_data_time = e->data_time;
    }
    g_array_append_val(t->connects, answer);
    if (answer.status < 400) {
        int64_t base;
        sse_control *control = sse_control_at(t, sse_address_at(t, h->client), answer.time, &base);

        if (control != NULL)
            control->proxy_answered = true;
    } else if (!sse_connect_served(answer.status)) {
        sse_note_failure(t, h->client, h->time);
    }
    sse_add_mark(t, answer.frame, SSE_MARK_CONNECT_ANSWER, SSE_OF_HANDSHAKE, index, h->attempts);
}

static void connect_answer(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    early_status e;

    /* 1xx announces the answer. */
    if (sse_tracker_handshake(t, index)->session->connects_waiting == 0 || tcp->http.status < 200)
        return;
    e = read_status(t, index, p, tcp);
    take_status(t, index, &e);
}

/* The status that acknowledges a CONNECT, where it came first in the file. */
static void adopt_status(sse_tracker *t, uint32_t index, uint32_t seq, int64_t time)
{
    const sse_session *s = sse_tracker_handshake(t, index)->session;

    for (unsigned i = 0; s->connects_waiting > 0 && s->early_status != NULL && i < EARLY_STATUSES; i++) {
        early_status *e = &s->early_status->kept[i];

        if (e->answer.frame != 0 && seq_after(e->ack, seq) && sse_may_answer(time, e->answer.time)) {
            take_status(t, index, e);
            e->answer.frame = 0;
            return;
        }
    }
}

/* An answer to a CONNECT that is not there yet. */
static void keep_status(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_session *s = sse_tracker_handshake(t, index)->session;
    struct sse_early_status *early = s->early_status;

    if (early == NULL)
        early = s->early_status = g_new0(struct sse_early_status, 1);
    early->newest = early->next;
    early->next = (early->next + 1) % EARLY_STATUSES;
    early->kept[early->newest] = read_status(t, index, p, tcp);
}

/* New bytes behind a 2xx whose CONNECT is not there yet? */
static early_status *early_tunnel(const sse_session *s)
{
    early_status *e = s->early_status != NULL ? &s->early_status->kept[s->early_status->newest] : NULL;

    return e != NULL && e->answer.frame != 0 && e->answer.status < 300 ? e : NULL;
}

void sse_session_is_opened(sse_session *s, uint32_t gateway_first)
{
    s->gateway_first = gateway_first;
    s->gateway_first_known = true;
    if (!s->gateway_next_known)
        s->gateway_next = gateway_first;
    s->gateway_next_known = true;
}

/** What a segment brings. */
typedef enum { BYTES_NEW, BYTES_AGAIN, BYTES_NONE } bytes_kind;

/* next: behind the newest bytes of its side, where that is known. */
static bytes_kind bytes_of(const obs_packet *p, const obs_tcp *tcp, uint32_t next, bool known)
{
    if (!known || seq_after(tcp->seq + p->payload_len, next))
        return BYTES_NEW;
    /* A keep-alive repeats the last byte, or sends one that was never there (RFC 9293, 3.8.4). */
    return p->payload_len == 1 && tcp->seq + 1 == next ? BYTES_NONE : BYTES_AGAIN;
}

/* The client's first payload in a tunnel, and its repeats. */
static void tunnel_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp, bytes_kind bytes)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;

    if (s->tunnel_first_tx == 0 && bytes == BYTES_NEW) {
        s->tunnel_first_tx = s->tunnel_last_tx = p->time;
        s->tunnel_seq = tcp->seq;
        s->tunnel_frame = p->frame;
        s->tunnel_txs = 1;
        if (tcp->server_name != NULL)
            sse_host_is_called(t, s->connect_host, tcp->server_name);
        /* Its acknowledgement may have come first. */
        s->tunnel_acked = s->gateway_ack != 0 && seq_after(s->gateway_ack, tcp->seq);
    } else if (s->tunnel_first_tx != 0 && tcp->seq == s->tunnel_seq && !s->tunnel_acked) {
        if (s->tunnel_txs < UINT16_MAX)
            s->tunnel_txs++;
        s->tunnel_last_tx = p->time;
        sse_note_failure(t, h->client, h->time);
    } else {
        return;
    }
    sse_add_mark(t, p->frame, SSE_MARK_CLIENT_PAYLOAD, SSE_OF_HANDSHAKE, index, s->tunnel_txs);
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
    s->waits_epoch = sse_epoch_next(t);
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
            sse_tracker_epoch(t, MIN(s->waits_epoch, sse_epoch_now(t)))->end <= s->waits_since + SSE_ATTEMPT_WAIT)
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
    const bool proxy = tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE;
    const bytes_kind bytes = bytes_of(p, tcp, s->client_next, s->client_next_known);
    const bool sent_before = bytes == BYTES_AGAIN;
    bool mark = false;

    if (bytes == BYTES_NONE)
        return;
    if (bytes == BYTES_NEW) {
        s->client_next = tcp->seq + p->payload_len;
        s->client_next_known = true;
    }
    if (s->client_first_known && tcp->seq == s->client_first && s->client_said == OBS_START_UNKNOWN) {
        s->client_said = (uint8_t)tcp->start;
        s->proxy_request = proxy;
    }
    if (proxy && bytes == BYTES_NEW)
        s->asked_time = p->time;
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
    if (s->tunnel_time != 0) {
        tunnel_payload(t, index, p, tcp, bytes);
    } else if (proxy) {
        if (tcp->http.kind == OBS_HTTP_CONNECT) {
            if (!sent_before && s->connects_waiting < UINT8_MAX)
                s->connects_waiting++;
            s->connect_host = sse_intern_host(t, tcp->http.host);
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
    if ((tcp->flags & OBS_TCP_ACK) != 0)
        h->session->client_acked = tcp->ack;
    if (h->session->hole_frame != 0 && (tcp->flags & OBS_TCP_ACK) != 0) {
        if (seq_after(tcp->ack, h->session->hole_seq))
            h->session->hole_frame = 0;
        else
            h->session->hole_waits = true;
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
    const bytes_kind bytes = bytes_of(p, tcp, s->gateway_next, s->gateway_next_known);
    const bool asked = sse_flow_asked(t, h->client, p->dport, &p->src, p->sport);

    if (bytes == BYTES_NONE)
        return;
    if (s->hole_frame != 0 && !seq_after(tcp->seq, s->hole_seq))
        s->hole_frame = 0;
    if (bytes == BYTES_NEW) {
        const uint32_t hole = tcp->seq - s->gateway_next;

        /* A big segment was lost before a small one. */
        if (s->gateway_next_known && s->hole_frame == 0 && hole > SSE_BIG_SEGMENT && hole < HOLE_MAX &&
            p->payload_len <= SSE_BIG_SEGMENT) {
            s->hole_seq = s->gateway_next;
            s->hole_frame = p->frame;
            s->hole_waits = false;
        }
        s->gateway_next = tcp->seq + p->payload_len;
        s->gateway_next_known = true;
    }
    if (s->gateway_first_known && tcp->seq == s->gateway_first && s->status_time == 0) {
        s->status_time = p->time;
        s->gateway_said = (uint8_t)tcp->start;
        if (tcp->http.kind == OBS_HTTP_RESPONSE && tcp->http.status >= 200) {
            s->status = tcp->http.status;
            s->status_ttl = p->ttl;
            s->other_product = tcp->http.other_product;
        } else if (tcp->start == OBS_START_OTHER && s->proxy_request) {
            sse_note_failure(t, h->client, h->time);
        }
    }
    if (asked)
        sse_heard(t, h->client, p, true);
    if (p->time >= s->last_gateway_time) {
        s->last_gateway_time = p->time;
        s->last_gateway_frame = p->frame;
    }
    if (s->gateway_payload_frame == 0) {
        s->gateway_payload_frame = p->frame;
        /* A refusal may be a device's on the path: of that it is no proof of service. */
        if (asked && !(tcp->http.kind == OBS_HTTP_RESPONSE && tcp->http.status >= 300))
            sse_fold_direct(t, sse_address_at(t, h->client), h->time);
        if (!(tcp->http.kind == OBS_HTTP_RESPONSE && s->connects_waiting > 0))
            sse_add_mark(t, p->frame, SSE_MARK_GATEWAY_PAYLOAD, SSE_OF_HANDSHAKE, index, h->attempts);
    }
    if (s->tunnel_time != 0) {
        if (bytes == BYTES_NEW)
            tunnel_bytes(&s->headers_matched, &s->tunnel_data_time, p, tcp, true);
    } else if (tcp->http.kind != OBS_HTTP_RESPONSE) {
        early_status *e = early_tunnel(s);

        if (e != NULL && bytes == BYTES_NEW)
            tunnel_bytes(&e->headers_matched, &e->data_time, p, tcp, true);
    } else if (s->connects_waiting == 0 && tcp->http.status >= 200 && !s->older_than_file &&
               (!s->client_next_known || seq_after(tcp->ack, s->client_next))) {
        keep_status(t, index, p, tcp);
    } else {
        connect_answer(t, index, p, tcp);
    }
}

/* Waits the client for the first answer, of the gateway or in the tunnel? */
static bool is_waiting(const sse_session *s)
{
    return (s->gateway_payload_frame == 0 && s->payload_seen) || (s->tunnel_first_tx != 0 && s->tunnel_data_time == 0);
}

/* Of a download that stalled nothing may have come behind the hole. Then the number of
 * what acknowledges the client's FIN tells how much was sent. */
static void all_was_lost(sse_session *s, const obs_packet *p, const obs_tcp *tcp)
{
    const uint32_t hole = tcp->seq - s->gateway_next;

    if (s->hole_frame != 0 || !s->gateway_next_known || hole <= SSE_BIG_SEGMENT || hole >= HOLE_MAX ||
        seq_after(s->client_acked, s->gateway_next) || p->time - s->last_gateway_time < STALLED)
        return;
    s->hole_seq = s->gateway_next;
    s->hole_frame = p->frame;
    s->hole_waits = true;
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
        if (s->gateway_ack == 0 || seq_after(tcp->ack, s->gateway_ack))
            s->gateway_ack = tcp->ack;
        if (s->payload_seen && seq_after(tcp->ack, s->first_payload_seq)) {
            s->payload_acked = true;
            s->acked_any = true;
        }
        s->tunnel_acked |= s->tunnel_first_tx != 0 && seq_after(tcp->ack, s->tunnel_seq);
        if (s->big_txs != 0 && s->big_txs != UINT8_MAX && seq_after(tcp->ack, s->big_seq))
            s->big_txs = 0;
    }
    /* What comes behind a reset shows that the reset was not the gateway's, or ended nothing. */
    if (p->payload_len > 0)
        gateway_payload(t, handshake, p, tcp);
    else if (s->client_close_time != 0)
        all_was_lost(s, p, tcp);
    if ((tcp->flags & OBS_TCP_FIN) != 0 && s->gateway_close_time == 0) {
        s->gateway_close_time = p->time;
        s->gateway_close_frame = p->frame;
        s->close_ttl = p->ttl;
        if (is_waiting(s))
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
    if (is_waiting(s))
        sse_note_failure(t, h->client, h->time);
    sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE, handshake, h->attempts);
}
