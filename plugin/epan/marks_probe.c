/* marks_probe.c
 * A frame that is part of a probe: which, with what outcome, answered where.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "marks.h"

#include "answer.h"
#include "message_fields.h"
#include "outcome.h"
#include "path_tools.h"

static int hf_probe_id = -1;
static int hf_probe_outcome = -1;
static int hf_probe_attempt = -1;
static int hf_probe_reply_in = -1;
static int hf_probe_reply_to = -1;
static int hf_probe_time = -1;
static int hf_probe_local = -1;
static int hf_probe_path_tool = -1;

#define VALUE(NAME, id, code, ...) { SSE_PROBE_##NAME, code },
static const value_string probe_outcome_vals[] = { SSE_PROBE_OUTCOME_ROWS(VALUE, VALUE) { 0, NULL } };

#define NONE(...)
#define FIELD(NAME, ...) [SSE_PROBE_##NAME] = EI_INIT,
static expert_field experts_of[SSE_PROBE_OUTCOMES] = { SSE_PROBE_OUTCOME_ROWS(NONE, FIELD) };

/* The frame on which the failure of a probe is reported: the one that brought
 * it, or for silence the query. */
static uint32_t probe_decider(const sse_tracker *t, const sse_probe *q, sse_probe_outcome outcome)
{
    switch (outcome) {
    case SSE_PROBE_LATE:
    case SSE_PROBE_INTERCEPTED:
    case SSE_PROBE_REFUSED:
    case SSE_PROBE_COURT_ORDER:
    case SSE_PROBE_REJECTED:
        return q->reply_frame;
    case SSE_PROBE_RESET:
        return q->reset_frame;
    case SSE_PROBE_ICMP:
        return g_array_index(t->icmps, sse_icmp, q->icmp).frame;
    case SSE_PROBE_NO_REPLY:
        return q->frame;
    default:
        return 0;
    }
}

static void print_probe(const sse_frame_view *p, const sse_mark *mark, const sse_probe *q, sse_probe_outcome outcome,
                        bool say)
{
    const sse_tracker *t = p->file->tracker;
    sse_answer answer;

    proto_item_append_text(p->item, ", %s to %s",
                           q->local ? "local DNS probe" : q->name == OBS_NAME_DNSCRYPT ? "DNSCrypt query"
                           : q->name == OBS_NAME_USER ? (q->transport == SSE_TCP ? "DNS query" : "DNS query with identity") : "DNS probe",
                           sse_addr_text(sse_view_address(p, q->resolver), (char[SSE_ADDR_TEXT]){ 0 }));
    if (say)
        proto_item_append_text(p->item, ": %s", sse_probe_outcome_code(outcome));
    sse_field_kind(p, sse_mark_kind_of(t, mark));
    sse_field_client(p, sse_view_address(p, q->client));
    sse_field_resolver(p, sse_view_address(p, q->resolver));
    sse_field_port(p, q->port);
    sse_field_transport(p, q->transport);
    sse_field_uint(p, hf_probe_id, mark->record + 1);
    if (q->local)
        sse_field_boolean(p, hf_probe_local);
    sse_field_uint(p, hf_probe_attempt, mark->attempt);
    if (say)
        sse_field_uint(p, hf_probe_outcome, outcome);
    answer = sse_probe_answer(t, q);
    switch ((sse_mark_kind)mark->kind) {
    case SSE_MARK_SYN:
    case SSE_MARK_QUERY:
        /* The answer lies ahead: known only where the frame is seen again. */
        sse_field_frame(p, hf_probe_reply_in, answer.frame);
        break;
    case SSE_MARK_REPLY:
    case SSE_MARK_ICMP:
    case SSE_MARK_SYN_ACK:
    case SSE_MARK_RESET:
        sse_field_frame(p, hf_probe_reply_to, q->frame);
        if (answer.frame == p->pinfo->num && answer.after >= 0)
            sse_field_reply_time(p, hf_probe_time, answer.after);
        if (mark->kind == SSE_MARK_ICMP)
            sse_field_icmp(p);
        break;
    default:
        break;
    }
    sse_field_states(p, q->client, SSE_SERVICE_DNS);
    if (mark->kind == SSE_MARK_QUERY || mark->kind == SSE_MARK_REPLY || mark->kind == SSE_MARK_COPY)
        sse_message_add(p);
}

void sse_show_probe(const sse_frame_view *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_probe *q = sse_tracker_probe(t, mark->record);
    bool final;
    sse_probe_outcome outcome = sse_probe_outcome_of(t, q, &final);
    const bool tool = sse_probe_is_path_tool(t, mark->record);
    /* Of a small TTL only the whole file tells whether it is meant. */
    const bool say = !q->local && !tool && ((final && (q->frame == 0 || q->ttl > SSE_PATH_TOOL_TTL)) || p->visited);
    bool counts, decides;

    if (p->tree != NULL) {
        print_probe(p, mark, q, outcome, say);
        if (tool && p->visited)
            sse_field_boolean(p, hf_probe_path_tool);
    }
    /* Of a DNSCrypt query the protocol DNSCrypt says it itself. */
    counts = !sse_is_traffic(q) && !q->is_nat_copy && mark->kind != SSE_MARK_COPY;
    decides = counts && probe_decider(t, q, outcome) == p->pinfo->num;
    if (say && decides)
        expert_add_info(p->pinfo, p->item, &experts_of[outcome]);
    if (say && counts && sse_probe_failed(outcome) &&
        (mark->kind == SSE_MARK_QUERY || mark->kind == SSE_MARK_SYN || decides))
        sse_mark_info(p, sse_probe_outcome_code(outcome));
}

void sse_marks_probe_register(int proto, expert_module_t *experts)
{
    static hf_register_info fields[] = {
        { &hf_probe_id, { "Probe", "sseroaming.probe.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one probe", HFILL } },
        { &hf_probe_outcome, { "Outcome", "sseroaming.probe.outcome", FT_UINT8, BASE_DEC, VALS(probe_outcome_vals), 0,
            "What became of the probe; in a first pass only where it can no longer change", HFILL } },
        { &hf_probe_attempt, { "Attempt", "sseroaming.probe.attempt", FT_UINT16, BASE_DEC, NULL, 0,
            "Number of the attempt within the probe", HFILL } },
        { &hf_probe_reply_in, { "Reply in", "sseroaming.probe.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The reply to this probe", HFILL } },
        { &hf_probe_reply_to, { "Reply to", "sseroaming.probe.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The probe that this answers (its first attempt)", HFILL } },
        { &hf_probe_time, { "Time", "sseroaming.probe.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the first attempt to the reply", HFILL } },
        { &hf_probe_local, { "Local", "sseroaming.probe.local", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "The probe goes to a server that is no resolver: never counted", HFILL } },
        { &hf_probe_path_tool, { "Path tool", "sseroaming.probe.path_tool", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "A query of traceroute or mtr: it counts nowhere", HFILL } },
    };
#define ITEM(NAME, id, code, cause, GROUP, SEVERITY, text) \
        { &experts_of[SSE_PROBE_##NAME], \
          { "sseroaming.expert.probe." #id, PI_##GROUP, PI_##SEVERITY, text, EXPFILL } },
    static ei_register_info items[] = { SSE_PROBE_OUTCOME_ROWS(NONE, ITEM) };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    expert_register_field_array(experts, items, G_N_ELEMENTS(items));
}
