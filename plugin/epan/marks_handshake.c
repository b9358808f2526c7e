/* marks_handshake.c
 * A frame that is part of a handshake with a gateway, or of what follows on
 * that connection: which, with what outcome, answered where, reset by whom.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "marks.h"

#include <string.h>

#include "answer.h"
#include "http_message.h"
#include "origin.h"
#include "outcome.h"
#include "path_tools.h"
#include "phrases.h"

static int hf_swg_id = -1;
static int hf_swg_outcome = -1;
static int hf_swg_attempt = -1;
static int hf_swg_reply_in = -1;
static int hf_swg_reply_to = -1;
static int hf_swg_time = -1;
static int hf_swg_reset_origin = -1;
static int hf_swg_reset_reason = -1;
static int hf_swg_connect_host = -1;
static int hf_swg_connect_status = -1;
static int hf_swg_path_tool = -1;
static int hf_swg_origin = -1;
static int hf_swg_origin_reason = -1;

static int ett_reset = -1;

#define VALUE(NAME, id, code, ...) { SSE_SWG_##NAME, code },
static const value_string swg_outcome_vals[] = { SSE_SWG_OUTCOME_ROWS(VALUE, VALUE) { 0, NULL } };
#define ORIGIN(NAME, id, code, words) { SSE_ORIGIN_##NAME, code },
static const value_string origin_vals[] = { SSE_ORIGIN_ROWS(ORIGIN) { 0, NULL } };

#define NONE(...)
#define FIELD(NAME, ...) [SSE_SWG_##NAME] = EI_INIT,
static expert_field experts_of[SSE_SWG_OUTCOMES] = { SSE_SWG_OUTCOME_ROWS(NONE, FIELD) };

/* The frame on which the failure of a handshake is reported. */
static uint32_t swg_decider(const sse_handshake *h, sse_swg_outcome outcome)
{
    const sse_session *s = h->session;

    switch (outcome) {
    case SSE_SWG_RESET:
    case SSE_SWG_ICMP:
        return h->met_frame;
    case SSE_SWG_NO_REPLY:
        return h->frame;
    case SSE_SWG_SESSION_RESET:
    case SSE_SWG_SESSION_CLOSED:
        return s != NULL ? s->gateway_close_frame : 0;
    case SSE_SWG_TUNNEL_RESET:
    case SSE_SWG_TUNNEL_CLOSED:
        return s != NULL ? s->gateway_close_frame : 0;
    case SSE_SWG_SESSION_FOREIGN:
    case SSE_SWG_SESSION_INTERCEPTED:
        return s != NULL ? s->gateway_payload_frame : 0;
    case SSE_SWG_TUNNEL_STALLED:
    case SSE_SWG_TUNNEL_SILENT:
        return s != NULL ? s->tunnel_frame : 0;
    case SSE_SWG_SESSION_STALLED:
    case SSE_SWG_SESSION_SILENT:
        return s == NULL ? 0 : s->first_payload_frame != 0 ? s->first_payload_frame : s->open_frame;
    default:
        return 0;
    }
}

static void print_reset_delay(const sse_frame_view *p)
{
    const GArray *resets = p->file->tracker->resets;
    guint at = sse_first_at(resets, sizeof(sse_reset), offsetof(sse_reset, frame), p->pinfo->num);

    if (at != SSE_NOWHERE)
        sse_field_reply_time(p, hf_swg_time, (int64_t)g_array_index(resets, sse_reset, at).delay * 1000);
}

/* An origin and its reasons below it. Frees reasons. */
static void print_origin(const sse_frame_view *p, int field, int reason_field, sse_origin origin, GArray *reasons)
{
    if (origin != SSE_ORIGIN_NONE) {
        proto_item *item = proto_tree_add_uint(p->tree, field, p->tvb, 0, 0, origin);
        proto_tree *tree = proto_item_add_subtree(item, ett_reset);

        proto_item_set_generated(item);
        for (guint i = 0; i < reasons->len; i++) {
            char *text = sse_reason_text(&g_array_index(reasons, sse_reason, i));

            proto_item_set_generated(proto_tree_add_string(tree, reason_field, p->tvb, 0, 0, text));
            g_free(text);
        }
    }
    g_array_free(reasons, TRUE);
}

static void print_reset_origin(const sse_frame_view *p, const sse_handshake *h)
{
    GArray *reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    const sse_origin origin = sse_handshake_reset_origin(p->file->tracker, h, reasons);

    print_origin(p, hf_swg_reset_origin, hf_swg_reset_reason, origin, reasons);
}

/* From the packet itself: a connection may carry several. */
static void add_connect_host(const sse_frame_view *p)
{
    obs_http http = { .kind = OBS_HTTP_NONE };
    const sse_ip_layers *w = p->layers;
    size_t length;

    if (w == NULL || w->payload == NULL || !sse_http_read(w->payload, w->payload_held, &http) ||
        http.kind != OBS_HTTP_CONNECT)
        return;
    /* RFC 9110 section 9.3.6: "CONNECT host:port". */
    length = strlen(http.host);
    if (tvb_strncaseeql(w->tvb, w->payload_offset + 8, http.host, length) != 0)
        sse_field_text(p, hf_swg_connect_host, http.host);
    else
        proto_item_set_generated(proto_tree_add_string(p->tree, hf_swg_connect_host, w->tvb, w->payload_offset + 8,
                                                       (int)length, http.host));
}

static void print_connect(const sse_frame_view *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_connect_answer *answer;
    guint at;

    if (mark->kind == SSE_MARK_CONNECT) {
        add_connect_host(p);
        return;
    }
    if (mark->kind != SSE_MARK_CONNECT_ANSWER)
        return;
    at = sse_first_at(t->connects, sizeof(sse_connect_answer), offsetof(sse_connect_answer, frame), p->pinfo->num);
    if (at == SSE_NOWHERE)
        return;
    answer = &g_array_index(t->connects, sse_connect_answer, at);
    if (answer->host < t->names->len)
        sse_field_text(p, hf_swg_connect_host, (const char *)g_ptr_array_index(t->names, answer->host));
    sse_field_uint(p, hf_swg_connect_status, answer->status);
    /* What the gateway's own packets look like may still be learnt. */
    if (p->visited) {
        GArray *reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
        const sse_origin origin = sse_answer_origin(t, answer, reasons);

        print_origin(p, hf_swg_origin, hf_swg_origin_reason, origin, reasons);
    }
}

static void print_handshake(const sse_frame_view *p, const sse_mark *mark, const sse_handshake *h, sse_swg_outcome outcome,
                            bool say)
{
    const sse_tracker *t = p->file->tracker;
    const sse_address *gateway = sse_tracker_address(t, h->gateway);
    const sse_session *s = h->session;
    sse_answer answer;

    proto_item_append_text(p->item, ", gateway handshake with %s",
                           sse_addr_text(&gateway->addr, (char[SSE_ADDR_TEXT]){ 0 }));
    if (say)
        proto_item_append_text(p->item, ": %s", sse_swg_outcome_code(outcome));
    sse_field_kind(p, sse_mark_kind_of(t, mark));
    sse_field_client(p, sse_view_address(p, h->client));
    sse_field_gateway(p, &gateway->addr);
    sse_field_port(p, h->port);
    sse_field_transport(p, SSE_TCP);
    sse_field_name(p, gateway->name);
    sse_field_known_from(p, gateway->known);
    sse_field_uint(p, hf_swg_id, mark->record + 1);
    sse_field_uint(p, hf_swg_attempt, mark->attempt);
    if (say)
        sse_field_uint(p, hf_swg_outcome, outcome);
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_SYN:
        /* The answer lies ahead: known only where the frame is seen again. */
        sse_field_frame(p, hf_swg_reply_in, sse_syn_answer(t, mark));
        break;
    case SSE_MARK_SYN_ACK:
        sse_field_frame(p, hf_swg_reply_to, sse_answered_syn(t, mark));
        answer = sse_handshake_answer(h);
        if (answer.frame == p->pinfo->num && answer.after >= 0)
            sse_field_reply_time(p, hf_swg_time, answer.after);
        break;
    case SSE_MARK_RESET:
        if (s == NULL)
            sse_field_frame(p, hf_swg_reply_to, sse_answered_syn(t, mark));
        print_reset_delay(p);
        /* What the gateway's own packets look like may still be learnt. */
        if (p->visited && (h->met_frame == p->pinfo->num || (s != NULL && s->gateway_close_frame == p->pinfo->num)))
            print_reset_origin(p, h);
        break;
    case SSE_MARK_ICMP:
        sse_field_frame(p, hf_swg_reply_to, sse_answered_syn(t, mark));
        sse_field_icmp(p);
        if (p->visited && h->icmp != SSE_NONE && sse_tracker_icmp_error(t, h->icmp)->frame == p->pinfo->num) {
            GArray *reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
            const sse_origin origin = sse_handshake_icmp_origin(t, h, reasons);

            print_origin(p, hf_swg_origin, hf_swg_origin_reason, origin, reasons);
        }
        break;
    default:
        break;
    }
    print_connect(p, mark);
    sse_field_states(p, h->client, SSE_SERVICE_WEB);
}

void sse_show_handshake(const sse_frame_view *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_handshake *h = sse_tracker_handshake(t, mark->record);
    bool final;
    sse_swg_outcome outcome = sse_handshake_outcome_of(t, h, &final);
    bool tool = sse_handshake_is_path_tool(t, mark->record);
    /* Of a small TTL only the whole file tells whether it is meant. */
    bool say = !tool && ((final && h->ttl > SSE_PATH_TOOL_TTL) || p->visited);
    uint32_t only;
    /* What a gateway was taken for by an answer that nobody asked for fails nothing. */
    bool stands = sse_gateway_stands(t, h->gateway, &only) && (only == SSE_NONE || only == h->client);
    bool counts = stands && !h->is_nat_copy && mark->kind != SSE_MARK_COPY;
    bool decides = counts && swg_decider(h, outcome) == p->pinfo->num;

    if (p->tree != NULL) {
        print_handshake(p, mark, h, outcome, say);
        if (tool && p->visited)
            sse_field_boolean(p, hf_swg_path_tool);
    }
    if (say && decides)
        expert_add_info(p->pinfo, p->item, &experts_of[outcome]);
    if (say && counts && sse_swg_failed(outcome) &&
        (mark->kind == SSE_MARK_SYN || (mark->kind == SSE_MARK_RESET && h->session == NULL) || decides))
        sse_mark_info(p, sse_swg_outcome_code(outcome));
}

void sse_marks_handshake_register(int proto, expert_module_t *experts)
{
    static hf_register_info fields[] = {
        { &hf_swg_id, { "Handshake", "sseroaming.swg.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one handshake with a gateway", HFILL } },
        { &hf_swg_outcome, { "Outcome", "sseroaming.swg.outcome", FT_UINT8, BASE_DEC, VALS(swg_outcome_vals), 0,
            "What became of the handshake; in a first pass only where it can no longer change", HFILL } },
        { &hf_swg_attempt, { "Attempt", "sseroaming.swg.attempt", FT_UINT16, BASE_DEC, NULL, 0,
            "Number of the SYN within the handshake; of data, its transmission", HFILL } },
        { &hf_swg_reply_in, { "Reply in", "sseroaming.swg.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "What this SYN met", HFILL } },
        { &hf_swg_reply_to, { "Reply to", "sseroaming.swg.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The SYN that this answers", HFILL } },
        { &hf_swg_time, { "Time", "sseroaming.swg.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the SYN to its answer", HFILL } },
        { &hf_swg_reset_origin, { "Reset likely sent by", "sseroaming.swg.reset_origin", FT_UINT8, BASE_DEC,
            VALS(origin_vals), 0, "A likelihood, with its reasons below", HFILL } },
        { &hf_swg_reset_reason, { "Reason", "sseroaming.swg.reset_reason", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_swg_connect_host, { "CONNECT host", "sseroaming.swg.connect_host", FT_STRING, BASE_NONE, NULL, 0,
            "Host that the client asks the gateway to connect to", HFILL } },
        { &hf_swg_connect_status, { "CONNECT status", "sseroaming.swg.connect_status", FT_UINT16, BASE_DEC, NULL, 0,
            "HTTP status of the gateway's answer", HFILL } },
        { &hf_swg_path_tool, { "Path tool", "sseroaming.swg.path_tool", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "A SYN of traceroute, tcptraceroute or mtr: it counts nowhere", HFILL } },
        { &hf_swg_origin, { "Likely sent by", "sseroaming.swg.origin", FT_UINT8, BASE_DEC, VALS(origin_vals), 0,
            "Of the answer to CONNECT, or of an ICMP error: a likelihood, with its reasons below", HFILL } },
        { &hf_swg_origin_reason, { "Reason", "sseroaming.swg.origin_reason", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    };
#define ITEM(NAME, id, code, cause, GROUP, SEVERITY, text) \
        { &experts_of[SSE_SWG_##NAME], \
          { "sseroaming.expert.swg." #id, PI_##GROUP, PI_##SEVERITY, text, EXPFILL } },
    static ei_register_info items[] = { SSE_SWG_OUTCOME_ROWS(NONE, ITEM) };
    static int *ett[] = { &ett_reset };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(experts, items, G_N_ELEMENTS(items));
}
