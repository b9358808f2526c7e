/* tap-window.c
 * A text window of Wireshark with what a format shows, and its buttons.
 *
 * A button's callback gets the window of its own; Wireshark frees the button
 * itself after it has said that the window is closed. So a button is no part of
 * the window's memory.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-window.h"

#include <string.h>

#include <epan/plugin_if.h>
#include <wsutil/report_message.h>

#include "outcome.h"
#include "second_pass.h"
#include "session.h"
#include "tap-rows.h"

struct sse_window {
    funnel_text_window_t *text;
    sse_show what;
    const sse_window_owner *owner;
    void    *data;
    int64_t  client;         /* index of the one that is shown; -1: all */
};

/* ---- packets ---- */

/* What failed has numbers of its own behind what did not: see the rows in codes.h. */
#define FIRST_FAILED_PROBE "2"
#define FIRST_FAILED_SWG   "3"
G_STATIC_ASSERT(SSE_PROBE_PENDING == 0 && SSE_PROBE_ANSWERED == 1 && SSE_PROBE_NO_REPLY == 2);
G_STATIC_ASSERT(SSE_SWG_COMPLETED == 1 && SSE_SWG_OPENED == 2 && SSE_SWG_NO_REPLY == 3);

const char *sse_window_failed_filter(void)
{
    return "sseroaming.probe.outcome >= " FIRST_FAILED_PROBE " || sseroaming.swg.outcome >= " FIRST_FAILED_SWG;
}

const char *sse_window_changes_filter(void)
{
#define CHANGE_FIELD(NAME, id, filter, ...) " || sseroaming.expert." filter
    static const char all[] = "" SSE_CHANGE_ROWS(CHANGE_FIELD);

    return all + strlen(" || ");
}

void sse_window_filter(const char *filter)
{
    const funnel_ops_t *ops = sse_windows();

    if (ops == NULL)
        return;
    ops->set_filter(ops->ops_id, filter);
    ops->apply_filter(ops->ops_id);
}

/* The first frame of the first outage that counts, of a client or of all; without
 * one of any, then of a finding that asks for something. 0: none. */
static uint32_t first_failure(const sse_report *report, int64_t client)
{
    uint32_t found[3] = { 0, 0, 0 };

    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        if (client >= 0 && client != i)
            continue;
        for (guint k = 0; k < c->outages->len; k++) {
            const sse_outage *o = &g_array_index(c->outages, sse_outage, k);
            uint32_t *first = &found[o->counted ? 0 : 1];

            if (*first == 0 || o->since.frame < *first)
                *first = o->since.frame;
        }
        for (guint k = 0; k < c->findings->len; k++) {
            const sse_finding *f = &g_array_index(c->findings, sse_finding, k);

            if (f->has_advice && f->frames.kept > 0 && (found[2] == 0 || f->frames.frame[0] < found[2]))
                found[2] = f->frames.frame[0];
        }
    }
    return found[0] != 0 ? found[0] : found[1] != 0 ? found[1] : found[2];
}

void sse_window_go_to_first_failure(const sse_report *report, int64_t client)
{
    const uint32_t frame = report != NULL ? first_failure(report, client) : 0;

    if (frame != 0)
        plugin_if_goto_frame(frame);
    else
        report_warning("SSE Roaming: no outage, and no finding that asks for anything.");
}

/* ---- buttons ---- */

/* A filter, of the one client that is shown. */
static void show_packets(sse_window *w, const char *filter)
{
    sse_report *report = w->client >= 0 ? w->owner->report(w->data) : NULL;
    GString *all = g_string_new(filter);

    if (report != NULL && w->client < report->clients->len) {
        char *of_client = sse_client_packets_filter(&g_array_index(report->clients, sse_client_report, w->client));

        g_string_printf(all, "%s && (%s)", of_client, filter);
        g_free(of_client);
    }
    if (report != NULL)
        sse_report_free(report);
    sse_window_filter(all->str);
    g_string_free(all, TRUE);
}

static sse_bool show_failed(funnel_text_window_t *text _U_, void *data)
{
    show_packets((sse_window *)data, sse_window_failed_filter());
    return TRUE;
}

static sse_bool show_changes(funnel_text_window_t *text _U_, void *data)
{
    show_packets((sse_window *)data, sse_window_changes_filter());
    return TRUE;
}

static sse_bool go_to_failure(funnel_text_window_t *text _U_, void *data)
{
    sse_window *w = (sse_window *)data;
    sse_report *report = w->owner->report(w->data);

    sse_window_go_to_first_failure(report, w->client);
    if (report != NULL)
        sse_report_free(report);
    return TRUE;
}

/* All, then one after the other, the worst first; then all again. */
static sse_bool next_client(funnel_text_window_t *text _U_, void *data)
{
    sse_window *w = (sse_window *)data;

    w->client++;
    sse_window_draw(w);
    return TRUE;
}

static sse_bool open_ticket(funnel_text_window_t *text _U_, void *data)
{
    ((const sse_window *)data)->owner->show_other(SSE_SHOW_TICKET);
    return TRUE;
}

static void copy(GString *text)
{
    sse_windows()->copy_to_clipboard(text);
    g_string_free(text, TRUE);
}

static GString *shown_text(sse_window *w, sse_show what)
{
    sse_report *report = w->owner->report(w->data);
    GString *text;

    if (report == NULL)
        return g_string_new(NULL);
    text = sse_show_window(what, sse_session_tracker(), report, w->client);
    sse_report_free(report);
    return text;
}

static sse_bool copy_shown(funnel_text_window_t *text _U_, void *data)
{
    sse_window *w = (sse_window *)data;

    copy(shown_text(w, w->what));
    return TRUE;
}

static sse_bool copy_json(funnel_text_window_t *text _U_, void *data)
{
    copy(shown_text((sse_window *)data, SSE_SHOW_JSON));
    return TRUE;
}

/* What may be saved: made when the name is asked for, as the window may be closed
 * before one is typed. */
typedef struct saved {
    GString *shown, *page;
} saved;

/* Nothing of Wireshark's asks a plugin's user for a file: a name is typed. What
 * exists is not written over. */
static void save(char **typed, void *data)
{
    const saved *s = (const saved *)data;
    const GString *text;
    GError *error = NULL;

    if (typed == NULL || typed[0] == NULL || *typed[0] == '\0')
        return;
    text = g_str_has_suffix(typed[0], ".html") || g_str_has_suffix(typed[0], ".htm") ? s->page : s->shown;
    if (g_file_test(typed[0], G_FILE_TEST_EXISTS)) {
        report_failure("SSE Roaming: \"%s\" was not written: it exists", typed[0]);
    } else if (!g_file_set_contents(typed[0], text->str, (gssize)text->len, &error)) {
        report_failure("SSE Roaming: \"%s\" was not written: %s", typed[0], error->message);
        g_error_free(error);
    }
}

static void forget_saved(void *data)
{
    saved *s = (saved *)data;

    g_string_free(s->shown, TRUE);
    g_string_free(s->page, TRUE);
    g_free(s);
}

/* Of the report the page is what a case wants: its name is proposed. */
static sse_bool save_shown(funnel_text_window_t *text _U_, void *data)
{
    static const char *labels[] = { "File (must not exist yet; .html: as a page)", NULL };
    const char *values[] = { NULL, NULL };
    const funnel_ops_t *ops = sse_windows();
    sse_window *w = (sse_window *)data;
    saved *s = g_new0(saved, 1);
    const bool page = w->what == SSE_SHOW_REPORT || w->what == SSE_SHOW_HTML;
    char *name = g_strdup_printf("sse-roaming-%s.%s", page ? "report" : sse_show_name(w->what),
                                 page ? "html" : w->what == SSE_SHOW_JSON ? "json" : "txt");
    char *path = g_build_filename(g_get_home_dir(), name, NULL);

    s->shown = shown_text(w, w->what);
    s->page = shown_text(w, SSE_SHOW_HTML);
    values[0] = path;
    ops->new_dialog(ops->ops_id, "SSE Roaming: Save As", labels, values, save, s, forget_saved);
    g_free(path);
    g_free(name);
    return TRUE;
}

static void add_button(sse_window *w, const char *label, funnel_bt_cb_t action)
{
    funnel_bt_t *button = g_new0(funnel_bt_t, 1);

    button->tw = w->text;
    button->func = action;
    button->data = w;
    button->free_fcn = g_free;
    sse_windows()->add_button(w->text, button, label);
}

static void add_buttons(sse_window *w)
{
    if (w->what == SSE_SHOW_REPORT || w->what == SSE_SHOW_TICKET)
        add_button(w, "First Failure", go_to_failure);
    if (w->what == SSE_SHOW_REPORT) {
        const sse_report *report = sse_session_report();

        add_button(w, "Failed Packets", show_failed);
        add_button(w, "State Changes", show_changes);
        /* Before the file is read nobody knows how many there will be. */
        if (report == NULL || report->clients->len != 1)
            add_button(w, "Next Client", next_client);
        add_button(w, "Ticket", open_ticket);
    }
    add_button(w, "Copy", copy_shown);
    if (w->what == SSE_SHOW_REPORT || w->what == SSE_SHOW_TICKET)
        add_button(w, "Copy JSON", copy_json);
    add_button(w, "Save As", save_shown);
}

/* ---- the window ---- */

sse_window *sse_window_open(sse_show what, const sse_window_owner *owner, void *data)
{
    const funnel_ops_t *ops = sse_windows();
    funnel_text_window_t *text = ops->new_text_window(ops->ops_id, sse_show_title(what));
    sse_window *w;

    if (text == NULL)
        return NULL;
    w = g_new0(sse_window, 1);
    w->text = text;
    w->what = what;
    w->owner = owner;
    w->data = data;
    w->client = -1;
    ops->set_close_cb(text, owner->closed, data);
    add_buttons(w);
    return w;
}

void sse_window_draw(sse_window *w)
{
    const funnel_ops_t *ops = sse_windows();
    sse_tracker *t = sse_session_tracker();
    sse_report *report;
    GString *text;

    /* Wireshark ends. */
    if (ops == NULL)
        return;
    if (!sse_session_is_enabled()) {
        ops->set_text(w->text, "The protocol SSE Roaming is switched off: see Analyze, Enabled Protocols.\n");
        return;
    }
    /* Before the first packet there is nothing to say but what to do. */
    if (t == NULL || t->frames == 0) {
        ops->set_text(w->text, "No packets yet: open a capture, or start one.\n");
        return;
    }
    report = w->owner->report(w->data);
    if (report == NULL)
        return;
    if (w->client >= report->clients->len || report->clients->len < 2)
        w->client = -1;
    text = sse_show_window(w->what, t, report, w->client);
    ops->set_text(w->text, text->str);
    g_string_free(text, TRUE);
    sse_report_free(report);
}

void sse_window_free(sse_window *w)
{
    g_free(w);
}
