/* session.c
 * What is known of the file that is open.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session.h"

#include "ip_layers.h"
#include "ports.h"
#include "second_pass.h"
#include "timeline.h"


static sse_open_file *current;
static protocol_t *switched_by;

static void close_file(void)
{
    if (current == NULL)
        return;
    sse_second_pass_end();
    sse_report_free(current->report);
    sse_filter_clear(&current->filter);
    sse_dnscrypt_magics_free(current->magics);
    g_array_free(current->certificate_frames, TRUE);
    sse_tracker_free(current->tracker);
    sse_settings_free(current->settings);
    g_free(current);
    current = NULL;
}

static void start_file(void)
{
    close_file();
    sse_second_pass_begin();
    current = g_new0(sse_open_file, 1);
    current->enabled = sse_session_is_enabled();
    current->settings = sse_preferences_settings();
    current->tracker = sse_tracker_new(&current->settings->config);
    current->magics = sse_dnscrypt_magics_new();
    current->certificate_frames = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    current->newest_dnscrypt = INT64_MIN;
    sse_filter_init(&current->filter, current->tracker);
}

void sse_session_register(int proto)
{
    switched_by = find_protocol_by_id(proto);
    register_init_routine(start_file);
    register_cleanup_routine(close_file);
    register_shutdown_routine(sse_preferences_shutdown);
}

sse_open_file *sse_session_file(void)
{
    return current;
}

sse_tracker *sse_session_tracker(void)
{
    return current != NULL ? current->tracker : NULL;
}

bool sse_session_is_enabled(void)
{
    return proto_is_protocol_enabled(switched_by);
}

/* Drawn anew only when the records or the clock have moved. */
const sse_report *sse_session_report(void)
{
    sse_open_file *f = current;

    if (f == NULL)
        return NULL;
    if (f->report == NULL || f->report_generation != f->tracker->generation ||
        f->report_frames != f->tracker->frames) {
        sse_report_free(f->report);
        sse_tracker_settle(f->tracker);
        f->report = sse_verdict(f->tracker, NULL);
        sse_note_frames(f->report);
        /* Settling may have moved the generation. */
        f->report_generation = f->tracker->generation;
        f->report_frames = f->tracker->frames;
    }
    return f->report;
}

bool sse_session_resolver(const packet_info *pinfo, sse_addr *server, bool *to_server)
{
    const sse_open_file *f = current;
    bool to = pinfo->destport == SSE_PORT_ENCRYPTED_DNS || pinfo->destport == SSE_PORT_PLAIN_DNS;
    bool from = pinfo->srcport == SSE_PORT_ENCRYPTED_DNS || pinfo->srcport == SSE_PORT_PLAIN_DNS;

    if (f == NULL)
        return false;
    /* Asked of many packets: the address filter says no at little cost. */
    to = to && sse_filter_perhaps(&f->filter, &pinfo->net_dst);
    from = from && sse_filter_perhaps(&f->filter, &pinfo->net_src);
    if (!to && !from)
        return false;
    *to_server = to && sse_address_of(&pinfo->net_dst, server) && sse_tracker_is_resolver(f->tracker, server);
    if (!*to_server &&
        !(from && sse_address_of(&pinfo->net_src, server) && sse_tracker_is_resolver(f->tracker, server)))
        return false;
    return sse_session_is_enabled();
}
