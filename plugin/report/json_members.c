/* json_members.c
 * Members of JSON objects, written alike by all that writes some.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "json_members.h"
#include "layout.h"
#include "phrases.h"

void sse_json_key(json_dumper *d, const char *name)
{
    json_dumper_set_member_name(d, name);
}

void sse_json_string(json_dumper *d, const char *name, const char *value)
{
    if (name != NULL)
        sse_json_key(d, name);
    if (value == NULL) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    char *safe = sse_escape(value);
    json_dumper_value_string(d, safe);
    g_free(safe);
}

void sse_json_number(json_dumper *d, const char *name, uint32_t value)
{
    sse_json_key(d, name);
    json_dumper_value_anyf(d, "%u", value);
}

void sse_json_number_or_null(json_dumper *d, const char *name, uint32_t value)
{
    sse_json_key(d, name);
    if (value == 0)
        json_dumper_value_anyf(d, "null");
    else
        json_dumper_value_anyf(d, "%u", value);
}

void sse_json_boolean(json_dumper *d, const char *name, bool value)
{
    sse_json_key(d, name);
    json_dumper_value_anyf(d, value ? "true" : "false");
}

void sse_json_time(json_dumper *d, const char *name, bool known, int64_t time)
{
    char *text = known ? sse_time_iso(time) : NULL;

    sse_json_string(d, name, text);
    g_free(text);
}

void sse_json_address(json_dumper *d, const char *name, const sse_addr *addr)
{
    char text[SSE_ADDR_TEXT];

    sse_json_string(d, name, sse_addr_text(addr, text));
}

void sse_json_text(json_dumper *d, const char *name, char *text)
{
    sse_json_string(d, name, text);
    g_free(text);
}

void sse_json_advice(json_dumper *d, const sse_report *r, const GArray *advice)
{
    sse_json_key(d, "advice");
    json_dumper_begin_array(d);
    for (guint i = 0; i < advice->len; i++)
        sse_json_text(d, NULL, sse_advice_text(r, &g_array_index(advice, sse_advice, i)));
    json_dumper_end_array(d);
}

void sse_json_frames(json_dumper *d, const sse_frames *f)
{
    sse_json_key(d, "frames");
    json_dumper_begin_array(d);
    for (uint32_t i = 0; i < f->kept; i++)
        json_dumper_value_anyf(d, "%u", f->frame[i]);
    json_dumper_end_array(d);
    sse_json_number(d, "frames_total", f->total);
}

void sse_json_milliseconds(json_dumper *d, const char *name, bool known, int64_t ns)
{
    sse_json_key(d, name);
    if (!known)
        json_dumper_value_anyf(d, "null");
    else
        /* The sign apart: -0.5 ms has no whole part to carry it. */
        json_dumper_value_anyf(d, "%s%" G_GINT64_FORMAT ".%03d", ns <= -1000 ? "-" : "",
                               (gint64)ABS(ns / 1000000), (int)ABS(ns / 1000 % 1000));
}
