/* test_service.c
 * What is known of Cisco's service and of ICMP errors. The addresses are in
 * test_address.c.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "addresses.h"
#include "icmp.h"
#include "names.h"
#include "portals.h"
#include "products.h"
#include "provider.h"

typedef struct error_row {
    const char *sender;      /* whose family is the error's */
    uint8_t type, code;
    const char *meaning;     /* or NULL */
    const char *is;          /* of "routing", "rejection", "too big", "filter": first letters */
} error_row;

/* RFC 792, RFC 1812 5.2.7.1; RFC 4443 3. The destination is GATEWAY or R1_6. */
static void what_an_error_means(void **state)
{
    static const error_row rows[] = {
        { FIREWALL, 3, 0, "network unreachable", "r j" },
        { FIREWALL, 3, 1, "host unreachable", "r j" },
        { FIREWALL, 3, 2, NULL, "j" },
        { FIREWALL, 3, 3, "port unreachable", "j f" },
        { GATEWAY, 3, 3, "port unreachable", "j" },
        { FIREWALL, 3, 4, NULL, "b" },
        { FIREWALL, 3, 9, "network administratively prohibited", "j f" },
        { FIREWALL, 3, 10, "host administratively prohibited", "j f" },
        { GATEWAY, 3, 13, "administratively prohibited", "j f" },
        { FIREWALL, 4, 0, NULL, "" },
        { FIREWALL, 5, 1, NULL, "" },
        { FIREWALL, 11, 0, "time to live exceeded", "r j" },
        { FIREWALL, 11, 1, NULL, "r j" },
        { CLIENT6, 1, 0, "no route to destination", "r j" },
        { CLIENT6, 1, 1, "administratively prohibited", "j f" },
        { CLIENT6, 1, 2, NULL, "j" },
        { CLIENT6, 1, 3, "address unreachable", "r j" },
        { CLIENT6, 1, 4, "port unreachable", "j f" },
        { R1_6, 1, 4, "port unreachable", "j" },
        { CLIENT6, 1, 5, "source address failed policy", "j f" },
        { CLIENT6, 1, 6, "route rejected", "j f" },
        { CLIENT6, 2, 0, NULL, "b" },
        { CLIENT6, 3, 0, "hop limit exceeded", "r j" },
        { CLIENT6, 3, 1, NULL, "r j" },
        { CLIENT6, 4, 0, NULL, "" },
        { CLIENT6, 13, 0, NULL, "" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const error_row *r = &rows[i];
        sse_addr sender = feed_addr(r->sender), destination = feed_addr(sender.family == 4 ? GATEWAY : R1_6);
        const char *meaning = sse_icmp_meaning(sender.family, r->type, r->code);

        if (g_strcmp0(meaning, r->meaning) != 0 ||
            sse_icmp_is_routing(&sender, r->type, r->code) != (strchr(r->is, 'r') != NULL) ||
            sse_icmp_is_rejection(&sender, r->type, r->code) != (strchr(r->is, 'j') != NULL) ||
            sse_icmp_is_too_big(&sender, r->type, r->code) != (strchr(r->is, 'b') != NULL) ||
            sse_icmp_is_filter(&sender, r->type, r->code, &destination) != (strchr(r->is, 'f') != NULL))
            fail_msg("row %u: %s type %u code %u", i, r->sender, r->type, r->code);
    }
}

static void the_defaults_can_be_read(void **state)
{
    sse_addr builtin;
    char *error;
    GArray *resolvers = sse_ranges_parse(SSE_DEFAULT_RESOLVERS, false, &error);

    (void)state;
    assert_non_null(resolvers);
    assert_int_equal(resolvers->len, 8);
    for (unsigned i = 0; i < resolvers->len; i++)
        assert_true(sse_addr_is_service(&g_array_index(resolvers, sse_range, i).base));
    g_array_free(resolvers, TRUE);
    assert_true(sse_addr_parse(SSE_BUILTIN_GATEWAY, &builtin));
    assert_true(sse_addr_is_service(&builtin));
}

static void names_of_providers(void **state)
{
    (void)state;
    assert_true(sse_is_provider_name("2.dnscrypt-cert.opendns.com"));
    assert_false(sse_is_provider_name("2.dnscrypt-cert"));
    assert_false(sse_is_provider_name("debug.opendns.com"));
    assert_true(sse_dnscrypt_is_opendns_magic((const uint8_t *)"qjzmmHjS"));
    assert_false(sse_dnscrypt_is_opendns_magic((const uint8_t *)"rjzmmHjS"));
    assert_false(sse_dnscrypt_is_opendns_magic((const uint8_t *)"qjzmm-jS"));
}

static void connectivity_tests(void **state)
{
    static const struct {
        const char *host, *request;
        bool is;
    } rows[] = {
        { "www.msftconnecttest.com", "/connecttest.txt HTTP/1.1", true },
        { "www.msftconnecttest.com", "/connecttest.txt?n=1 HTTP/1.1", true },
        { "www.msftconnecttest.com", "/connecttest.txt", false }, /* cut: may go on */
        { "www.msftconnecttest.com", "/connecttest.txt2 HTTP/1.1", false },
        { "www.msftconnecttest.com", "/redirect HTTP/1.1", false },
        { "www.msftncsi.com", "/ncsi.txt HTTP/1.1", true },
        { "captive.apple.com", "/any HTTP/1.1", true },
        { "apple.com", "/connecttest.txt HTTP/1.1", false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        if ((sse_portal_test_of(rows[i].host, (const uint8_t *)rows[i].request, strlen(rows[i].request)) != 0) != rows[i].is)
            fail_msg("row %u: %s%s", i, rows[i].host, rows[i].request);
}

static void what_an_answer_to_a_connectivity_test_says(void **state)
{
    static const struct {
        const char *host, *path;
        uint16_t status;
        const char *body;        /* NULL: in a later segment, or none */
        sse_portal_answer says;
    } rows[] = {
        { "www.msftconnecttest.com", "/connecttest.txt ", 200, "Microsoft Connect Test", SSE_PORTAL_KNOWN },
        { "www.msftconnecttest.com", "/connecttest.txt ", 200, "Microsoft NCSI", SSE_PORTAL_FALSE },
        { "www.msftconnecttest.com", "/connecttest.txt ", 200, NULL, SSE_PORTAL_SAYS_NOTHING },
        { "www.msftconnecttest.com", "/connecttest.txt ", 302, NULL, SSE_PORTAL_FALSE },
        { "www.msftconnecttest.com", "/connecttest.txt ", 304, NULL, SSE_PORTAL_SAYS_NOTHING },
        { "www.msftconnecttest.com", "/connecttest.txt ", 511, "sign in", SSE_PORTAL_FALSE },
        { "www.msftconnecttest.com", "/connecttest.txt ", 503, "later", SSE_PORTAL_SAYS_NOTHING },
        { "www.msftconnecttest.com", "/connecttest.txt ", 404, "where?", SSE_PORTAL_SAYS_NOTHING },
        { "www.google.com", "/generate_204 ", 204, NULL, SSE_PORTAL_KNOWN },
        { "www.google.com", "/generate_204 ", 200, "<html>", SSE_PORTAL_FALSE },
        { "www.google.com", "/generate_204 ", 200, NULL, SSE_PORTAL_SAYS_NOTHING },
        { "detectportal.firefox.com", "/success.txt ", 200, "success\n", SSE_PORTAL_KNOWN },
        { "detectportal.firefox.com", "/success.txt ", 200, "<script>success()</script>", SSE_PORTAL_FALSE },
        { "detectportal.firefox.com", "/canonical.html ", 200,
          "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>", SSE_PORTAL_KNOWN },
        { "detectportal.firefox.com", "/canonical.html ", 200, "<meta http-equiv=\"refresh\" content=\"0;url=http://10.0.0.1/\"/>", SSE_PORTAL_FALSE },
        { "nmcheck.gnome.org", "/check_network_status.txt ", 200, "NetworkManager is online\n", SSE_PORTAL_KNOWN },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t test = sse_portal_test_of(rows[i].host, (const uint8_t *)rows[i].path, strlen(rows[i].path));
        const char *body = rows[i].body != NULL ? rows[i].body : "";
        const uint8_t bodies = sse_portal_bodies_in((const uint8_t *)body, strlen(body));

        assert_int_not_equal(test, 0);
        if (sse_portal_judge(test, rows[i].status, rows[i].body != NULL, bodies) != rows[i].says)
            fail_msg("row %u: %s, %u", i, rows[i].host, rows[i].status);
    }
}

/* A number of no row, as a damaged record would hold it, is told and reads nothing. */
static void numbers_of_no_row(void **state)
{
    (void)state;
    assert_string_equal(sse_probe_outcome_code(SSE_PROBE_OUTCOMES), "unknown");
    assert_string_equal(sse_swg_outcome_code(SSE_SWG_OUTCOMES), "unknown");
    assert_string_equal(sse_state_code(SSE_STATES), "unknown");
    assert_string_equal(sse_port_state_code(SSE_PORT_STATES), "unknown");
    assert_string_equal(sse_cause_code(SSE_CAUSES), "unknown");
    assert_string_equal(sse_encryption_code(SSE_ENCRYPTIONS), "unknown");
    assert_string_equal(sse_origin_code(SSE_ORIGINS), "unknown");
    assert_string_equal(sse_confidence_code(SSE_CONFIDENCES), "unknown");
    assert_string_equal(sse_finding_code_text(SSE_FINDINGS), "unknown");
    assert_string_equal(sse_known_code(SSE_KNOWNS), "unknown");
    assert_string_equal(sse_service_code(SSE_SERVICES), "unknown");
    assert_string_equal(sse_ended_code(SSE_ENDEDS), "unknown");
    assert_string_equal(sse_state_words(SSE_STATES), "unknown");
    assert_string_equal(sse_cause_words(SSE_CAUSES), "unknown");
    assert_string_equal(sse_encryption_words(SSE_ENCRYPTIONS), "unknown");
    assert_string_equal(sse_origin_code_words(SSE_ORIGINS), "unknown");
    assert_string_equal(sse_known_words(SSE_KNOWNS), "unknown");
    assert_string_equal(sse_service_words(SSE_SERVICES), "unknown");
    assert_string_equal(sse_ended_words(SSE_ENDEDS), "unknown");
    assert_string_equal(sse_finding_sentence(SSE_FINDINGS), "unknown");
    assert_int_equal(sse_finding_service(SSE_FINDINGS), SSE_SERVICE_NETWORK);
    assert_int_equal(sse_finding_advice(SSE_FINDINGS), SSE_ADVICE_NONE);
    assert_false(sse_probe_failed(SSE_PROBE_OUTCOMES));
    assert_false(sse_swg_failed(SSE_SWG_OUTCOMES));
    assert_int_equal(sse_probe_cause(SSE_PROBE_OUTCOMES), SSE_CAUSE_NONE);
    assert_int_equal(sse_swg_cause(SSE_SWG_OUTCOMES), SSE_CAUSE_NONE);
    assert_int_equal(sse_cause_rank_dns(SSE_CAUSES), 0);
    assert_int_equal(sse_cause_rank_web(SSE_CAUSES), 0);
    assert_int_equal(sse_state_badness(SSE_STATES), 0);
    assert_null(sse_ended_code(SSE_ENDED_NONE));
    assert_null(sse_cause_code(SSE_CAUSE_NONE));
}

/* docs/verdict.md, "Origin": a product is foreign that does not say cisco, umbrella
 * or opendns; a body names another device or none. */
static void products_in_headers_and_bodies(void **state)
{
    static const struct { const char *text; bool header, body; } rows[] = {
        { "", false, false },
        { "Cisco Umbrella", false, false },
        { "Secure-OpenDNS-Proxy/1.2", false, false },
        { "nginx", true, false },
        { "1.1 proxy7 (squid/5.7)", true, true },
        { "FortiGate", true, true },
        { "<title>Blocked by FORTIGUARD</title>", true, true },
        { "<p>Palo Alto Networks</p>", true, true },
        { "forti", true, false },
        { "squi", true, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t *text = (const uint8_t *)rows[i].text;

        if (sse_is_other_product(text, strlen(rows[i].text)) != rows[i].header)
            fail_msg("as a header: %s", rows[i].text);
        if (sse_names_other_device(text, strlen(rows[i].text)) != rows[i].body)
            fail_msg("as a body: %s", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_no_row),
        cmocka_unit_test(products_in_headers_and_bodies),
        cmocka_unit_test(what_an_error_means),
        cmocka_unit_test(the_defaults_can_be_read),
        cmocka_unit_test(names_of_providers),
        cmocka_unit_test(connectivity_tests),
        cmocka_unit_test(what_an_answer_to_a_connectivity_test_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
