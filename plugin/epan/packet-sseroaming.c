/* packet-sseroaming.c
 * The post-dissector: feeds the tracker, and shows what it knows of a frame.
 *
 * First pass: each packet is fed to the tracker once. Any pass: what the
 * tracker knows of a frame is shown from its records. What could still change,
 * or lies in the future, is said only where a frame is seen again.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-sseroaming.h"

#include <epan/tap.h>

#include "client_filter.h"
#include "marks.h"
#include "message_fields.h"
#include "observe.h"
#include "packet-dnscrypt.h"
#include "ports.h"
#include "second_pass.h"


static int proto_sseroaming = -1;
static int tap_sseroaming = -1;
static dissector_handle_t handle_sseroaming;

static int ett_sseroaming = -1;

static void queue_tap(const sse_frame_view *p, const sse_mark *marks, unsigned count)
{
    const sse_tracker *t = p->file->tracker;
    sseroaming_tap *tap = wmem_new0(p->pinfo->pool, sseroaming_tap);
    const sse_mark *first = marks;
    uint32_t client;
    sse_addr src;

    tap->tracker = t;
    tap->marks = count > 0 ? (const sse_mark *)wmem_memdup(p->pinfo->pool, marks, count * sizeof *marks) : NULL;
    tap->count = count;
    /* What is noted of a packet need not know its client. */
    while (first + 1 < marks + count && first->of == SSE_OF_FACT)
        first++;
    client = count > 0 ? sse_mark_client(t, first) : SSE_NONE;
    /* Without marks it is a fail-open SYN. */
    tap->from_client = count == 0 ||
                       (first->kind != SSE_MARK_ICMP && client != SSE_NONE &&
                        sse_address_of(&p->pinfo->net_src, &src) && sse_addr_equal(&src, sse_view_address(p, client)));
    tap_queue_packet(tap_sseroaming, p->pinfo, tap);
}

static void begin_tree(sse_frame_view *p, proto_tree *tree)
{
    if (tree == NULL)
        return;
    p->item = proto_tree_add_item(tree, proto_sseroaming, p->tvb, 0, 0, ENC_NA);
    proto_item_set_generated(p->item);
    p->tree = proto_item_add_subtree(p->item, ett_sseroaming);
    p->layers = sse_view_layers(p);
}

/* A query that takes no part in a verdict, but says whose it is. */
static void show_identity(sse_frame_view *p, proto_tree *tree)
{
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    sse_addr src, server;
    int offset;
    bool to_server;

    if (p->pinfo->ptype != PT_UDP || !sse_filter_perhaps(&p->file->filter, &p->pinfo->net_dst) ||
        !sse_session_resolver(p->pinfo, &server, &to_server) || !to_server ||
        !sse_message_read(p, &m, &items, &tvb, &offset) || m->response || !sse_message_has_identity(items) ||
        !sse_address_of(&p->pinfo->net_src, &src))
        return;
    begin_tree(p, tree);
    proto_item_append_text(p->item, ", DNS query with an identity");
    sse_field_kind(p, SSE_FRAME_IDENTITY);
    sse_field_client(p, &src);
    sse_field_resolver(p, &server);
    sse_message_add_items(p, items, tvb, offset);
}

/* What there is to show of a frame, beside its marks. */
typedef struct shown {
    sse_frame_view view;
    const sse_mark *marks;
    unsigned count;
    guint first_note;                /* in the report's frame_notes, SSE_NOWHERE without */
    bool fail_open;                  /* a direct connection while web protection is down */
} shown;

/* A frame that takes part. data: what there is to show; called by name, without
 * it, there is nothing. */
static int dissect_sseroaming(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree, void *data)
{
    shown *s = (shown *)data;
    sse_frame_view *p;

    if (s == NULL)
        return 0;
    p = &s->view;
    begin_tree(p, tree);
    for (unsigned i = 0; i < s->count; i++) {
        switch ((sse_mark_of)s->marks[i].of) {
        case SSE_OF_PROBE:
            sse_show_probe(p, &s->marks[i]);
            break;
        case SSE_OF_HANDSHAKE:
            sse_show_handshake(p, &s->marks[i]);
            break;
        case SSE_OF_LOOKUP:
            sse_show_lookup(p, &s->marks[i]);
            break;
        case SSE_OF_FACT:
            sse_show_fact(p, &s->marks[i], s->count == 1);
            break;
        }
    }
    if (s->fail_open)
        sse_show_fail_open(p, s->count == 0);
    else if (s->first_note != SSE_NOWHERE && s->count == 0 && p->tree != NULL)
        sse_show_noted(p);
    if (s->first_note != SSE_NOWHERE)
        sse_show_findings(p, s->first_note);
    if (s->count > 0 || s->fail_open)
        queue_tap(p, s->marks, s->count);
    return (int)tvb_captured_length(tvb);
}

/* A packet that may have something to show.
 * Apart from its caller, which every packet runs through.
 * @return how much of it is ours: all or nothing. */
static G_GNUC_NO_INLINE int show_packet(sse_open_file *f, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                        bool visited)
{
    const sse_tracker *t = f->tracker;
    shown s = { .view = { .tvb = tvb, .pinfo = pinfo, .file = f, .visited = visited }, .first_note = SSE_NOWHERE };

    if (visited) {
        /* Drawing the verdict settles the tracker, which may move the marks. */
        s.view.report = sse_session_report();
        s.first_note = sse_first_at(s.view.report->frame_notes, sizeof(sse_frame_note),
                                    offsetof(sse_frame_note, frame), pinfo->num);
        s.fail_open = sse_first_at(s.view.report->fail_open, sizeof(guint32), 0, pinfo->num) != SSE_NOWHERE;
    }
    if (visited || g_array_index(t->marks, sse_mark, t->marks->len - 1).frame == pinfo->num)
        s.marks = sse_tracker_marks(t, pinfo->num, &s.count);
    if (visited || s.count > 0)
        sse_second_pass_note(pinfo, tree);
    /* Where nobody looks at packets. */
    if (tree == NULL && !have_tap_listener(tap_sseroaming) && !col_get_writable(pinfo->cinfo, -1))
        return 0;
    if (s.count > 0 || s.first_note != SSE_NOWHERE || s.fail_open)
        return call_dissector_only(handle_sseroaming, tvb, pinfo, tree, &s);
    if (tree != NULL && (pinfo->destport == SSE_PORT_PLAIN_DNS || pinfo->destport == SSE_PORT_ENCRYPTED_DNS))
        show_identity(&s.view, tree);
    return 0;
}

/* This runs for every packet of every file. */
static int dissect_packet(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    sse_open_file *f = sse_session_file();
    bool visited = PINFO_FD_VISITED(pinfo) ? true : false;
    unsigned seen = 0;
    const GArray *marks;

    if (f == NULL || !f->enabled)
        return 0;
    if (!visited)
        seen = sse_observe(f, tvb, pinfo);
    else if (f->certificate_frames->len > 0 &&
             sse_first_at(f->certificate_frames, sizeof(uint32_t), 0, pinfo->num) != SSE_NOWHERE)
        seen = SSE_SEEN_CERTIFICATES;
    if (seen != 0)
        dnscrypt_seen(tvb, pinfo, tree, seen);
    marks = f->tracker->marks;
    if (marks->len == 0 ||
        (!visited && tree == NULL && g_array_index(marks, sse_mark, marks->len - 1).frame != pinfo->num))
        return 0;
    return show_packet(f, tvb, pinfo, tree, visited);
}

/* --- registration --------------------------------------------------------------- */

void proto_register_sseroaming(void)
{
    static int *ett[] = { &ett_sseroaming };
    expert_module_t *experts;

    proto_sseroaming = proto_register_protocol("SSE Roaming", "SSE Roaming", "sseroaming");
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    experts = expert_register_protocol(proto_sseroaming);
    sse_fields_register(proto_sseroaming);
    sse_message_register(proto_sseroaming, experts);
    sse_marks_probe_register(proto_sseroaming, experts);
    sse_marks_handshake_register(proto_sseroaming, experts);
    sse_marks_lookup_register(proto_sseroaming);
    sse_marks_finding_register(proto_sseroaming, experts);
    handle_sseroaming = register_dissector("sseroaming", dissect_sseroaming, proto_sseroaming);
    tap_sseroaming = register_tap(SSEROAMING_TAP);
    (void)register_tap(SSEROAMING_FILE_TAP);
    sse_second_pass_register(proto_sseroaming);
    sse_session_register(proto_sseroaming);
    sse_preferences_register(proto_sseroaming);
    sse_client_filter_register();
    /* Of no protocol: for one, Wireshark keeps a list of layers at each packet,
     * some 500 instructions to learn that there is none of ours in it. */
    register_postdissector(create_dissector_handle(dissect_packet, -1));
}

void proto_reg_handoff_sseroaming(void)
{
    sse_ip_layers_handoff();
}
