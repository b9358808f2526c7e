/* test_http_message.c
 * The reader of a first HTTP segment.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "http_message.h"
#include "tls_hello.h"

/* Reads from memory of exactly that size, so that a byte too far is seen. */
static bool read_bytes(const char *bytes, size_t length, obs_http *http)
{
    uint8_t *copy = g_malloc(MAX(length, 1));
    bool found;

    memcpy(copy, bytes, length);
    found = sse_http_read(copy, (uint32_t)length, http);
    g_free(copy);
    return found;
}

static void requests(void **state)
{
    static const struct { const char *text; obs_http_kind kind; const char *host; } rows[] = {
        { "CONNECT www.Example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", OBS_HTTP_CONNECT, "www.example.com" },
        { "CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n", OBS_HTTP_CONNECT, "93.184.216.34" },
        { "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n", OBS_HTTP_CONNECT, "2001:db8::1" },
        { "CONNECT :443 HTTP/1.1\r\n\r\n", OBS_HTTP_NONE, "" },
        { "GET http://www.example.com/x HTTP/1.1\r\nHost: www.example.com\r\n\r\n", OBS_HTTP_ABSOLUTE, "www.example.com" },
        { "POST http://www.example.com:8080/x HTTP/1.1\r\n\r\n", OBS_HTTP_ABSOLUTE, "www.example.com" },
        { "GET /connecttest.txt HTTP/1.1\r\nHost: www.msftconnecttest.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "www.msftconnecttest.com" },
        { "GET /connecttest.txt HTTP/1.1\r\nUser-Agent: x\r\nhOST:WWW.msftconnecttest.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "www.msftconnecttest.com" },
        { "GET /hotspot-detect.html HTTP/1.1\r\nHost: captive.apple.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "captive.apple.com" },
        { "GET /success.txt?ipv4 HTTP/1.1\r\nHost: detectportal.firefox.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "detectportal.firefox.com" },
        { "GET /canonical.html HTTP/1.1\r\nHost: detectportal.firefox.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "detectportal.firefox.com" },
        { "GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "connectivitycheck.gstatic.com" },
        { "GET /generate_204 HTTP/1.1\r\nHost: www.google.com\r\n\r\n", OBS_HTTP_PORTAL_TEST, "www.google.com" },
        { "GET /search HTTP/1.1\r\nHost: www.google.com\r\n\r\n", OBS_HTTP_NONE, "" },
        { "GET / HTTP/1.1\r\nHost: nmcheck.gnome.org\r\n\r\n", OBS_HTTP_PORTAL_TEST, "nmcheck.gnome.org" },
        { "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n", OBS_HTTP_NONE, "" },
        { "GET / HTTP/1.1\r\nX-Host: captive.apple.com\r\n\r\n", OBS_HTTP_NONE, "" },
        { "GET / HTTP/1.1\r\n\r\nHost: captive.apple.com\r\n", OBS_HTTP_NONE, "" },
        { "CONNECTION lost, please try again", OBS_HTTP_NONE, "" },
        { "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x01\x02\x03", OBS_HTTP_NONE, "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        obs_http http;
        bool found = read_bytes(rows[i].text, strlen(rows[i].text), &http);

        if (http.kind != rows[i].kind || found != (rows[i].kind != OBS_HTTP_NONE))
            fail_msg("kind %d, found %d: %s", http.kind, found, rows[i].text);
        if (strcmp(http.host, rows[i].host) != 0)
            fail_msg("host \"%s\": %s", http.host, rows[i].text);
    }
}

static void responses(void **state)
{
    static const struct { const char *text; uint16_t status; bool body, known; } rows[] = {
        { "HTTP/1.1 200 Connection established\r\n\r\n", 200, false, false },
        { "HTTP/1.0 403 Forbidden\r\nServer: x\r\n\r\nno", 403, true, false },
        { "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", 302, false, false },
        { "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nMicrosoft Connect Test", 200, true, true },
        { "HTTP/1.1 200 OK\r\n\r\n<HTML><BODY>Success</BODY></HTML>", 200, true, true },
        { "HTTP/1.1 200 OK\r\nX: Microsoft Connect Test\r\n\r\n", 200, false, false },
        { "HTTP/1.1 502", 502, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        obs_http http;

        if (!read_bytes(rows[i].text, strlen(rows[i].text), &http) || http.kind != OBS_HTTP_RESPONSE)
            fail_msg("no response: %s", rows[i].text);
        if (http.status != rows[i].status || http.has_body != rows[i].body || (http.bodies != 0) != rows[i].known)
            fail_msg("status %u, body %d, known %d: %s", http.status, http.has_body, http.bodies, rows[i].text);
    }
}

static void no_responses(void **state)
{
    static const char *const texts[] = { "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1200 OK\r\n", "HTTP/2.0 200 OK\r\n", "HTTP/1.1 20", "HELLO WORLD, HOW" };
    obs_http http;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (read_bytes(texts[i], strlen(texts[i]), &http))
            fail_msg("taken for HTTP: %s", texts[i]);
}

static void a_host_is_printable_and_fits(void **state)
{
    char *text = g_strdup_printf("CONNECT %0*d.example:443 HTTP/1.1\r\n\r\n", 300, 7);
    obs_http http;

    (void)state;
    assert_false(read_bytes(text, strlen(text), &http));
    assert_false(read_bytes("CONNECT a\x01" "b:443 HTTP/1.1\r\n\r\n", 28, &http));
    assert_false(read_bytes("CONNECT \xc3\xa4.example:443 HTTP/1.1\r\n", 32, &http));
    g_free(text);
}

static void every_first_byte_that_matters_may_start(void **state)
{
    (void)state;
    for (const char *c = "CGPHOD"; *c != '\0'; c++)
        assert_true(sse_http_may_start((uint8_t)*c));
    assert_false(sse_http_may_start(0x16));
    assert_false(sse_http_may_start(0));
}

/* Each cut of each message, and each with one byte changed: nothing is read
 * past the end, and what is said stays in range. */
static void cut_and_spoilt_messages_are_harmless(void **state)
{
    static const char *const texts[] = {
        "CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com\r\n\r\n",
        "GET /connecttest.txt HTTP/1.1\r\nHost: www.msftconnecttest.com\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nMicrosoft Connect Test",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        size_t length = strlen(texts[i]);
        char *copy = g_strdup(texts[i]);
        obs_http http;

        for (size_t cut = 0; cut <= length; cut++)
            read_bytes(texts[i], cut, &http);
        for (size_t at = 0; at < length; at++) {
            for (unsigned value = 0; value < 256; value += 5) {
                copy[at] = (char)value;
                if (read_bytes(copy, length, &http)) {
                    assert_true(http.kind > OBS_HTTP_NONE && http.kind <= OBS_HTTP_RESPONSE);
                    assert_true(memchr(http.host, 0, sizeof http.host) != NULL);
                    assert_true(http.status < 1000);
                }
            }
            copy[at] = texts[i][at];
        }
        g_free(copy);
    }
}

/* Server and Via as they stand in the head, up to their lines' ends; who signs a body. */
static void who_answered(void **state)
{
    static const struct { const char *text, *server, *via; bool other; } rows[] = {
        { "HTTP/1.1 200 OK\r\nServer: Cisco Umbrella\r\nVia:\t1.1 sig\r\n\r\n", "Cisco Umbrella", "1.1 sig", true },
        { "HTTP/1.1 200 OK\r\nServer: Cisco Umbrella\r\n\r\n", "Cisco Umbrella", "", false },
        { "HTTP/1.1 503 No\r\nsErVeR:squid/5.7\r\n\r\n", "squid/5.7", "", true },
        { "HTTP/1.1 503 No\r\nServer: cut her", "cut her", "", true },
        { "HTTP/1.1 503 No\r\nServer:\r\n\r\n", "", "", false },
        { "HTTP/1.1 503 No\r\nX-Server: squid\r\n\r\n", "", "", false },
        { "HTTP/1.1 503 No\r\n\r\nServer: in the body\r\n", "", "", false },
        { "HTTP/1.1 503 No\r\n\r\n<h1>FortiGuard Intrusion Prevention</h1>", "", "", true },
        { "HTTP/1.1 200 OK\r\n\r\n<h1>FortiGuard Intrusion Prevention</h1>", "", "", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t *bytes = (const uint8_t *)rows[i].text;
        obs_http http;

        assert_true(sse_http_read(bytes, (uint32_t)strlen(rows[i].text), &http));
        assert_int_equal(http.kind, OBS_HTTP_RESPONSE);
        if (http.server_length != strlen(rows[i].server) || 
            (http.server_length > 0 && memcmp(http.server, rows[i].server, http.server_length) != 0))
            fail_msg("Server has %u bytes: %s", http.server_length, rows[i].text);
        if (http.via_length != strlen(rows[i].via) || (http.via_length > 0 && memcmp(http.via, rows[i].via, http.via_length) != 0))
            fail_msg("Via has %u bytes: %s", http.via_length, rows[i].text);
        if (http.other_product != rows[i].other)
            fail_msg("another product %d: %s", http.other_product, rows[i].text);
    }
}

/* docs/verdict.md, "Terms": fewer than five bytes say nothing. */
static void how_a_stream_starts(void **state)
{
    static const struct { const char *text; obs_start start; } rows[] = {
        { "HTTP/1.1 200 OK", OBS_START_STATUS }, { "HTTP/", OBS_START_STATUS }, { "HTTP", OBS_START_UNKNOWN },
        { "HTTPS", OBS_START_OTHER }, { "CONNECT a:443", OBS_START_REQUEST }, { "GET / HTTP/1.1", OBS_START_REQUEST },
        { "GETS me", OBS_START_OTHER }, { "OPTIONS *", OBS_START_REQUEST }, { "TRACE /", OBS_START_REQUEST },
        { "\x16\x03\x01\x02\x01", OBS_START_OTHER }, { "", OBS_START_UNKNOWN },
    };

    (void)state;
    assert_int_equal(sse_http_start(NULL, 100), OBS_START_UNKNOWN);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (sse_http_start((const uint8_t *)rows[i].text, (uint32_t)strlen(rows[i].text)) != rows[i].start)
            fail_msg("start of \"%s\"", rows[i].text);
}

/* No method but those of a proxy or test, no host, no end of the head. */
static void requests_that_say_nothing(void **state)
{
    static const char *const texts[] = {
        "PATCH /x HTTP/1.1\r\nHost:\r\n\r\n", "GET http:///x HTTP/1.1\r\n\r\n", "GET ftp://a/x HTTP/1.1\r\n\r\n", "GET /x HTTP/1.1",
        "GET *        ", "DELETE http:// HTTP/1.1", "OPTIONS * HTTP/1.1\r\n\r\n", "HEAD /connecttest.txt HTTP/1.1\r\nHost: \t \r\n\r\n",
        "CONNECT  HTTP/1.1\r\n", "HTML is no HTTP",
    };
    obs_http http;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (read_bytes(texts[i], strlen(texts[i]), &http))
            fail_msg("says something: %s", texts[i]);
        assert_int_equal(http.host[0], '\0');
    }
}

/* ---- the name in a ClientHello ---- */

/* A record with one extension before the name's; cut: so many bytes of it are here. */
static bool hello(const char *name, size_t cut, char *out, size_t size)
{
    GByteArray *b = g_byte_array_new();
    const uint8_t length = (uint8_t)strlen(name);
    const uint8_t head[] = { 22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3 }, zeros[32] = { 0 };
    const uint8_t middle[] = { 2, 7, 7, 0, 4, 0x13, 1, 0x13, 2, 1, 0, 0, 60, 0, 23, 0, 1, 9, 0, 0, 0, (uint8_t)(length + 5),
                               0, (uint8_t)(length + 3), 0, 0, length };
    uint8_t *copy;
    bool found;

    g_byte_array_append(b, head, sizeof head);
    g_byte_array_append(b, zeros, sizeof zeros);
    g_byte_array_append(b, middle, sizeof middle);
    g_byte_array_append(b, (const uint8_t *)name, length);
    cut = MIN(cut, b->len);
    copy = g_memdup2(b->data, MAX(cut, 1));
    found = sse_tls_server_name(copy, cut, out, size);
    g_free(copy);
    g_byte_array_free(b, TRUE);
    return found;
}

static void the_name_in_a_client_hello(void **state)
{
    char out[32];

    (void)state;
    assert_true(hello("www.Example.com", SIZE_MAX, out, sizeof out));
    assert_string_equal(out, "www.example.com");
    for (size_t cut = 0; cut < 85; cut++)
        assert_false(hello("www.example.com", cut, out, sizeof out));
    assert_false(hello("www.example.com", SIZE_MAX, out, 15));
    assert_false(hello("", SIZE_MAX, out, sizeof out));
    assert_false(hello("a b", SIZE_MAX, out, sizeof out));
    assert_false(hello("a\x1b", SIZE_MAX, out, sizeof out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_answered),
        cmocka_unit_test(how_a_stream_starts),
        cmocka_unit_test(requests_that_say_nothing),
        cmocka_unit_test(the_name_in_a_client_hello),
        cmocka_unit_test(requests),
        cmocka_unit_test(responses),
        cmocka_unit_test(no_responses),
        cmocka_unit_test(a_host_is_printable_and_fits),
        cmocka_unit_test(every_first_byte_that_matters_may_start),
        cmocka_unit_test(cut_and_spoilt_messages_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
