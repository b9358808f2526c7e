/* judge.c
 * Times the report of very many outages: so many clients, of each so many outages of
 * DNS that healed. Prints seconds of CPU to feed the packets, to judge them, to print
 * the text report.
 *
 *   build/tests/unit/bench_judge [CLIENTS [OUTAGES [TIMES]]]
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "print.h"
#include "report_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PERIOD 40 /* seconds from one outage to the next */

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* All clients at once, as where one line serves them: each asks both resolvers. */
static void feed_bursts(feed *f, double at, char **clients, unsigned count, uint16_t port, bool answered)
{
    static const char *const resolver[2] = { R1, R2 };
    const uint16_t id = f->id;

    for (unsigned step = 0; step < (answered ? 4 : 2); step++) {
        for (unsigned i = 0; i < count; i++) {
            const double when = at + (step + (double)i / count) * 0.001;
            const uint16_t of = (uint16_t)(id + 2 * i + step % 2);

            if (step < 2)
                feed_query(f, when, clients[i], resolver[step], port, of);
            else
                feed_reply(f, when + 0.020, clients[i], resolver[step - 2], port, of);
        }
    }
    f->id = (uint16_t)(id + 2 * count);
}

static void feed_outages(feed *f, unsigned clients, unsigned outages)
{
    char **address = g_new0(char *, clients + 1);

    for (unsigned i = 0; i < clients; i++)
        address[i] = g_strdup_printf("10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
    for (unsigned n = 0; n < outages; n++) {
        feed_bursts(f, n * PERIOD, address, clients, 443, false);
        feed_bursts(f, n * PERIOD + 5, address, clients, 53, false);
        feed_bursts(f, n * PERIOD + 20, address, clients, 443, true);
    }
    g_strfreev(address);
}

int main(int argc, char **argv)
{
    const unsigned clients = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
    const unsigned outages = argc > 2 ? (unsigned)atoi(argv[2]) : 100;
    const unsigned times = argc > 3 ? (unsigned)atoi(argv[3]) : 3;
    feed *f = feed_new();
    double before = cpu_seconds();

    feed_outages(f, clients, outages);
    printf("%u clients, %u outages of each: fed in %.2f s\n", clients, outages, cpu_seconds() - before);
    for (unsigned i = 0; i < times; i++) {
        sse_report *report;
        GString *text;
        double judged, printed;

        before = cpu_seconds();
        report = sse_verdict(f->t, NULL);
        judged = cpu_seconds();
        text = sse_report_print(report, SSE_FORMAT_TEXT);
        printed = cpu_seconds();
        printf("judged in %.2f s, printed in %.2f s: %u outages, %zu characters\n", judged - before, printed - judged,
               report->outages_dns, (size_t)text->len);
        g_string_free(text, TRUE);
        sse_report_free(report);
    }
    feed_free(f);
    return 0;
}
