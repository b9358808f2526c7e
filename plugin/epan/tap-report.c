/* tap-report.c
 * -z sseroaming[,FORMAT][,FILTER], and its windows in Wireshark: the verdict of a
 * file when it has been read.
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

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "packet-sseroaming.h"
#include "second_pass.h"
#include "session.h"
#include "printers.h"
#include "tap-report.h"
#include "tap-tables.h"
#include "tap-tree.h"
#include "tap-window.h"

#define OPTION "sseroaming"

typedef struct listener {
    sse_show what;
    sse_selection *selection;      /* NULL without a filter */
    sse_window *window;            /* in Wireshark; NULL in tshark */
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

    sse_window_free(l->window);
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

/* Windows ends each line that is printed as text with CR LF, and shows text in
 * the code page of its console. @return how standard output was before. */
static int bytes_begin(void)
{
#ifdef _WIN32
    if (!_isatty(_fileno(stdout)) && fflush(stdout) == 0)
        return _setmode(_fileno(stdout), _O_BINARY);
#endif
    return -1;
}

static void bytes_end(int before)
{
#ifdef _WIN32
    if (before != -1)
        _setmode(_fileno(stdout), before);
#else
    (void)before;
#endif
}

static void print_report(const sse_tracker *t, const sse_report *report, sse_show what)
{
    int before = sse_show_is_bytes(what) ? bytes_begin() : -1;
    bool written;

    if (what == SSE_SHOW_JSON) {
        written = sse_report_write_json(report, stdout);
    } else {
        GString *text = sse_show_text(what, t, report);

        written = fwrite(text->str, 1, text->len, stdout) == text->len;
        g_string_free(text, TRUE);
    }
    written = written && fflush(stdout) == 0;
    bytes_end(before);
    if (written)
        return;
    /* Whoever reads our pipe has had enough: no fault to speak of. */
    if (errno != EPIPE)
        report_failure("the SSE Roaming report could not be written: %s", g_strerror(errno));
    end_program(2);
}

/* The verdict of the moment, over the listener's selection. */
static sse_report *make_report(void *data)
{
    const listener *l = (const listener *)data;
    sse_tracker *t = sse_session_tracker();

    if (t == NULL)
        return NULL;
    sse_tracker_settle(t);
    return sse_verdict(t, l->selection);
}

static void listener_draw(void *data)
{
    listener *l = (listener *)data;
    sse_report *report;

    if (l->window != NULL) {
        sse_window_draw(l->window);
        return;
    }
    report = make_report(l);
    if (report == NULL)
        return;
    if (sse_windows() == NULL) {
        if (!sse_session_is_enabled())
            report_failure("the protocol SSE Roaming is disabled: its report is empty.");
        print_report(sse_session_tracker(), report, l->what);
    }
    sse_report_free(report);
}

static void window_closed(void *data)
{
    remove_tap_listener(data);
}

/* What an argument asks for. */
typedef struct request {
    sse_show    what;
    bool        help, has_format;
    const char *filter;            /* NULL: none */
} request;

/* "NAME" and "NAME,...": the length of the name. */
static size_t word_length(const char *text)
{
    return strcspn(text, ",");
}

static bool is_help(const char *text, size_t length)
{
    return length == strlen("help") && g_ascii_strncasecmp(text, "help", length) == 0;
}

/* Reads "sseroaming[,FORMAT][,FILTER]".
 * @return false where what follows the option's name is not set off by a comma,
 * or where a second format follows the first */
static bool parse_argument(const char *argument, request *r)
{
    const char *rest = argument + strlen(OPTION);
    size_t length;

    *r = (request){ .what = SSE_SHOW_REPORT };
    if (*rest == '\0')
        return true;
    if (*rest != ',')
        return false;
    rest++;
    rest += strspn(rest, " \t");
    length = word_length(rest);
    r->help = is_help(rest, length);
    if (r->help)
        return rest[length] == '\0';
    if (sse_show_of(rest, length) != SSE_SHOWS) {
        r->what = sse_show_of(rest, length);
        r->has_format = true;
        rest += length;
        if (*rest == ',')
            rest++;
        rest += strspn(rest, " \t");
        /* "text,json": a second format would be taken for the protocol of that
         * name. */
        if (*rest != '\0' && (sse_show_of(rest, strlen(rest)) != SSE_SHOWS || is_help(rest, strlen(rest))))
            return false;
    }
    r->filter = *rest != '\0' ? rest : NULL;
    return true;
}

/* "ip.addr == 192.168.0.204": what was meant by an address in the place of a
 * filter; g_free() it. NULL: it is none. */
static char *address_filter(const char *filter)
{
    char *error = NULL, *stripped = g_strstrip(g_strdup(filter)), *meant = NULL;
    GArray *ranges = sse_ranges_parse(stripped, true, &error);

    if (ranges != NULL && ranges->len == 1)
        meant = g_strdup_printf("%s == %s", g_array_index(ranges, sse_range, 0).base.family == 6 ? "ipv6.addr" : "ip.addr",
                                stripped);
    if (ranges != NULL)
        g_array_free(ranges, TRUE);
    g_free(error);
    g_free(stripped);
    return meant;
}

static void say(const char *text)
{
    /* Each program says it in its way: with its name on standard error, or in a dialog. */
    report_failure("%s", text);
}

static const sse_window_owner owner = { make_report, window_closed, sse_show_open };

/* @return what is wrong with the filter, NULL if nothing; *made is the listener. */
static GString *listener_start(sse_show what, const char *filter, listener **made)
{
    listener *l = g_new0(listener, 1);
    GString *error;

    l->what = what;
    l->selection = filter != NULL ? sse_selection_new(filter) : NULL;
    /* An ICMP error whose quote is cut leaves Wireshark's mark for "inside an
     * error" behind: those packets are wanted too. */
    error = register_tap_listener(filter != NULL ? SSEROAMING_TAP : SSEROAMING_FILE_TAP, l, filter,
                                  TL_REQUIRES_NOTHING | TL_REQUIRES_ERROR_PACKETS, listener_reset, listener_packet,
                                  listener_draw, listener_free);
    if (error != NULL) {
        listener_free(l);
        return error;
    }
    if (sse_windows() != NULL)
        l->window = sse_window_open(what, &owner, l);
    *made = l;
    return NULL;
}

/* Without a filter no packet need be tapped: what is known is drawn at once, and
 * again whenever Wireshark has tapped. */
void sse_show_open(sse_show what)
{
    GString *error;
    listener *l;

    if (sse_windows() == NULL)
        return;
    error = listener_start(what, NULL, &l);
    if (error != NULL)
        g_string_free(error, TRUE);
    else
        listener_draw(l);
}

void sse_show_open_help(void)
{
    const funnel_ops_t *ops = sse_windows();
    funnel_text_window_t *window = ops != NULL ? ops->new_text_window(ops->ops_id, "SSE Roaming Help") : NULL;
    GString *text;

    if (window == NULL)
        return;
    text = sse_show_help_window();
    ops->set_text(window, text->str);
    g_string_free(text, TRUE);
}

/* From the Statistics menu. */
static void open_report(gpointer data _U_)
{
    sse_show_open(SSE_SHOW_REPORT);
}

/* What is wrong with an argument; g_free() it. */
static char *filter_error(const char *argument, const request *r, GString *error)
{
    char *meant = address_filter(r->filter), *text;

    /* Filter errors may have lines below that point at the place. */
    g_strdelimit(error->str, "\r\n", ' ');
    if (meant != NULL)
        text = g_strdup_printf("-z %s: an address alone is no display filter: write -z \"" OPTION "%s%s,%s\"", argument,
                               r->has_format ? "," : "", r->has_format ? sse_show_name(r->what) : "", meant);
    else if (r->has_format)
        text = g_strdup_printf("-z %s: what follows the format is not a valid display filter: %s", argument, error->str);
    else
        text = g_strdup_printf("-z %s: this is not a format (%s), and not a valid display filter: %s", argument,
                               sse_show_names(), error->str);
    g_free(meant);
    return text;
}

static sse_stat_init_result listener_init(const char *argument, void *data _U_)
{
    GString *error;
    listener *l;
    request r;

    if (!parse_argument(argument, &r)) {
        char *text = g_strdup_printf("\"%s\" is not understood: write -z " OPTION "[,FORMAT][,FILTER] with one of the "
                                     "formats %s", argument, sse_show_names());

        say(text);
        g_free(text);
        end_program(1);
        SSE_STAT_INIT_FAILED;
    }
    if (r.help) {
        GString *text;

        if (sse_windows() != NULL) {
            sse_show_open_help();
            SSE_STAT_INIT_OK;
        }
        text = sse_show_help();
        fputs(text->str, stdout);
        fflush(stdout);
        g_string_free(text, TRUE);
        end_program(0);
        SSE_STAT_INIT_OK;
    }
    error = listener_start(r.what, r.filter, &l);
    if (error != NULL) {
        char *text = filter_error(argument, &r, error);

        say(text);
        g_free(text);
        g_string_free(error, TRUE);
        end_program(2);
        SSE_STAT_INIT_FAILED;
    }
    SSE_STAT_INIT_OK;
}

/* tshark lists what is registered (-z help), and registers every table and tree by
 * itself, unless the name is taken. Its own are drawn from what was known as each
 * packet passed: with one pass, no silence would show. Wireshark and sharkd tap
 * again when the file is read; there its own are better. */
static void register_formats(void)
{
    stat_tap_ui help = { REGISTER_STAT_GROUP_GENERIC, NULL, OPTION ",help", listener_init, 0, NULL };

    register_stat_tap_ui(&help, NULL);
    for (unsigned i = 0; i < SSE_SHOWS; i++) {
        char *name = g_strdup_printf(OPTION ",%s", sse_show_name((sse_show)i));
        stat_tap_ui own = { REGISTER_STAT_GROUP_GENERIC, NULL, name, listener_init, 0, NULL };

        register_stat_tap_ui(&own, NULL);
        g_free(name);
    }
}

void sse_taps_register(void)
{
    static stat_tap_ui option = {
        REGISTER_STAT_GROUP_GENERIC, NULL, OPTION, listener_init, 0, NULL,
    };

    register_stat_tap_ui(&option, NULL);
    if (sse_windows() == NULL)
        register_formats();
    sse_tables_register();
    sse_tree_register();
    /* Entries are sorted by their text: this one comes before the tables. */
    funnel_register_menu("SSE Roaming", REGISTER_PACKET_STAT_GROUP_UNSORTED, open_report, NULL, NULL, TRUE);
}
