/* tap-report.c
 * -z sseroaming[,FORMAT][,FILTER], and the report in Wireshark's Statistics
 * menu: the verdict of a file when it has been read.
 *
 * A listener is a selection: it notes which probes and handshakes had a packet
 * that passed its filter. The verdict is drawn over that selection, with what
 * the whole file teaches. Without a filter nothing has to be noted.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "packet-sseroaming.h"
#include "second_pass.h"
#include "session.h"
#include "print.h"
#include "printers.h"
#include "tap-report.h"
#include "tap-tables.h"
#include "tap-text.h"
#include "tap-tree.h"

#define OPTION "sseroaming"
/* Menu entry and window title. */
#define TITLE  "SSE Roaming Report"

static GString *print_text(const sse_tracker *t _U_, const sse_report *report)
{
    return sse_report_print(report, SSE_FORMAT_TEXT);
}

static GString *print_json(const sse_tracker *t _U_, const sse_report *report)
{
    return sse_report_print(report, SSE_FORMAT_JSON);
}

static GString *print_ticket(const sse_tracker *t _U_, const sse_report *report)
{
    return sse_report_print(report, SSE_FORMAT_TICKET);
}

static GString *print_probes(const sse_tracker *t, const sse_report *report)
{
    return sse_table_text(t, report, SSE_TABLE_PROBES);
}

static GString *print_handshakes(const sse_tracker *t, const sse_report *report)
{
    return sse_table_text(t, report, SSE_TABLE_HANDSHAKES);
}

static GString *print_outages(const sse_tracker *t, const sse_report *report)
{
    return sse_table_text(t, report, SSE_TABLE_OUTAGES);
}

static GString *print_clients(const sse_tracker *t, const sse_report *report)
{
    return sse_table_text(t, report, SSE_TABLE_CLIENTS);
}

typedef GString *(*printer)(const sse_tracker *t, const sse_report *report);

#define FORMATS "text, json, ticket, outages, clients, probes, handshakes, tree"
static const struct {
    const char *name;
    printer     print;
    const char *window;
} formats[] = {
    { "text", print_text, TITLE },
    { "json", print_json, "SSE Roaming JSON" },
    { "ticket", print_ticket, "SSE Roaming Ticket" },
    { "outages", print_outages, "SSE Roaming Outages" },
    { "clients", print_clients, "SSE Roaming Clients" },
    { "probes", print_probes, "SSE Roaming Probes" },
    { "handshakes", print_handshakes, "SSE Roaming Handshakes" },
    { "tree", sse_counts_text, "SSE Roaming Counts" },
};

typedef struct listener {
    unsigned format;               /* index into formats */
    sse_selection *selection;      /* NULL without a filter */
    funnel_text_window_t *window;  /* in Wireshark; NULL in tshark */
} listener;

/* The one place that ends the program. tshark 4.0 and 4.4 give a -z option no
 * other way to say that its argument is wrong, and no version lets a report
 * say that it could not be written. Never in Wireshark itself. */
static void end_program(int status)
{
    if (sse_windows() == NULL)
        exit(status);
}

static void listener_free(void *data)
{
    listener *l = (listener *)data;

    sse_selection_free(l->selection);
    g_free(l);
}

static void listener_reset(void *data)
{
    listener *l = (listener *)data;

    if (l->selection != NULL)
        sse_selection_clear(l->selection);
}

static tap_packet_status listener_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                         const void *tap_data, tap_flags_t flags _U_)
{
    listener *l = (listener *)data;
    const sseroaming_tap *tap = (const sseroaming_tap *)tap_data;

    if (l->selection != NULL) {
        for (unsigned i = 0; i < tap->count; i++)
            sse_selection_add(l->selection, (sse_mark_of)tap->marks[i].of, tap->marks[i].record, tap->from_client);
    }
    return TAP_PACKET_REDRAW;
}

static void print_report(const sse_tracker *t, const sse_report *report, unsigned format)
{
    bool written;

    if (formats[format].print == print_json) {
        written = sse_report_write_json(report, stdout);
    } else {
        GString *text = formats[format].print(t, report);

        written = fwrite(text->str, 1, text->len, stdout) == text->len;
        g_string_free(text, TRUE);
    }
    if (written && fflush(stdout) == 0)
        return;
    /* Whoever reads our pipe has had enough: no fault to speak of. */
    if (errno != EPIPE)
        report_failure("the SSE Roaming report could not be written: %s", g_strerror(errno));
    end_program(2);
}

static void listener_draw(void *data)
{
    listener *l = (listener *)data;
    const funnel_ops_t *ops = sse_windows();
    sse_tracker *t = sse_session_tracker();
    sse_report *report;

    if (l->window != NULL && ops != NULL && !sse_session_is_enabled()) {
        ops->set_text(l->window, "The protocol SSE Roaming is switched off: see Analyze, Enabled Protocols.\n");
        return;
    }
    /* Before the first packet there is nothing to say but what to do. */
    if (l->window != NULL && ops != NULL && (t == NULL || t->frames == 0)) {
        ops->set_text(l->window, "No packets yet: open a capture, or start one.\n");
        return;
    }
    if (t == NULL)
        return;
    sse_tracker_settle(t);
    report = sse_verdict(t, l->selection);
    if (l->window != NULL) {
        GString *text = formats[l->format].print(t, report);

        if (ops != NULL)
            ops->set_text(l->window, text->str);
        g_string_free(text, TRUE);
    } else if (ops == NULL) {
        if (!sse_session_is_enabled())
            report_failure("the protocol SSE Roaming is disabled: its report is empty.");
        print_report(t, report, l->format);
    }
    sse_report_free(report);
}

static void window_closed(void *data)
{
    remove_tap_listener(data);
}

/* Splits "sseroaming[,FORMAT][,FILTER]".
 * @return the filter, NULL where there is none; *valid is false where what
 * follows the option's name is not set off by a comma. */
static const char *parse_argument(const char *argument, unsigned *format, bool *has_format, bool *valid)
{
    const char *rest = argument + strlen(OPTION);

    *format = 0;
    *has_format = false;
    *valid = *rest == '\0' || *rest == ',';
    if (*rest == '\0')
        return NULL;
    if (*rest != ',')
        return rest;
    rest++;
    rest += strspn(rest, " \t");
    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        size_t length = strlen(formats[i].name);

        if (strncmp(rest, formats[i].name, length) == 0 && (rest[length] == '\0' || rest[length] == ',')) {
            *format = i;
            *has_format = true;
            rest += length;
            if (*rest == ',')
                rest++;
            /* "text,json": a second format would be taken for the protocol of
             * that name. */
            for (unsigned k = 0; k < G_N_ELEMENTS(formats); k++)
                *valid &= strcmp(rest, formats[k].name) != 0;
            break;
        }
    }
    rest += strspn(rest, " \t");
    return *rest != '\0' ? rest : NULL;
}

static void say(const char *text)
{
    /* Each program says it in its way: with its name on standard error, or in a dialog. */
    report_failure("%s", text);
}

/* @return what is wrong with the filter, NULL if nothing; *made is the listener. */
static GString *listener_start(unsigned format, const char *filter, listener **made)
{
    const funnel_ops_t *ops = sse_windows();
    listener *l = g_new0(listener, 1);
    GString *error;

    l->format = format;
    l->selection = filter != NULL ? sse_selection_new(filter) : NULL;
    /* An ICMP error whose quote is cut leaves Wireshark's mark for "inside an
     * error" behind: those packets are wanted too. */
    error = register_tap_listener(SSEROAMING_TAP, l, filter, TL_REQUIRES_NOTHING | TL_REQUIRES_ERROR_PACKETS,
                                  listener_reset, listener_packet, listener_draw, listener_free);
    if (error != NULL) {
        listener_free(l);
        return error;
    }
    if (ops != NULL) {
        l->window = ops->new_text_window(ops->ops_id, formats[format].window);
        if (l->window != NULL)
            ops->set_close_cb(l->window, window_closed, l);
    }
    *made = l;
    return NULL;
}

/* From the Statistics menu. Wireshark taps the file's packets afterwards; where
 * none is open, only this draws. */
static void open_report(gpointer data _U_)
{
    listener *l;
    GString *error = listener_start(0, NULL, &l);

    if (error != NULL)
        g_string_free(error, TRUE);
    else
        listener_draw(l);
}

static sse_stat_init_result listener_init(const char *argument, void *data _U_)
{
    bool has_format, valid;
    unsigned format;
    const char *filter = parse_argument(argument, &format, &has_format, &valid);
    GString *error;
    listener *l;

    if (!valid) {
        char *text = g_strdup_printf("\"%s\" is not understood: write -z " OPTION "[,FORMAT][,FILTER] with one of the "
                                     "formats " FORMATS, argument);

        say(text);
        g_free(text);
        end_program(1);
        SSE_STAT_INIT_FAILED;
    }
    error = listener_start(format, filter, &l);
    if (error != NULL) {
        /* Filter errors may have lines below that point at the place. */
        char *text;

        g_strdelimit(error->str, "\r\n", ' ');
        text = has_format
            ? g_strdup_printf("-z %s: what follows the format is not a valid display filter: %s", argument, error->str)
            : g_strdup_printf("-z %s: this is not a format (" FORMATS "), and not a valid display filter: %s",
                              argument, error->str);
        say(text);
        g_free(text);
        g_string_free(error, TRUE);
        end_program(2);
        SSE_STAT_INIT_FAILED;
    }
    SSE_STAT_INIT_OK;
}

void sse_taps_register(void)
{
    static stat_tap_ui option = {
        REGISTER_STAT_GROUP_GENERIC, NULL, OPTION, listener_init, 0, NULL,
    };

    register_stat_tap_ui(&option, NULL);
    /* tshark registers every table and tree by itself, unless the name is
     * taken. Its own are drawn from what was known as each packet passed: with
     * one pass, no silence would show. Wireshark and sharkd tap again when the
     * file is read; there its own are better. */
    if (sse_windows() == NULL) {
        static const char *const names[] = { OPTION ",outages", OPTION ",clients", OPTION ",probes", OPTION ",handshakes",
                                             OPTION ",tree" };

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
            stat_tap_ui own = { REGISTER_STAT_GROUP_GENERIC, NULL, names[i], listener_init, 0, NULL };

            register_stat_tap_ui(&own, NULL);
        }
    }
    sse_tables_register();
    sse_tree_register();
    funnel_register_menu(TITLE, REGISTER_PACKET_STAT_GROUP_UNSORTED, open_report, NULL, NULL, TRUE);
}
