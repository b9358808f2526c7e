/* second_pass.c
 * Fields that say what comes later in the file need it to be read twice (tshark
 * -2). Who asks for one in a single pass gets half of what there is, or nothing:
 * that is said once, at the end, on standard error.
 *
 * A display filter, a column, a colour rule, a -z option's filter mark the fields
 * that they read before a packet is dissected; so does -e in newer versions. Who
 * prints all that there is (-V, -O, -T json) marks none.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "second_pass.h"

#include <string.h>

#include <wsutil/report_message.h>

#ifdef G_OS_WIN32
#include <windows.h>
#endif

/* A line has room for so many. */
#define FIELDS_NAMED 3

/* Fields, and with a point at the end all below. */
static const char *const later[] = {
    "sseroaming.dns.state", "sseroaming.state", "sseroaming.web.state", "sseroaming.fail_open", "sseroaming.finding",
    "sseroaming.probe.outcome", "sseroaming.probe.reply_in", "sseroaming.swg.outcome", "sseroaming.swg.reply_in",
    "sseroaming.swg.reset_origin", "sseroaming.swg.reset_reason", "sseroaming.swg.origin", "sseroaming.swg.origin_reason",
    "sseroaming.swg.path_tool", "sseroaming.probe.path_tool", "sseroaming.lookup.reply_in",
    "sseroaming.expert.probe.", "sseroaming.expert.swg.", "sseroaming.expert.finding.", "sseroaming.expert.dns.",
    "sseroaming.expert.web.", "sseroaming.log.packets", "sseroaming.log.packet", "sseroaming.expert.log.denied",
    "dnscrypt.response_in", "dnscrypt.no_response",
};

static int protocols[3];
static unsigned n_protocols;

static bool looked, came, said;
static GPtrArray *missing;   /* names of fields that were asked for; NULL: none */

const funnel_ops_t *sse_windows(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    return ops != NULL && ops->new_dialog != NULL && ops->new_text_window != NULL ? ops : NULL;
}

void sse_second_pass_register(int proto)
{
    if (n_protocols < G_N_ELEMENTS(protocols))
        protocols[n_protocols++] = proto;
}

void sse_second_pass_begin(void)
{
    looked = came = false;
}

static bool says_what_comes(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(later); i++) {
        if (g_str_has_suffix(later[i], ".") ? g_str_has_prefix(name, later[i]) : strcmp(name, later[i]) == 0)
            return true;
    }
    return false;
}

/* The program's arguments, to g_strfreev(). Nothing else knows what "-e" tells tshark to
 * print, in versions that do not mark those fields; where the system does not show them,
 * nothing is said. */
static char **arguments(void)
{
#if SSE_PRINTED_FIELDS_ARE_MARKED
    return NULL;
#elif defined(G_OS_WIN32)
    /* Names of fields are ASCII: what else a shell would make of the line does not matter. */
    char *line = g_strdelimit(g_strdup(GetCommandLineA()), "\\'#", '/'), **words = NULL;

    if (!g_shell_parse_argv(line, NULL, &words, NULL))
        words = NULL;
    g_free(line);
    return words;
#else
    GPtrArray *words = g_ptr_array_new();
    char *line = NULL;
    gsize length = 0;

    if (g_file_get_contents("/proc/self/cmdline", &line, &length, NULL))
        for (const char *at = line; at < line + length; at += strlen(at) + 1)
            g_ptr_array_add(words, g_strdup(at));
    g_free(line);
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
#endif
}

/* Does "-e NAME" or "-eNAME" stand in the command line? */
static bool is_printed(char *const *words, const char *name)
{
    bool found = false, option = false;

    for (char *const *at = words; at != NULL && *at != NULL && !found; at++) {
        if (option)
            found = strcmp(*at, name) == 0;
        else if (g_str_has_prefix(*at, "-e"))
            found = strcmp(*at + 2, name) == 0;
        option = !option && strcmp(*at, "-e") == 0;
    }
    return found;
}

static void look_at_fields(int proto, char *const *words)
{
    void *cookie = NULL;

    for (const header_field_info *field = proto_get_first_protocol_field(proto, &cookie); field != NULL;
         field = proto_get_next_protocol_field(proto, &cookie)) {
        if (!says_what_comes(field->abbrev) ||
            (field->ref_type != HF_REF_TYPE_DIRECT && !is_printed(words, field->abbrev)))
            continue;
        if (missing == NULL)
            missing = g_ptr_array_new();
        g_ptr_array_add(missing, (gpointer)field->abbrev);
    }
}

void sse_second_pass_note(const packet_info *pinfo, proto_tree *tree)
{
    if (PINFO_FD_VISITED(pinfo)) {
        came = true;
        return;
    }
    char **words;

    if (looked || said || tree == NULL)
        return;
    looked = true;
    words = arguments();
    for (unsigned i = 0; i < n_protocols; i++)
        look_at_fields(protocols[i], words);
    g_strfreev(words);
}

void sse_second_pass_end(void)
{
    if (missing == NULL)
        return;
    /* Wireshark dissects again what it shows, and sharkd what it is asked for. */
    if (!came && !said && sse_windows() == NULL) {
        GString *fields = g_string_new(NULL);

        for (guint i = 0; i < MIN(missing->len, FIELDS_NAMED); i++)
            g_string_append_printf(fields, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(missing, i));
        if (missing->len > FIELDS_NAMED)
            g_string_append_printf(fields, " and %u more", missing->len - FIELDS_NAMED);
        report_failure("%s %s -2 (with -Y, not -R): the first pass does not know what comes later in the file.", fields->str,
                       missing->len > 1 ? "need" : "needs");
        g_string_free(fields, TRUE);
        said = true;
    }
    g_ptr_array_free(missing, TRUE);
    missing = NULL;
}
