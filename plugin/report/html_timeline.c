/* html_timeline.c
 * A client's states over the time of the file, as SVG.
 *
 * However long the file and however often a state changes, a lane has COLUMNS
 * places, and the worst state that falls into a place is drawn there: a short
 * outage in a long file is seen, and the size is bounded. A state is told by the
 * height of its bar, too, for who sees no colours and for paper.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "html_timeline.h"

#include <string.h>

#include "html_write.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"

#define COLUMNS 1000u
/* The height of a lane, in the same units. */
#define HEIGHT  20u
/* The labels of the axis. */
#define LABELS  5

/* ---- time to place ---- */

static double column_of(const sse_report *r, int64_t time)
{
    /* Broken captures span more than 64 bits of ns. */
    const double span = (double)r->last_time - (double)r->first_time;
    const double at = span > 0 ? ((double)time - (double)r->first_time) / span * COLUMNS : 0;

    return CLAMP(at, 0, COLUMNS);
}

/* Appends a place with a digit behind the point, which is a point in every locale. */
static void add_place(GString *out, const char *name, double place)
{
    const unsigned tenths = (unsigned)(place * 10 + .5);

    g_string_append_printf(out, " %s=\"%u.%u\"", name, tenths / 10, tenths % 10);
}

static unsigned place_of(const sse_report *r, int64_t time)
{
    return MIN((unsigned)column_of(r, time), COLUMNS - 1);
}

/* ---- lanes ---- */

/* What a lane shows: a service, of DNS one IP version. */
typedef struct lane {
    sse_service service;
    uint8_t ip;
    const char *name;
    uint8_t state[COLUMNS];  /* the sse_state that is worst there */
} lane;

static bool is_in(const lane *l, const sse_change *change)
{
    return change->service == l->service && change->ip == l->ip;
}

static void fill(lane *l, unsigned from, unsigned to, uint8_t state)
{
    for (unsigned i = from; i <= to; i++)
        if (sse_state_badness((sse_state)state) > sse_state_badness((sse_state)l->state[i]))
            l->state[i] = state;
}

/* @return whether there is anything in it */
static bool lane_fill(lane *l, const sse_report *r, const sse_client_report *c)
{
    const sse_change *before = NULL;

    memset(l->state, SSE_NOT_OBSERVED, sizeof l->state);
    for (guint i = 0; i < c->timeline->len; i++) {
        const sse_change *change = &g_array_index(c->timeline, sse_change, i);

        if (!is_in(l, change))
            continue;
        /* The place of the change itself is the next state's; a clock may step back. */
        if (before != NULL) {
            const unsigned from = place_of(r, before->time), to = place_of(r, change->time);

            fill(l, from, MAX(from + 1, to) - 1, before->to);
        }
        before = change;
    }
    if (before != NULL)
        fill(l, place_of(r, before->time), COLUMNS - 1, before->to);
    return before != NULL;
}

/* How high the bar of a state is; they stand on one another's middle. */
static unsigned bar_height(uint8_t state)
{
    static const unsigned of_badness[] = { 2, 8, 14, HEIGHT };

    return of_badness[MIN(sse_state_badness((sse_state)state), G_N_ELEMENTS(of_badness) - 1)];
}

static void bars(GString *out, const lane *l)
{
    for (unsigned from = 0, to; from < COLUMNS; from = to) {
        const uint8_t state = l->state[from];
        const unsigned height = bar_height(state);

        for (to = from + 1; to < COLUMNS && l->state[to] == state; to++)
            ;
        g_string_append_printf(out, "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>",
                               sse_state_code((sse_state)state), from, (HEIGHT - height) / 2, to - from, height);
    }
}

/* Each outage over its stretch, wide enough to be pointed at. */
static void outage_bars(GString *out, const lane *l, const sse_report *r, const sse_client_report *c, const GArray *told)
{
    guint shown = 0;
    GString *words = g_string_new(NULL);

    for (guint i = told->len; i > 0 && shown < SSE_ROWS_SHOWN; i--) {
        const sse_told *t = &g_array_index(told, sse_told, i - 1);
        const double from = column_of(r, t->outage->since.time);
        const double to = column_of(r, t->outage->since.time + sse_told_duration(t));
        const double width = MAX(to - from, 4), left = MIN(from, COLUMNS - width);

        if (t->outage->service != l->service || (t->outage->ip != l->ip && !t->both))
            continue;
        shown++;
        g_string_truncate(words, 0);
        sse_told_row(words, c, t);
        g_string_append_printf(out, "<rect class=\"%s\" y=\"0\" height=\"%u\"", t->counted ? "outage" : "not-counted", HEIGHT);
        add_place(out, "x", left);
        add_place(out, "width", width);
        g_string_append_c(out, '>');
        sse_html_element(out, "title", NULL, words->str);
        g_string_append(out, "</rect>");
    }
    g_string_free(words, TRUE);
}

static void svg_begin(GString *out, const char *name)
{
    g_string_append_printf(out, "<svg viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">", COLUMNS,
                           HEIGHT, name);
}

static void lane_begin(GString *out, const char *name)
{
    g_string_append_printf(out, "<div class=\"lane\"><span>%s</span>", name);
    svg_begin(out, name);
}

static void lane_end(GString *out)
{
    g_string_append(out, "</svg></div>\n");
}

#define LANES 3
static const struct { sse_service service; uint8_t ip; const char *name; } lanes[LANES] = {
    { SSE_SERVICE_DNS, 4, "DNS IPv4" }, { SSE_SERVICE_DNS, 6, "DNS IPv6" }, { SSE_SERVICE_WEB, 0, "Web" },
};

static bool lane_make(lane *l, unsigned which, const sse_report *r, const sse_client_report *c)
{
    l->service = lanes[which].service;
    l->ip = lanes[which].ip;
    l->name = lanes[which].name;
    return lane_fill(l, r, c);
}

bool sse_html_has_timeline(const sse_report *r, const sse_client_report *c)
{
    return r->frames > 0 && c->timeline->len > 0;
}

/* ---- ticks ---- */

/* One tick a place; its words are those of the first that is as bad. */
typedef struct tick {
    const void *what;
    uint8_t weight;
} tick;

static void tick_mark(GString *out, unsigned place, const char *class_name, const char *words)
{
    g_string_append_printf(out, "<rect class=\"%s\" x=\"%u\" y=\"0\" width=\"3\" height=\"%u\">", class_name,
                           MIN(place, COLUMNS - 3), HEIGHT);
    sse_html_element(out, "title", NULL, words);
    g_string_append(out, "</rect>");
}

static void network_lane(GString *out, const sse_report *r, const sse_client_report *c)
{
    const sse_change *at[COLUMNS] = { NULL };
    bool any = false;

    for (guint i = 0; i < c->timeline->len; i++) {
        const sse_change *change = &g_array_index(c->timeline, sse_change, i);
        const unsigned place = place_of(r, change->time);

        if (change->service != SSE_SERVICE_NETWORK)
            continue;
        any = true;
        if (at[place] == NULL)
            at[place] = change;
    }
    if (!any)
        return;
    lane_begin(out, "Network");
    for (unsigned i = 0; i < COLUMNS; i++) {
        char from[SSE_ADDR_TEXT], to[SSE_ADDR_TEXT], *time, *words;

        if (at[i] == NULL)
            continue;
        time = sse_time_utc_second(at[i]->time);
        words = g_strdup_printf("%s: %s to %s (frame %u)", time, sse_addr_text(&at[i]->networks[0], from),
                                sse_addr_text(&at[i]->networks[1], to), at[i]->frame);
        tick_mark(out, i, "network", words);
        g_free(words);
        g_free(time);
    }
    lane_end(out);
}

static void log_lane(GString *out, const sse_report *r)
{
    static const uint8_t weight[SSE_LOG_RESULTS] = {
        [SSE_LOG_NOT_COMPARED] = 1, [SSE_LOG_NOT_SEEN] = 2, [SSE_LOG_AGREES] = 3, [SSE_LOG_DIFFERS] = 4,
    };
    tick at[COLUMNS] = { { NULL, 0 } };

    for (guint i = 0; i < r->log->statements->len; i++) {
        const sse_log_statement *st = &g_array_index(r->log->statements, sse_log_statement, i);
        tick *t = &at[place_of(r, st->time)];

        /* Its time may have no seconds: what packets belong to is drawn at the end. */
        if (weight[st->result] > t->weight &&
            (st->result != SSE_LOG_NOT_COMPARED || (st->time >= r->first_time && st->time <= r->last_time))) {
            t->what = st;
            t->weight = weight[st->result];
        }
    }
    lane_begin(out, "Log");
    for (unsigned i = 0; i < COLUMNS; i++) {
        const sse_log_statement *st = (const sse_log_statement *)at[i].what;
        char *time, *said, *words;

        if (st == NULL)
            continue;
        time = sse_time_utc_second(st->time);
        said = sse_log_words(st);
        words = g_strdup_printf("%s (frame %u): %s", time, st->note.frame, said);
        tick_mark(out, i, sse_log_result_code(st->result), words);
        g_free(words);
        g_free(said);
        g_free(time);
    }
    lane_end(out);
}

/* ---- the whole ---- */

static void axis(GString *out, const sse_report *r)
{
    char *first = sse_time_utc_second(r->first_time);

    g_string_append(out, "<div class=\"axis\">");
    for (unsigned i = 0; i < LABELS; i++) {
        const double part = (double)i / (LABELS - 1);
        const int64_t time = i == LABELS - 1 ? r->last_time
            : r->first_time + (int64_t)(((double)r->last_time - (double)r->first_time) * part);
        char *text = sse_time_utc_second(time);
        const size_t day = strlen("2024-08-27 ");
        const bool same_day = i > 0 && strlen(text) > day && strncmp(first, text, day) == 0;

        if (g_str_has_suffix(text, " UTC"))
            text[strlen(text) - strlen(" UTC")] = '\0';
        g_string_append(out, "<span>");
        sse_html_text(out, same_day ? text + day : text);
        g_string_append(out, "</span>");
        g_free(text);
    }
    g_string_append(out, "</div>\n");
    g_free(first);
}

static void legend(GString *out, bool of_log)
{
    g_string_append(out, "<p class=\"legend\"><i class=\"protected\"></i>Protected <i class=\"inconclusive\"></i>Inconclusive "
                    "<i class=\"outage\"></i>Outage <i class=\"not-observed\"></i>Not observed");
    if (of_log)
        g_string_append(out, " <i class=\"agrees\"></i>Log: agrees with the packets <i class=\"differs\"></i>denied by them "
                        "<i class=\"not-seen\"></i>not in them");
    g_string_append(out, "</p>\n<p class=\"soft\">Times are UTC. Light red: no packet says more. Point at an outage or a tick for its words.</p>\n");
}

void sse_html_timeline(GString *out, const sse_report *r, guint client, const GArray *told)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, client);
    const bool of_log = r->log != NULL && r->log->client == (int64_t)client && r->log->statements->len > 0;

    g_string_append(out, "<div class=\"timeline\">\n");
    for (unsigned i = 0; i < LANES; i++) {
        lane l;

        if (!lane_make(&l, i, r, c))
            continue;
        lane_begin(out, l.name);
        bars(out, &l);
        outage_bars(out, &l, r, c, told);
        lane_end(out);
    }
    network_lane(out, r, c);
    if (of_log)
        log_lane(out, r);
    axis(out, r);
    legend(out, of_log);
    g_string_append(out, "</div>\n");
}

void sse_html_timeline_small(GString *out, const sse_report *r, const sse_client_report *c)
{
    for (unsigned i = 0; i < LANES; i++) {
        lane l;

        if (!lane_make(&l, i, r, c))
            continue;
        svg_begin(out, l.name);
        bars(out, &l);
        g_string_append(out, "</svg>");
    }
}
