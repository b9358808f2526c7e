/* marks_lookup.c
 * A frame that is part of a lookup of a gateway's name.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "marks.h"
#include "message_fields.h"

static int hf_lookup_id = -1;
static int hf_lookup_reply_in = -1;
static int hf_lookup_reply_to = -1;
static int hf_lookup_time = -1;

void sse_show_lookup(const sse_frame_view *p, const sse_mark *mark)
{
    const sse_tracker *t = p->file->tracker;
    const sse_lookup *l = &g_array_index(t->lookups, sse_lookup, mark->record);

    if (p->tree == NULL)
        return;
    proto_item_append_text(p->item, ", lookup of a gateway's name");
    sse_field_kind(p, sse_mark_kind_of(t, mark));
    if (l->client != SSE_NONE)
        sse_field_client(p, sse_view_address(p, l->client));
    sse_message_add_question(p, l->name);
    sse_field_uint(p, hf_lookup_id, mark->record + 1);
    if (mark->kind == SSE_MARK_QUERY) {
        sse_field_frame(p, hf_lookup_reply_in, l->answer_frame);
    } else if (mark->kind == SSE_MARK_REPLY) {
        sse_field_frame(p, hf_lookup_reply_to, l->frame);
        if (l->frame != 0 && l->answer_frame == p->pinfo->num)
            sse_field_time(p, hf_lookup_time, l->answer_time - l->time);
    }
    if (l->client != SSE_NONE)
        sse_field_states(p, l->client, SSE_SERVICE_WEB);
}

void sse_marks_lookup_register(int proto)
{
    static hf_register_info fields[] = {
        { &hf_lookup_id, { "Lookup", "sseroaming.lookup.id", FT_UINT32, BASE_DEC, NULL, 0,
            "One number for all frames of one lookup of a gateway's name", HFILL } },
        { &hf_lookup_reply_in, { "Answer in", "sseroaming.lookup.reply_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The answer to this lookup", HFILL } },
        { &hf_lookup_reply_to, { "Answer to", "sseroaming.lookup.reply_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The lookup that this answers", HFILL } },
        { &hf_lookup_time, { "Time", "sseroaming.lookup.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the first query to the answer", HFILL } },
    };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
}
