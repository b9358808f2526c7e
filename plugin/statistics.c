/* statistics.c
 * -z sseroaming[,text|json|ticket][,FILTER]: the verdict of a file when it has
 * been read.
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

#include <epan/funnel.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "packet-sseroaming.h"
#include "report.h"
#include "statistics.h"

#define OPTION "sseroaming"

static const struct {
    const char *name;
    sse_format  format;
} formats[] = {
    { "text", SSE_FORMAT_TEXT }, { "json", SSE_FORMAT_JSON }, { "ticket", SSE_FORMAT_TICKET },
};

typedef struct listener {
    sse_format format;
    sse_selection *selection;      /* NULL without a filter */
    funnel_text_window_t *window;  /* in Wireshark; NULL in tshark */
} listener;

/* Wireshark has dialogs, tshark and sharkd have none. */
static const funnel_ops_t *gui(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    return ops != NULL && ops->new_dialog != NULL && ops->new_text_window != NULL ? ops : NULL;
}

/* The one place that ends the program. tshark 4.0 and 4.4 give a -z option no
 * other way to say that its argument is wrong, and no version lets a report
 * say that it could not be written. Never in Wireshark itself. */
static void end_program(int status)
{
    if (gui() == NULL)
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

static void print_report(const sse_report *report, sse_format format)
{
    bool written;

    if (format == SSE_FORMAT_JSON) {
        written = sse_report_write_json(report, stdout);
    } else {
        GString *text = sse_report_print(report, format);

        written = fwrite(text->str, 1, text->len, stdout) == text->len;
        g_string_free(text, TRUE);
    }
    if (written && fflush(stdout) == 0)
        return;
    /* Whoever reads our pipe has had enough: no fault to speak of. */
    if (errno != EPIPE)
        fprintf(stderr, "tshark: the SSE Roaming report could not be written: %s\n", g_strerror(errno));
    end_program(2);
}

static void listener_draw(void *data)
{
    listener *l = (listener *)data;
    sse_tracker *t = sseroaming_tracker();
    sse_report *report;

    if (t == NULL)
        return;
    report = sse_verdict(t, l->selection);
    if (l->window != NULL) {
        const funnel_ops_t *ops = gui();
        GString *text = sse_report_print(report, l->format);

        if (ops != NULL)
            ops->set_text(l->window, text->str);
        g_string_free(text, TRUE);
    } else if (gui() == NULL) {
        if (!sseroaming_is_enabled())
            fprintf(stderr, "tshark: the protocol SSE Roaming is disabled: its report is empty.\n");
        print_report(report, l->format);
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
static const char *parse_argument(const char *argument, sse_format *format, bool *has_format, bool *valid)
{
    const char *rest = argument + strlen(OPTION);

    *format = SSE_FORMAT_TEXT;
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
            *format = formats[i].format;
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
    /* report_failure() would add nothing but the program's name, and that only
     * once tshark has set it up. In Wireshark it opens a dialog. */
    if (gui() != NULL)
        report_failure("%s", text);
    else
        fprintf(stderr, "tshark: %s\n", text);
}

static sse_stat_init_result listener_init(const char *argument, void *data _U_)
{
    bool has_format, valid;
    sse_format format;
    const char *filter = parse_argument(argument, &format, &has_format, &valid);
    const funnel_ops_t *ops = gui();
    GString *error = NULL;
    listener *l;

    if (!valid) {
        char *text = g_strdup_printf("\"%s\" is not understood: write -z " OPTION "[,text|json|ticket][,FILTER]",
                                     argument);

        say(text);
        g_free(text);
        end_program(1);
        SSE_STAT_INIT_FAILED;
    }
    l = g_new0(listener, 1);
    l->format = format;
    l->selection = filter != NULL ? sse_selection_new(filter) : NULL;
    /* An ICMP error whose quote is cut leaves Wireshark's mark for "inside an
     * error" behind: those packets are wanted too. */
    error = register_tap_listener(SSEROAMING_TAP, l, filter, TL_REQUIRES_NOTHING | TL_REQUIRES_ERROR_PACKETS,
                                  listener_reset, listener_packet, listener_draw, listener_free);
    if (error != NULL) {
        /* Filter errors may have lines below that point at the place. */
        char *text;

        g_strdelimit(error->str, "\r\n", ' ');
        text = has_format
            ? g_strdup_printf("-z %s: what follows the format is not a valid display filter: %s", argument, error->str)
            : g_strdup_printf("-z %s: this is not a format (text, json, ticket), and not a valid display filter: %s",
                              argument, error->str);
        say(text);
        g_free(text);
        g_string_free(error, TRUE);
        listener_free(l);
        end_program(2);
        SSE_STAT_INIT_FAILED;
    }
    if (ops != NULL) {
        l->window = ops->new_text_window(ops->ops_id, "SSE Roaming");
        if (l->window != NULL)
            ops->set_close_cb(l->window, window_closed, l);
    }
    SSE_STAT_INIT_OK;
}

void sse_statistics_register(void)
{
    static stat_tap_ui option = {
        REGISTER_STAT_GROUP_GENERIC, NULL, OPTION, listener_init, 0, NULL,
    };

    register_stat_tap_ui(&option, NULL);
}
