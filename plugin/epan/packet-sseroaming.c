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

#define PORT_DNS   53
#define PORT_HTTPS 443

static int proto_sseroaming = -1;
static int proto_sseroaming_dns = -1;
static int proto_sseroaming_packets = -1;
static int tap_sseroaming = -1;
static dissector_handle_t handle_sseroaming;
static dissector_handle_t handle_dns;

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

/* A packet that may have something to show.
 * Apart from its caller, which every packet runs through.
 * @return how much of it is ours: all or nothing. */
static G_GNUC_NO_INLINE int show_packet(sse_open_file *f, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                        bool visited)
{
    const sse_tracker *t = f->tracker;
    const sse_mark *marks = NULL;
    unsigned count = 0;
    guint note = 0;
    bool noted = false, fail_open = false;

    /* Whose expert items these are. Wireshark itself sets it only for what has
     * a layer, and puts back what it was. */
    pinfo->current_proto = "SSE Roaming";
    if (visited || g_array_index(t->marks, sse_mark, t->marks->len - 1).frame == pinfo->num)
        marks = sse_tracker_marks(t, pinfo->num, &count);

    sse_frame_view p = { .tvb = tvb, .pinfo = pinfo, .file = f, .visited = visited };

    if (visited) {
        p.report = sse_session_report();
        /* Drawing the verdict settles the tracker, which may move the marks. */
        marks = sse_tracker_marks(t, pinfo->num, &count);
        note = sse_first_at(p.report->frame_notes, sizeof(sse_frame_note), offsetof(sse_frame_note, frame), pinfo->num);
        noted = note != SSE_NOWHERE;
        fail_open = sse_first_at(p.report->fail_open, sizeof(guint32), 0, pinfo->num) != SSE_NOWHERE;
    }
    if (count == 0 && !noted && !fail_open) {
        if (tree != NULL && (pinfo->destport == PORT_DNS || pinfo->destport == PORT_HTTPS))
            show_identity(&p, tree);
        return 0;
    }
    begin_tree(&p, tree);
    for (unsigned i = 0; i < count; i++) {
        switch ((sse_mark_of)marks[i].of) {
        case SSE_OF_PROBE:
            sse_show_probe(&p, &marks[i]);
            break;
        case SSE_OF_HANDSHAKE:
            sse_show_handshake(&p, &marks[i]);
            break;
        case SSE_OF_LOOKUP:
            sse_show_lookup(&p, &marks[i]);
            break;
        case SSE_OF_FACT:
            sse_show_fact(&p, &marks[i], count == 1);
            break;
        }
    }
    if (fail_open)
        sse_show_fail_open(&p, count == 0);
    else if (noted && count == 0 && p.tree != NULL)
        sse_show_noted(&p);
    if (noted)
        sse_show_findings(&p, note);
    if (count > 0 || fail_open)
        queue_tap(&p, marks, count);
    return (int)tvb_captured_length(tvb);
}

/* This runs for every packet of every file. */
static int dissect_sseroaming(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    sse_open_file *f = sse_session_file();
    bool visited = PINFO_FD_VISITED(pinfo) ? true : false;
    const GArray *marks;

    if (f == NULL)
        return 0;
    if (!visited && (sse_observe(f, tvb, pinfo) & SSE_SEEN_RESOLVER_TCP) != 0)
        dnscrypt_expect_tcp(pinfo);
    marks = f->tracker->marks;
    if (marks->len == 0 ||
        (!visited && tree == NULL && g_array_index(marks, sse_mark, marks->len - 1).frame != pinfo->num))
        return 0;
    return show_packet(f, tvb, pinfo, tree, visited);
}

/* --- DNS and DNSCrypt on UDP 443 ---------------------------------------------- */

/* Wireshark finds DNS on UDP 443 only by a heuristic, which loses against any
 * protocol on the client's port and may be switched off. This takes messages
 * from and to the resolvers that are DNS or DNSCrypt beyond doubt, and leaves
 * all else as if it were not there. */
static int dissect_dns_443(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    sse_open_file *f = sse_session_file();
    sse_dns_message m;
    sse_addr server;
    bool to_server;
    uint32_t held;
    int taken;

    if (handle_dns == NULL || !sse_session_resolver(pinfo, &server, &to_server))
        return 0;
    held = tvb_captured_length(tvb);
    if (held == 0)
        return 0;
    if (!sse_dns_read_question(&m, tvb_get_ptr(tvb, 0, (int)held), held, tvb_reported_length(tvb),
                               &f->settings->names) ||
        m.cut_name || !sse_dns_is_plausible(&m))
        return dnscrypt_dissect_udp(tvb, pinfo, tree, &server, to_server);
    taken = call_dissector_only(handle_dns, tvb, pinfo, tree, NULL);
    if (taken > 0)
        dnscrypt_show_certificates(tvb, pinfo, tree, &m);
    return taken;
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
    /* Switched on and off with its parent. */
    proto_sseroaming_dns = proto_register_protocol_in_name_only(
        "SSE Roaming DNS on UDP 443", "SSE Roaming DNS", "sseroaming.dns443", proto_sseroaming, FT_BYTES);

    /* For a dissector of a protocol in its own right, Wireshark keeps a list of
     * layers at each packet: some 500 instructions to learn that there is none
     * of ours in it. Nothing reads the list after a post-dissector. */
    proto_sseroaming_packets = proto_register_protocol_in_name_only(
        "SSE Roaming, all packets", "SSE Roaming packets", "sseroaming.packets", proto_sseroaming, FT_BYTES);

    handle_sseroaming = register_dissector("sseroaming", dissect_sseroaming, proto_sseroaming_packets);
    tap_sseroaming = register_tap(SSEROAMING_TAP);
    sse_session_register(proto_sseroaming);
    sse_preferences_register(proto_sseroaming);
    sse_client_filter_register();
    register_postdissector(handle_sseroaming);
}

void proto_reg_handoff_sseroaming(void)
{
    dissector_add_uint("udp.port", PORT_HTTPS, create_dissector_handle(dissect_dns_443, proto_sseroaming_dns));
    handle_dns = find_dissector_add_dependency("dns", proto_sseroaming_dns);
    sse_ip_layers_handoff();
}
