/* head_words.c
 * What says first how a client is, in words: its services, and what to do.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "head_words.h"

#include "addresses.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"

#include <string.h>

/* ---- services ---- */

void sse_service_verdict_words(GString *line, const sse_service_report *s, const sse_told *now)
{
    const uint32_t earlier = s->outages - (now != NULL && s->outages > 0);

    g_string_append(line, sse_state_words(s->verdict));
    if (earlier > 0 && now != NULL)
        g_string_append_printf(line, ", %u %s before", earlier, sse_plural(earlier, "outage", "outages"));
    else if (earlier > 0)
        g_string_append_printf(line, " after %u %s", earlier, sse_plural(earlier, "outage", "outages"));
}

void sse_cause_since_words(GString *line, const sse_service_report *s)
{
    g_string_append(line, sse_cause_words(s->cause));
    if (s->since.frame != 0) {
        /* To the second: the timeline has the rest. */
        char *time = sse_time_utc_second(s->since.time);

        g_string_append_printf(line, "%ssince %s%s (frame %u)", s->cause != SSE_CAUSE_NONE ? ", " : "", time,
                               s->since.at_or_before ? " or earlier" : "", s->since.frame);
        g_free(time);
    }
}

void sse_port_words(GString *line, const sse_version_report *r)
{
    bool said = false, by_others = r->cause == SSE_CAUSE_INTERCEPTED || r->cause == SSE_CAUSE_REFUSED;

    for (unsigned p = 0; p < r->n_ports; p++) {
        const sse_port_report *port = &r->ports[p];

        g_string_append_printf(line, "%s%u ", p == 0 ? "UDP " : ", ", port->port);
        if (port->tried == 0 && port->encrypted_tried == 0 && port->users_tried == 0) {
            g_string_append(line, "not tried");
        } else if (port->encrypted_tried > 0 || port->users_tried > 0) {
            const char *comma = "";

            g_string_append_printf(line, "%s (", sse_port_state_code(port->state));
            if (port->tried > 0) {
                g_string_append_printf(line, "%u/%u%s", port->answered, port->tried, said ? "" : " answered");
                said = true;
                comma = ", ";
            }
            if (port->encrypted_tried > 0) {
                g_string_append_printf(line, "%sDNSCrypt %u/%u%s", comma, port->encrypted_answered, port->encrypted_tried,
                                       said ? "" : " answered");
                said = true;
                comma = ", ";
            }
            if (port->users_tried > 0)
                g_string_append_printf(line, "%squeries with identity %u/%u%s", comma, port->users_answered,
                                       port->users_tried, said ? "" : " answered");
            g_string_append_c(line, ')');
            said = true;
        } else {
            g_string_append_printf(line, "%s (%u/%u%s)", sse_port_state_code(port->state), port->answered, port->tried,
                                   said ? "" : by_others ? " answered by OpenDNS" : " answered");
            said = true;
        }
    }
}

void sse_web_words(GString *line, const sse_client_report *c)
{
    if (c->web_tried == 0)
        g_string_append(line, "no connection to a gateway");
    else
        g_string_append_printf(line, "%u/%u completed", c->web_completed, c->web_tried);
    /* What was not completed need not have failed. */
    if (c->web_failed > 0 && c->web_failed + c->web_completed != c->web_tried)
        g_string_append_printf(line, ", %u failed", c->web_failed);
    if (c->web.cause == SSE_CAUSE_PROXY_ERROR) {
        char *words = sse_connect_words(c);

        g_string_append_printf(line, "; CONNECT answered with %s", words != NULL ? words : "errors");
        g_free(words);
    }
}

unsigned sse_service_badness(const sse_service_report *s)
{
    return sse_state_badness(s->verdict);
}

static bool client_asks(const sse_client_report *c)
{
    for (guint i = 0; i < c->findings->len; i++)
        if (g_array_index(c->findings, sse_finding, i).has_advice)
            return true;
    return false;
}

bool sse_client_is_well(const sse_client_report *c)
{
    return MAX(sse_service_badness(&c->dns), sse_service_badness(&c->web)) <= sse_state_badness(SSE_PROTECTED) &&
           c->dns.outages + c->web.outages == 0 && !client_asks(c);
}

bool sse_client_in_full(const sse_report *r, guint index, guint shown)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);

    if (r->clients->len > 1 && sse_client_is_well(c) && (r->log == NULL || r->log->client != (int64_t)index))
        return false;
    return shown < SSE_CLIENTS_IN_FULL;
}

/* ---- the others ---- */

void sse_summary_add(sse_summary *s, const sse_client_report *c)
{
    const unsigned worst = MAX(sse_service_badness(&c->dns), sse_service_badness(&c->web));
    const sse_summed kind = sse_client_is_well(c)
        ? (worst == sse_state_badness(SSE_PROTECTED) ? SSE_SUMMED_WELL : SSE_SUMMED_SILENT)
        : (worst > sse_state_badness(SSE_PROTECTED) ? SSE_SUMMED_FAILING : SSE_SUMMED_ASKING);
    char text[SSE_ADDR_TEXT];

    if (s->of[kind].addresses == NULL)
        s->of[kind].addresses = g_string_new(NULL);
    if (s->of[kind].count++ < SSE_ADDRESSES_NAMED)
        g_string_append_printf(s->of[kind].addresses, "%s%s", s->of[kind].addresses->len > 0 ? ", " : "",
                               sse_addr_text(&c->client, text));
}

char *sse_summary_take(sse_summary *s, sse_summed kind)
{
    static const struct { const char *one, *many; } words[SSE_SUMMED] = {
        [SSE_SUMMED_FAILING] = { "more client is not protected", "more clients are not protected" },
        [SSE_SUMMED_ASKING] = { "more client had outages or has findings that ask for something",
                                "more clients had outages or have findings that ask for something" },
        [SSE_SUMMED_WELL] = { "client is protected", "clients are protected" },
        [SSE_SUMMED_SILENT] = { "client shows nothing to judge", "clients show nothing to judge" },
    };
    const uint32_t count = s->of[kind].count;
    char *text;

    if (count == 0)
        return NULL;
    if (count > SSE_ADDRESSES_NAMED)
        g_string_append_printf(s->of[kind].addresses, " and %u more", count - SSE_ADDRESSES_NAMED);
    text = g_strdup_printf("%u %s: %s.", count, sse_plural(count, words[kind].one, words[kind].many), s->of[kind].addresses->str);
    g_string_free(s->of[kind].addresses, TRUE);
    s->of[kind].addresses = NULL;
    s->of[kind].count = 0;
    return text;
}

/* ---- what to do ---- */

static void clear_task(gpointer data)
{
    g_free(((sse_task *)data)->text);
}

static void add_task(GArray *tasks, char *text, unsigned of, bool of_finding)
{
    const sse_task t = { .text = text, .of = of, .of_finding = of_finding };

    for (guint i = 0; i < tasks->len; i++) {
        sse_task *other = &g_array_index(tasks, sse_task, i);

        if (strcmp(other->text, text) == 0) {
            other->of |= of;
            other->of_finding &= of_finding;
            g_free(text);
            return;
        }
    }
    g_array_append_val(tasks, t);
}

static int by_length(const void *a, const void *b)
{
    const sse_task *x = (const sse_task *)a, *y = (const sse_task *)b;

    if (x->of_finding != y->of_finding)
        return x->of_finding ? 1 : -1;
    return x->of_finding ? (int)strlen(x->text) - (int)strlen(y->text) : 0;
}

static bool advises(const sse_report *r, const sse_service_report *s, const char *sought)
{
    bool found = false;

    for (guint i = 0; i < s->advice->len && !found; i++) {
        char *text = sse_advice_text(r, &g_array_index(s->advice, sse_advice, i));

        found = strcmp(text, sought) == 0;
        g_free(text);
    }
    return found;
}

GArray *sse_client_tasks(const sse_report *r, const sse_client_report *c)
{
    const sse_service_report *services[2] = { &c->dns, &c->web };
    GArray *tasks = g_array_new(FALSE, FALSE, sizeof(sse_task));

    g_array_set_clear_func(tasks, clear_task);
    for (unsigned i = 0; i < 2; i++) {
        const sse_advice *advice = services[i]->advice->len > 0 ? &g_array_index(services[i]->advice, sse_advice, 0) : NULL;

        if (advice != NULL && !advice->of_finding)
            add_task(tasks, sse_advice_text(r, advice), 1u << i, false);
    }
    if (c->candidates->len > 0 && c->web.advice->len == 0) {
        char *option = sse_candidate_option(&g_array_index(c->candidates, sse_candidate_report, 0));

        add_task(tasks, g_strdup_printf(sse_in_window() ? "set the preference %s to judge what may be the gateway."
                                                        : "run again with %s to judge what may be the gateway.", option), 2, false);
        g_free(option);
    }
    for (unsigned i = 0; i < 2; i++)
        for (guint k = 0; k < services[i]->advice->len; k++) {
            const sse_advice *advice = &g_array_index(services[i]->advice, sse_advice, k);

            if (advice != NULL && advice->of_finding)
                add_task(tasks, sse_advice_text(r, advice), 1u << i, true);
        }
    for (guint i = 0; i < c->findings->len; i++) {
        char *text = sse_finding_advice_text(r, &g_array_index(c->findings, sse_finding, i));

        if (text != NULL && !advises(r, &c->dns, text) && !advises(r, &c->web, text))
            add_task(tasks, text, 0, true);
        else
            g_free(text);
    }
    g_array_sort(tasks, by_length);
    return tasks;
}

const char *sse_no_task_words(const sse_report *r, guint index)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);

    if (c->dns.outages + c->web.outages > 0)
        return "see the outages below.";
    if (sse_service_badness(&c->dns) > sse_state_badness(SSE_PROTECTED) ||
        sse_service_badness(&c->web) > sse_state_badness(SSE_PROTECTED))
        return NULL;
    return sse_log_denied(r, index) ? "nothing on the network; look at the host (see the client's log below)." : "nothing.";
}

/* ---- nothing ---- */

/* What the preferences name. */
static void looked_for(GString *out, const sse_report *r)
{
    GString *text = g_string_new("TXT queries for ");

    sse_names_words(text, r->in_force.names.probes);
    g_string_append(text, " to the OpenDNS resolvers (");
    sse_resolvers_words(text, r->in_force.resolvers);
    g_string_append(text, ") on ports 443 and 53; lookups of names below ");
    sse_names_words(text, r->in_force.names.gateways);
    g_string_append(text, "; connections on ports 443 and 80 to the addresses that these give, to " SSE_BUILTIN_GATEWAY
                    " (the gateway's fixed address), and to those of the preference sseroaming.gateways.");
    sse_wrap(out, "Looked for: ", text->str);
    g_string_free(text, TRUE);
}

/* What was nearly a resolver, with the option that makes it one. */
static void other_resolver(GString *out, const sse_report *r)
{
    char address[SSE_ADDR_TEXT];

    for (guint i = 0; i < r->findings->len; i++) {
        const sse_finding *f = &g_array_index(r->findings, sse_finding, i);

        if (f->code != SSE_FIND_OTHER_RESOLVER)
            continue;
        sse_addr_text(&f->address, address);
        sse_wrap_printf(out, "Nearly: ", "a probe's name was asked for at %s. If that is a resolver of OpenDNS, %s",
                        address, sse_in_window() ? "add it to the preference Resolvers." : "run again with:");
        if (!sse_in_window())
            sse_wrap_printf(out, "        ", "-o sseroaming.resolvers:%s", address);
    }
}

void sse_nothing_lines(GString *out, const sse_report *r)
{
    g_string_append(out, "DNS: Not observed. Web: Not observed.\n");
    sse_preferences_line(out, r);
    if (r->filter != NULL) {
        sse_wrap(out, "", "No probe and no connection to a gateway has a packet that passes the filter. Run again without "
                 "it to judge the whole file.");
        /* Such a filter asks for what is known only at the end. */
        if (strstr(r->filter, "sseroaming.") != NULL && !sse_in_window())
            sse_wrap(out, "", "A filter on an outcome or a state needs two passes: tshark -2.");
        return;
    }
    if (sse_log_taken(r))
        sse_wrap(out, "To do: ", "look at the host itself: something there takes the probes (see the client's log below).");
    looked_for(out, r);
    other_resolver(out, r);
    if (r->frames == 0)
        return;
    sse_wrap(out, "To check: ", "Interface: was it the one that the client's packets really leave by? With a VPN up, that "
             "may be its adapter; elsewhere on the path tunnelled traffic does not show.");
    sse_wrap(out, "          ", "Time: did the capture run for at least a minute while the module was active? Started too "
             "late, it lacks the lookup of the gateway's name.");
    sse_wrap(out, "          ", "Gateway: is its name in no DNS answer here? Then give its address:");
    sse_line(out, "          ", sse_in_window() ? SSE_PREFERENCES_MENU ", Gateway addresses" : "-o sseroaming.gateways:ADDRESS");
}
