/* preferences.c
 * The preferences of the plugin: registered, checked, and handed out as a
 * configuration that is always valid.
 *
 * Wireshark offers no way to refuse a value. So each is checked when it is
 * applied: a bad one is named in an error, and the last valid one takes its
 * place again.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include <string.h>

#include <epan/prefs.h>
#include <epan/uat.h>
#include <wsutil/report_message.h>

#include "addresses.h"
#include "names.h"
#include "preferences.h"
#include "provider.h"

#define DEFAULT_GATEWAYS      ""
#define DEFAULT_PROBE_TIMEOUT 5000
#define DEFAULT_SYN_TIMEOUT   3000
/* Ten minutes: past that the plugin's clock is taken for broken anyway. */
#define MAX_TIMEOUT           600000

enum { LIST_RESOLVERS, LIST_GATEWAYS, LIST_GATEWAY_NAMES, LIST_PROBE_NAMES, LISTS };

/* One preference that is a list. value is Wireshark's; valid is the last text
 * that could be read, list what it said. */
typedef struct list_preference {
    const char *name, *title, *description, *initial;
    const char *value;
    char       *valid;
    void       *list;
} list_preference;

static list_preference lists[LISTS] = {
    [LIST_RESOLVERS] = {
        "resolvers", "Resolver addresses",
        "Addresses of the OpenDNS resolvers that the roaming module probes on UDP 443 and UDP 53, separated by commas. "
        "A probe to any other address is marked as local and never counted. IPv4 addresses are also found inside "
        "64:ff9b::/96, and inside other NAT64 prefixes that the file shows.",
        SSE_DEFAULT_RESOLVERS, NULL, NULL, NULL },
    [LIST_GATEWAYS] = {
        "gateways", "Gateway addresses",
        "Addresses and CIDR ranges of the Secure Web Gateway, separated by commas, for captures that do not hold the DNS "
        "answer which names it. To find one, run on the client: nslookup " SSE_ANY_GATEWAY_NAME ". "
        "Addresses that answers in the capture teach are known without this.",
        DEFAULT_GATEWAYS, NULL, NULL, NULL },
    [LIST_GATEWAY_NAMES] = {
        "gateway_names", "Gateway name suffixes",
        "DNS answers for these names teach the addresses of the Secure Web Gateway, as do those for "
        SSE_EXPLICIT_GATEWAY_NAME ". Separated by commas; \"example.com\" means that name and all below it, "
        "\".example.com\" and \"*.example.com\" only those below.",
        SSE_DEFAULT_GATEWAY_NAMES, NULL, NULL, NULL },
    [LIST_PROBE_NAMES] = {
        "probe_names", "Probe names",
        "A TXT query for one of these names to a resolver is a probe. Separated by commas. Names that start with "
        "\"" SSE_PROVIDER_PREFIX "\" are taken for requests for a DNSCrypt certificate, all others for debug probes.",
        SSE_DEFAULT_PROBE_NAMES, NULL, NULL, NULL },
};

/* Rows of the user's own, which are added to the lists: easier to edit than a text in
 * the window of preferences, and each is checked as it is typed. The texts stay, for
 * -o and for who wants to replace a list. */
typedef struct own_row {
    uint32_t list;           /* LIST_RESOLVERS... */
    char    *value;          /* an address, a range or a name */
    char    *comment;
} own_row;

static own_row *own_rows;
static unsigned own_count;

static const value_string list_vals[] = {
    { LIST_RESOLVERS, "Resolver" }, { LIST_GATEWAYS, "Gateway" }, { LIST_GATEWAY_NAMES, "Gateway name" },
    { LIST_PROBE_NAMES, "Probe name" }, { 0, NULL }
};

UAT_VS_DEF(own_rows, list, own_row, uint32_t, LIST_GATEWAYS, "Gateway")
UAT_CSTRING_CB_DEF(own_rows, value, own_row)
UAT_CSTRING_CB_DEF(own_rows, comment, own_row)

/* A shift may be negative, which Wireshark's own numbers are not: a text. */
#define MAX_SHIFT             INT64_C(100000000)
static const char *log_shift = "0";
static char *valid_log_shift = NULL;
static int64_t log_shift_ns = 0;

static guint probe_timeout = DEFAULT_PROBE_TIMEOUT, valid_probe_timeout = DEFAULT_PROBE_TIMEOUT;
static guint syn_timeout = DEFAULT_SYN_TIMEOUT, valid_syn_timeout = DEFAULT_SYN_TIMEOUT;
/* Wireshark takes each word but "true" for no: of what protects people that would be
 * the wrong side. So it is a text, too, and a word that is none is said. */
static const char *redact = "FALSE";
static char *valid_redact = NULL;
static sse_pref_bool mark_info = true;
static module_t *module = NULL;

static void *read_list(int which, const char *text, char **error)
{
    switch (which) {
    case LIST_RESOLVERS: {
        GArray *ranges = sse_ranges_parse(text, false, error);

        if (ranges != NULL && ranges->len == 0) {
            g_array_free(ranges, TRUE);
            *error = g_strdup("the list is empty");
            return NULL;
        }
        return ranges;
    }
    case LIST_GATEWAYS:
        return sse_ranges_parse(text, true, error);
    case LIST_GATEWAY_NAMES:
        return sse_names_parse_gateways(text, error);
    default:
        return sse_names_parse_probes(text, error);
    }
}

static void free_list(int which, void *list)
{
    if (list == NULL)
        return;
    if (which == LIST_RESOLVERS || which == LIST_GATEWAYS)
        g_array_free((GArray *)list, TRUE);
    else
        g_ptr_array_free((GPtrArray *)list, TRUE);
}

static void *copy_own_row(void *to, const void *from, size_t size _U_)
{
    own_row *copy = (own_row *)to;
    const own_row *row = (const own_row *)from;

    copy->list = row->list;
    copy->value = g_strdup(row->value);
    copy->comment = g_strdup(row->comment);
    return copy;
}

static void free_own_row(void *data)
{
    own_row *row = (own_row *)data;

    g_free(row->value);
    g_free(row->comment);
}

/* One entry a row: a comma would begin another. */
static sse_bool check_own_row(void *data, char **error)
{
    const own_row *row = (const own_row *)data;
    char *text = g_strstrip(g_strdup(row->value != NULL ? row->value : ""));
    void *list = NULL;

    *error = NULL;
    if (*text == '\0')
        *error = g_strdup("the row names no address or name");
    else if (strpbrk(text, ",; \t") != NULL)
        *error = g_strdup_printf("\"%s\" is more than one entry: give each a row", text);
    else if (row->list >= LISTS)
        *error = g_strdup("the row names no list");
    else
        list = read_list((int)row->list, text, error);
    if (list == NULL && *error == NULL)
        *error = g_strdup_printf("\"%s\" cannot be read", text);
    free_list((int)row->list, list);
    g_free(text);
    return *error == NULL;
}

static void register_own_rows(void)
{
    static uat_field_t fields[] = {
        UAT_FLD_VS(own_rows, list, "List", list_vals, "What the entry is"),
        UAT_FLD_CSTRING(own_rows, value, "Address or name",
                        "An address; of gateways also a CIDR range; a name, of gateways also the names below it"),
        UAT_FLD_CSTRING(own_rows, comment, "Comment", "For yourself"),
        UAT_END_FIELDS
    };
    uat_t *table = uat_new("SSE Roaming: addresses and names of your own", sizeof(own_row), "sseroaming_own", TRUE, &own_rows,
                           &own_count, UAT_AFFECTS_DISSECTION, NULL, copy_own_row, check_own_row, free_own_row, NULL, NULL,
                           fields);

    prefs_register_uat_preference(module, "own", "Addresses and names of your own",
        "Resolvers, gateways, gateway names and probe names that are added to the lists below: a row each, checked as it is "
        "typed.", table);
}

/* A list in force: its text, and the user's own rows; g_free() it. */
static char *list_in_force(int which)
{
    GString *text = g_string_new(lists[which].valid);

    for (unsigned i = 0; i < own_count; i++) {
        char *error = NULL;

        if (own_rows[i].list == (uint32_t)which && check_own_row(&own_rows[i], &error))
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", own_rows[i].value);
        g_free(error);
    }
    return g_string_free(text, FALSE);
}

static void apply_list(int which)
{
    list_preference *p = &lists[which];
    const char *text = p->value != NULL ? p->value : "";
    char *error = NULL;
    void *list;

    if (p->valid != NULL && strcmp(text, p->valid) == 0)
        return;
    list = read_list(which, text, &error);
    if (list != NULL) {
        free_list(which, p->list);
        p->list = list;
        g_free(p->valid);
        p->valid = g_strdup(text);
        return;
    }
    report_failure("SSE Roaming: the preference sseroaming.%s is not used: %s. In force stays: %s", p->name,
                   error != NULL ? error : "it cannot be read", *p->valid != '\0' ? p->valid : "an empty list");
    g_free(error);
    /* Wireshark owns the text: only it may replace it. */
    prefs_set_string_value(prefs_find_preference(module, p->name), p->valid, pref_current);
}

static void apply_timeout(const char *name, guint *value, guint *valid)
{
    if (*value >= 1 && *value <= MAX_TIMEOUT) {
        *valid = *value;
        return;
    }
    report_failure("SSE Roaming: the preference sseroaming.%s is not used: %u ms is not between 1 and %u ms. "
                   "In force stays: %u ms", name, *value, MAX_TIMEOUT, *valid);
    *value = *valid;
}

/* "3600", "-0.5": seconds, to the millisecond. */
static bool read_shift(const char *text, int64_t *ns)
{
    const char *at = text + strspn(text, " "), *digits;
    bool negative = *at == '-';
    int64_t value = 0, part = 0, unit = 100;

    at += *at == '-' || *at == '+';
    for (digits = at; g_ascii_isdigit(*at) && value <= MAX_SHIFT; at++)
        value = value * 10 + (*at - '0');
    if (at == digits || value > MAX_SHIFT)
        return false;
    if (*at == '.') {
        for (at++; g_ascii_isdigit(*at) && unit > 0; at++, unit /= 10)
            part += unit * (*at - '0');
    }
    if (at[strspn(at, " ")] != '\0')
        return false;
    *ns = value * SSE_SECOND + part * SSE_MSECOND;
    if (negative)
        *ns = -*ns;
    return true;
}

/* A text that can be read comes into force; of another is said what is wrong with
 * it. Wireshark owns the text of a preference: only it may replace it. */
static void apply_text(const char *name, const char *text, bool readable, const char *wrong, char **valid)
{
    if (readable) {
        g_free(*valid);
        *valid = g_strdup(text);
        return;
    }
    report_failure("SSE Roaming: the preference sseroaming.%s is not used: \"%s\" %s. In force stays: %s", name, text, wrong,
                   *valid);
    prefs_set_string_value(prefs_find_preference(module, name), *valid, pref_current);
}

static void apply_shift(void)
{
    const char *text = log_shift != NULL ? log_shift : "";

    if (strcmp(text, valid_log_shift) != 0)
        apply_text("log_shift", text, read_shift(text, &log_shift_ns),
                   "is no number of seconds from -100000000 to 100000000 (\"3600\", \"-0.5\")", &valid_log_shift);
}

static bool read_switch(const char *text, bool *on)
{
    static const struct { const char *word; bool on; } words[] = {
        { "true", true }, { "yes", true }, { "on", true }, { "1", true },
        { "false", false }, { "no", false }, { "off", false }, { "0", false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i].word) == 0) {
            *on = words[i].on;
            return true;
        }
    }
    return false;
}

static bool is_redacting(void)
{
    bool on = false;

    return read_switch(valid_redact, &on) && on;
}

static void apply_redact(void)
{
    const char *text = redact != NULL ? redact : "";
    bool on;

    if (strcmp(text, valid_redact) != 0)
        apply_text("redact", text, read_switch(text, &on), "is neither TRUE nor FALSE", &valid_redact);
}

static void apply(void)
{
    for (int which = 0; which < LISTS; which++)
        apply_list(which);
    apply_timeout("probe_timeout", &probe_timeout, &valid_probe_timeout);
    apply_timeout("syn_timeout", &syn_timeout, &valid_syn_timeout);
    apply_shift();
    apply_redact();
}

void sse_preferences_register(int proto)
{
    module = prefs_register_protocol(proto, apply);
    register_own_rows();
    for (int which = 0; which < LISTS; which++) {
        list_preference *p = &lists[which];
        char *error = NULL;

        p->value = p->initial;
        p->valid = g_strdup(p->initial);
        p->list = read_list(which, p->initial, &error);
        g_free(error);
        prefs_register_string_preference(module, p->name, p->title, p->description, &p->value);
    }
    prefs_register_uint_preference(module, "probe_timeout", "Probe timeout (ms)",
        "How long, in milliseconds, a probe waits for its reply. The module gives up after 5,000 ms: a reply after that "
        "is late and does not help it. Exactly at the timeout is in time. From 1 to 600,000.",
        10, &probe_timeout);
    prefs_register_uint_preference(module, "syn_timeout", "SYN wait (ms)",
        "How long, in milliseconds, the SYNs of a connection to a gateway may stay without any answer, from the first "
        "one on, until the handshake counts as unanswered. A later SYN-ACK still revises it. From 1 to 600,000.",
        10, &syn_timeout);
    valid_log_shift = g_strdup(log_shift);
    prefs_register_string_preference(module, "log_shift", "Time shift of logs (s)",
        "Seconds that are added to the times of the module's own logs (cscumbrellaplugin.txt, Umbrella.txt) before they are "
        "compared with packets: logs are in local time and do not say which. \"-7200\" for logs of a client two hours ahead of "
        "UTC. The report suggests a value where the times do not fit. Frames keep the time that they have; to shift these: "
        "editcap -t.",
        &log_shift);
    valid_redact = g_strdup(redact);
    prefs_register_string_preference(module, "redact", "Replace customer data by placeholders",
        "TRUE or FALSE. Print organisation, origin, device, user and the public source address of replies as placeholders "
        "(\"device-1\"), the same one for the same value within a file, so that a report can be passed on. Addresses and "
        "ports of packets stay: filters need them. What Wireshark's own dissectors show is not changed.",
        &redact);
    prefs_register_bool_preference(module, "mark_info", "Mark failures in the Info column",
        "Put a short mark such as \"[SSE Roaming: no reply]\" before the Info column of packets of a failed probe or "
        "handshake, and of direct connections while web protection is down; and where protection is lost or works again. "
        "Other packets are left as they are.",
        &mark_info);
}

bool sse_preferences_mark_info(void)
{
    return mark_info ? true : false;
}

/* What a list in force says: the caller's own. Were it too long with the rows, it is
 * what the text alone says, which was read before. */
static void *read_list_in_force(int which)
{
    char *text = list_in_force(which), *error = NULL;
    void *list = read_list(which, text, &error);

    g_clear_pointer(&error, g_free);
    if (list == NULL)
        list = read_list(which, lists[which].valid, &error);
    g_free(error);
    g_free(text);
    return list;
}

/* What is in force and not the default, in the order in which Wireshark lists
 * it. Left out is what changes no verdict: the marks in the Info column. */
static GArray *changed_settings(void)
{
    const struct { const char *name; guint value, initial; } timeouts[] = {
        { "probe_timeout", valid_probe_timeout, DEFAULT_PROBE_TIMEOUT },
        { "syn_timeout", valid_syn_timeout, DEFAULT_SYN_TIMEOUT },
    };
    GArray *changed = sse_settings_new();

    for (int which = 0; which < LISTS; which++) {
        char *text = list_in_force(which);

        if (strcmp(text, lists[which].initial) != 0)
            sse_settings_add(changed, lists[which].name, text);
        g_free(text);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(timeouts); i++) {
        if (timeouts[i].value != timeouts[i].initial) {
            char *value = g_strdup_printf("%u", timeouts[i].value);

            sse_settings_add(changed, timeouts[i].name, value);
            g_free(value);
        }
    }
    if (log_shift_ns != 0)
        sse_settings_add(changed, "log_shift", valid_log_shift);
    /* As the file of preferences and -o write it. */
    if (is_redacting())
        sse_settings_add(changed, "redact", "TRUE");
    return changed;
}

sse_settings *sse_preferences_settings(void)
{
    sse_settings *s = g_new0(sse_settings, 1);

    /* Not every program calls back when a preference changes (sharkd). */
    apply();
    s->config.resolvers = (GArray *)read_list_in_force(LIST_RESOLVERS);
    s->config.gateways = (GArray *)read_list_in_force(LIST_GATEWAYS);
    s->config.probe_timeout = valid_probe_timeout * SSE_MSECOND;
    s->config.syn_timeout = valid_syn_timeout * SSE_MSECOND;
    s->config.redact = is_redacting();
    s->config.log_shift = log_shift_ns;
    s->names = (sse_names){ .probes = (GPtrArray *)read_list_in_force(LIST_PROBE_NAMES),
                            .gateways = (GPtrArray *)read_list_in_force(LIST_GATEWAY_NAMES) };
    s->config.names = s->names;
    s->config.changed = changed_settings();
    return s;
}

void sse_settings_free(sse_settings *s)
{
    if (s == NULL)
        return;
    g_array_free(s->config.resolvers, TRUE);
    g_array_free(s->config.gateways, TRUE);
    g_array_free(s->config.changed, TRUE);
    sse_names_clear(&s->names);
    g_free(s);
}

void sse_preferences_shutdown(void)
{
    for (int which = 0; which < LISTS; which++) {
        free_list(which, lists[which].list);
        lists[which].list = NULL;
        g_free(lists[which].valid);
        lists[which].valid = NULL;
    }
    g_free(valid_log_shift);
    valid_log_shift = NULL;
    g_free(valid_redact);
    valid_redact = NULL;
}
