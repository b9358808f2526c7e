/* outage_words.c
 * Outages in words: the same line and the same block wherever one is told.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "outage_words.h"

#include "layout.h"
#include "phrases.h"

#include <string.h>

bool sse_say_once(GHashTable *said, char *text)
{
    return g_hash_table_add(said, text);
}

/* ---- what is told ---- */

/* Where it ends, as far as the file shows it. */
static int64_t seen_until(const sse_outage *o)
{
    return o->until_frame != 0 ? o->until_time : o->evidence_time;
}

static bool ends_later(const sse_outage *a, const sse_outage *b)
{
    if ((a->ended_by == SSE_ENDED_NONE) != (b->ended_by == SSE_ENDED_NONE))
        return a->ended_by == SSE_ENDED_NONE;
    return seen_until(a) > seen_until(b);
}

/* One that repeats another belongs to the newest of DNS that is told. */
static void add_repeat(sse_told *t, const sse_outage *o, guint index)
{
    t->end = index + 1;
    t->both |= o->ip != t->outage->ip;
    t->lasts |= o->ended_by == SSE_ENDED_NONE;
    if (ends_later(o, t->last))
        t->last = o;
}

GArray *sse_outages_told(const sse_client_report *c)
{
    GArray *told = g_array_new(FALSE, FALSE, sizeof(sse_told));
    guint dns = 0; /* index of the newest of DNS that counts, + 1 */

    for (guint i = 0; i < c->outages->len; i++) {
        const sse_outage *o = &g_array_index(c->outages, sse_outage, i);
        const sse_told t = { .outage = o, .last = o, .first = i, .end = i + 1, .counted = o->counted,
                             .lasts = o->ended_by == SSE_ENDED_NONE };

        if (o->counted && o->repeats && dns != 0) {
            add_repeat(&g_array_index(told, sse_told, dns - 1), o, i);
            continue;
        }
        g_array_append_val(told, t);
        if (o->counted && o->service == SSE_SERVICE_DNS)
            dns = told->len;
    }
    return told;
}

const sse_told *sse_outage_now(const GArray *told, sse_service service)
{
    for (guint i = told->len; i > 0; i--) {
        const sse_told *t = &g_array_index(told, sse_told, i - 1);

        if (t->counted && t->lasts && t->outage->service == service)
            return t;
    }
    return NULL;
}

const sse_outage *sse_told_member(const sse_client_report *c, const sse_told *t, guint *at)
{
    for (guint i = t->first + *at; i < t->end; i++) {
        const sse_outage *o = &g_array_index(c->outages, sse_outage, i);

        if (i == t->first || (o->counted && o->repeats)) {
            *at = i + 1 - t->first;
            return o;
        }
    }
    return NULL;
}

void sse_told_add_peers(GArray *peers, const sse_outage *o)
{
    for (guint i = 0; i < o->peers->len && peers->len < 2 * SSE_PEERS; i++) {
        const sse_addr *addr = &g_array_index(o->peers, sse_addr, i);
        bool known = false;

        for (guint k = 0; k < peers->len && !known; k++)
            known = sse_addr_equal(&g_array_index(peers, sse_addr, k), addr);
        if (!known)
            g_array_append_vals(peers, addr, 1);
    }
}

/* ---- words ---- */

int64_t sse_told_duration(const sse_told *t)
{
    return MAX(seen_until(t->last) - t->outage->since.time, 0);
}

void sse_told_duration_words(GString *out, const sse_told *t)
{
    sse_duration_words(out, sse_told_duration(t));
    if (t->outage->since.at_or_before || t->last->until_frame == 0)
        g_string_append(out, " or more");
}

void sse_told_time_words(GString *out, const sse_told *t)
{
    char *from = sse_time_utc_second(t->outage->since.time), *to = sse_time_utc_second(seen_until(t->last));
    const bool same_day = g_ascii_isdigit(*from) && strncmp(from, to, strlen("2024-08-27 ")) == 0;

    if (t->last->ended_by == SSE_ENDED_NONE) {
        g_string_append_printf(out, "since %s%s (", from, t->outage->since.at_or_before ? " or earlier" : "");
        sse_told_duration_words(out, t);
        g_string_append_c(out, ')');
        g_free(from);
        g_free(to);
        return;
    }
    if (g_str_has_suffix(from, " UTC"))
        from[strlen(from) - strlen(" UTC")] = '\0';
    g_string_append_printf(out, "%s%s to %s%s (", from, t->outage->since.at_or_before ? " or earlier" : "",
                           same_day ? to + strlen("2024-08-27 ") : to, t->last->until_frame == 0 ? " or later" : "");
    sse_told_duration_words(out, t);
    g_string_append_c(out, ')');
    g_free(from);
    g_free(to);
}

static const char *cause_words(const sse_outage *o)
{
    return o->cause != SSE_CAUSE_NONE ? sse_cause_words((sse_cause)o->cause) : "cause not known";
}

/* "no reply", "intercepted on UDP 443, refused on 53". */
static void one_cause(GString *out, const sse_outage *o)
{
    const sse_cause p443 = (sse_cause)o->port_cause[0], p53 = (sse_cause)o->port_cause[1];

    /* Of an outage both are down. */
    if (o->service != SSE_SERVICE_DNS || p443 == p53 || (p443 != o->cause && p53 != o->cause))
        g_string_append(out, cause_words(o));
    else if (p443 != SSE_CAUSE_NONE && p53 != SSE_CAUSE_NONE)
        g_string_append_printf(out, "%s on UDP 443, %s on 53", sse_cause_words(p443), sse_cause_words(p53));
    else
        g_string_append_printf(out, "%s on UDP %u", cause_words(o), p443 != SSE_CAUSE_NONE ? 443u : 53u);
}

/* The first member of the other IP version. */
static const sse_outage *other_version(const sse_client_report *c, const sse_told *t)
{
    const sse_outage *o;

    for (guint at = 0; (o = sse_told_member(c, t, &at)) != NULL;)
        if (o->ip != t->outage->ip)
            return o;
    return NULL;
}

void sse_told_short_cause(GString *out, const sse_client_report *c, const sse_told *t, bool name_version)
{
    const sse_outage *other = other_version(c, t);

    g_string_append(out, cause_words(t->outage));
    if (other != NULL && other->cause != t->outage->cause)
        g_string_append_printf(out, " over IPv%u, %s over IPv%u", t->outage->ip, cause_words(other), other->ip);
    else if (name_version)
        g_string_append(out, other != NULL ? " over IPv4 and IPv6" : t->outage->ip == 6 ? " over IPv6" : " over IPv4");
}

void sse_told_cause_words(GString *out, const sse_client_report *c, const sse_told *t)
{
    const sse_outage *other = other_version(c, t);

    one_cause(out, t->outage);
    if (other != NULL && (other->cause != t->outage->cause ||
                          memcmp(other->port_cause, t->outage->port_cause, sizeof other->port_cause) != 0)) {
        g_string_append_printf(out, "; over IPv%u ", other->ip);
        one_cause(out, other);
    }
}

const char *sse_told_service_words(const sse_told *t)
{
    if (t->outage->service != SSE_SERVICE_DNS)
        return sse_service_words((sse_service)t->outage->service);
    return t->both ? "DNS IPv4 and IPv6" : t->outage->ip == 6 ? "DNS IPv6" : "DNS IPv4";
}

void sse_told_row(GString *out, const sse_client_report *c, const sse_told *t)
{
    sse_told_time_words(out, t);
    g_string_append_printf(out, ", %s: ", sse_told_service_words(t));
    sse_told_short_cause(out, c, t, false);
    g_string_append_printf(out, ", %u of %u failed (frame %u)", t->outage->failed, t->outage->attempts,
                           t->outage->since.frame);
}

const char *sse_not_counted_words(const sse_outage *o)
{
    if (o->cause == SSE_CAUSE_NO_CONNECTIVITY)
        return "not counted: the line itself was down, so no filter is to blame";
    if (o->cause == SSE_CAUSE_PROTECTED_NETWORK)
        return "not counted: there, direct probes may be blocked by design";
    if (o->verdict == SSE_INCONCLUSIVE)
        return "not counted: the file does not show whether answers came, only one direction is in it or they went "
               "another way";
    return o->ip == 6 ? "not counted: IPv6 does not count for this client, see the findings"
                      : "not counted: this IP version does not count for this client, see the findings";
}

/* ---- the section ---- */

static void say(GString *out, const char *head, char *text)
{
    sse_wrap(out, head, text);
    g_free(text);
}

/* Who sent something: what of it is the same in a table is not repeated there. */
static void say_once(GString *out, GHashTable *said, const char *what, char *words)
{
    sse_wrap_printf(out, "    ", "%s%s", what, words);
    sse_say_once(said, words);
}

void sse_told_border_words(GString *line, const sse_told *t)
{
    const uint32_t from = t->outage->since.frame;
    const sse_outage *last = t->last;

    if (last->ended_by == SSE_ENDED_NONE)
        g_string_append_printf(line, "from frame %u to the end of the file, last in frame %u", from,
                               last->evidence_frame);
    else if (last->until_frame != 0)
        g_string_append_printf(line, "from frame %u to frame %u, where %s", from, last->until_frame,
                               sse_ended_words((sse_ended)last->ended_by));
    else
        g_string_append_printf(line, "from frame %u on, last in frame %u; then %s", from, last->evidence_frame,
                               sse_ended_words((sse_ended)last->ended_by));
}

static bool has_reason(const sse_outage *o, sse_reason_code code)
{
    for (guint i = 0; i < o->reasons->len; i++)
        if (g_array_index(o->reasons, sse_reason, i).code == code)
            return true;
    return false;
}

void sse_outage_peers_words(GString *line, const sse_outage *o)
{
    if (o->peers->len == 0)
        return;
    g_string_append(line, ", at ");
    sse_addresses_words(line, o->peers);
}

static void member_lines(GString *out, const sse_outage *o, bool control_said, GHashTable *said)
{
    GString *line = g_string_new(NULL);
    char server[SSE_ADDR_TEXT], address[SSE_ADDR_TEXT];

    g_string_append_printf(line, "%u of %u attempts failed", o->failed, o->attempts);
    sse_outage_peers_words(line, o);
    sse_wrap(out, "    ", line->str);
    /* That nothing came says the reason, or the cause. */
    if (!control_said && !has_reason(o, SSE_REASON_NO_CONTROL) && o->cause != SSE_CAUSE_NO_CONNECTIVITY) {
        g_string_assign(line, "meanwhile ");
        sse_control_words(line, o->control_dns_answers, o->control_tcp_opened);
        sse_wrap(out, "    ", line->str);
    }
    g_string_free(line, TRUE);
    if (o->icmp.count > 0)
        say_once(out, said, "rejected by ", sse_icmp_words(&o->icmp));
    if (o->origin != SSE_ORIGIN_NONE) {
        char *head = g_strdup_printf("origin of the %s: ", sse_origin_subject(o));

        say_once(out, said, head, sse_origin_words((sse_origin)o->origin, o->origin_reasons));
        g_free(head);
    }
    if (o->fake_frame != 0)
        say_once(out, said, "the reply that came: ", sse_fake_words(o->fake_frame, o->fake_rcode, o->fake_ttl));
    if (o->has_fail_open && o->fail_open > 0) {
        char *words = sse_fail_open_words(o->fail_open, o->fail_open_first, o->fail_open_last);
        const bool first = sse_say_once(said, g_strdup(SSE_FAIL_OPEN_CAVEAT));

        sse_wrap_printf(out, "    fail open: ", "%s%s%s", words, first ? ". " : "", first ? SSE_FAIL_OPEN_CAVEAT : "");
        g_free(words);
    }
    if (o->misdirected->len > 0)
        sse_wrap_printf(out, "    ", "the DNS server %s answered with %s, which no gateway has",
                        sse_addr_text(&g_array_index(o->misdirected, sse_addr, 1), server), sse_addr_text(&g_array_index(o->misdirected, sse_addr, 0), address));
    if (o->captive)
        sse_wrap(out, "    ", "a captive portal answered in that time or shortly before");
    for (guint i = 0; i < o->reasons->len; i++)
        say(out, i > 0 ? "                        " : o->confidence == SSE_CONFIDENCE_LIMITED ? "    confidence limited: " : "    reason: ",
            sse_reason_text(&g_array_index(o->reasons, sse_reason, i)));
}

static void full(GString *out, const sse_report *r, const sse_client_report *c, const sse_told *t, GHashTable *said)
{
    const sse_service_report *s = t->outage->service == SSE_SERVICE_DNS ? &c->dns : &c->web;
    /* The first lines of the client say it of what lasts: see head of text.c. */
    const bool control_said = t->lasts && s->has_control && (s == &c->dns || !c->dns.has_control);
    GString *line = g_string_new(NULL);
    guint members = 0, more = 0;
    const sse_outage *o;
    bool first = true;

    g_string_append_printf(line, "%s, ", sse_told_service_words(t));
    sse_told_time_words(line, t);
    sse_wrap(out, "  ", line->str);
    g_string_set_size(line, 0);
    if (!t->both) {
        one_cause(line, t->outage);
        g_string_append(line, ", ");
    }
    sse_told_border_words(line, t);
    sse_wrap(out, "    ", line->str);
    if (!t->counted)
        sse_wrap(out, "    ", sse_not_counted_words(t->outage));
    for (guint at = 0; (o = sse_told_member(c, t, &at)) != NULL;) {
        /* One may flap while the other lasts. */
        if (members++ > SSE_OUTAGES_IN_FULL) {
            more++;
            continue;
        }
        if (t->both) {
            const sse_told alone = { .outage = o, .last = o };

            g_string_printf(line, "over IPv%u ", o->ip);
            sse_told_time_words(line, &alone);
            g_string_append(line, ": ");
            one_cause(line, o);
            sse_wrap(out, "    ", line->str);
        }
        member_lines(out, o, control_said, said);
        if (o->frames.total > 0) {
            g_string_set_size(line, 0);
            sse_frames_words(line, &o->frames);
            sse_wrap(out, "    ", line->str);
        }
    }
    if (more > 0)
        sse_wrap_printf(out, "    ", "and %u more within it; %s them", more, sse_json_has());
    for (guint at = 0; (o = sse_told_member(c, t, &at)) != NULL;)
        for (guint i = 0; i < o->advice->len; i++) {
            char *text = sse_advice_text(r, &g_array_index(o->advice, sse_advice, i)), *own = g_strdup(text);

            if (sse_say_once(said, own)) {
                sse_wrap(out, first ? "    to do: " : "           ", text);
                first = false;
            }
            g_free(text);
        }
    g_string_free(line, TRUE);
}

/* "Outages: DNS 3 (1 min 15 s in all), Web 1 (25 s)". */
static void title(GString *out, const GArray *told)
{
    static const char *const names[2] = { "DNS", "Web" };
    uint32_t count[2] = { 0, 0 };
    int64_t all[2] = { 0, 0 };

    for (guint i = 0; i < told->len; i++) {
        const sse_told *t = &g_array_index(told, sse_told, i);

        if (t->counted) {
            count[t->outage->service == SSE_SERVICE_WEB]++;
            all[t->outage->service == SSE_SERVICE_WEB] += sse_told_duration(t);
        }
    }
    g_string_append(out, "\nOutages");
    for (unsigned i = 0; i < 2; i++) {
        if (count[i] == 0)
            continue;
        g_string_append_printf(out, "%s%s %u (", i == 1 && count[0] > 0 ? ", " : ": ", names[i], count[i]);
        sse_duration_words(out, all[i]);
        g_string_append(out, count[i] > 1 ? " in all)" : ")");
    }
    if (count[0] + count[1] == 0)
        g_string_append(out, ": none that counts");
    g_string_append_c(out, '\n');
}

void sse_outage_section(GString *out, const sse_report *r, const sse_client_report *c, const GArray *told,
                        GHashTable *said)
{
    unsigned in_full[2] = { 0, 0 };
    guint not_counted = 0, rows = 0, left_out = 0;
    GString *earlier = g_string_new(NULL), *line = g_string_new(NULL);

    if (told->len > 0)
        title(out, told);
    for (guint i = told->len; i > 0; i--) {
        const sse_told *t = &g_array_index(told, sse_told, i - 1);

        if (t->counted ? in_full[t->outage->service == SSE_SERVICE_WEB]++ < SSE_OUTAGES_IN_FULL
                       : not_counted++ < SSE_ROWS_SHOWN) {
            full(out, r, c, t, said);
        } else if (t->counted && rows < SSE_ROWS_SHOWN) {
            rows++;
            g_string_set_size(line, 0);
            sse_told_row(line, c, t);
            sse_wrap(earlier, "  ", line->str);
        } else {
            left_out++;
        }
    }
    if (rows > 0)
        g_string_append_printf(out, "Earlier outages\n%s", earlier->str);
    if (left_out > 0)
        sse_wrap_printf(out, "  ", "%u older %s left out here; %s them.", left_out,
                        sse_plural(left_out, "outage is", "outages are"), sse_json_has());
    g_string_free(earlier, TRUE);
    g_string_free(line, TRUE);
}
