/* test_dnscrypt.c
 * The reader of DNSCrypt: certificates, client magics, and what is taken for an
 * encrypted query or reply.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "dnscrypt.h"

/* A certificate whose parts can be told apart. */
static void make_certificate(uint8_t bytes[SSE_DNSCRYPT_CERTIFICATE], const char *magic, uint32_t start, uint32_t end)
{
    memset(bytes, 0x5a, SSE_DNSCRYPT_CERTIFICATE);
    memcpy(bytes, "DNSC\0\2\0\1", 8);
    memcpy(bytes + SSE_CERT_CLIENT_MAGIC, magic, 8);
    for (unsigned i = 0; i < 4; i++) {
        bytes[SSE_CERT_SERIAL + i] = (uint8_t)(0x01020304 >> (24 - 8 * i));
        bytes[SSE_CERT_START + i] = (uint8_t)(start >> (24 - 8 * i));
        bytes[SSE_CERT_END + i] = (uint8_t)(end >> (24 - 8 * i));
    }
}

static sse_dnscrypt_certificate certificate(const char *magic, uint32_t start, uint32_t end)
{
    uint8_t bytes[SSE_DNSCRYPT_CERTIFICATE];
    sse_dnscrypt_certificate c;

    make_certificate(bytes, magic, start, end);
    assert_true(sse_dnscrypt_read_certificate(&c, bytes, sizeof bytes));
    return c;
}

static void certificate_is_read(void **state)
{
    sse_dnscrypt_certificate c = certificate("qDocMagi", 1000, 4000000000u);

    (void)state;
    assert_int_equal(c.es_version, 2);
    assert_int_equal(c.minor, 1);
    assert_int_equal(c.serial, 0x01020304);
    assert_int_equal(c.start, 1000);
    assert_int_equal(c.end, 4000000000u);
    assert_memory_equal(c.client_magic, "qDocMagi", 8);
}

static void certificate_must_be_whole_and_named(void **state)
{
    uint8_t bytes[SSE_DNSCRYPT_CERTIFICATE];
    sse_dnscrypt_certificate c;

    (void)state;
    make_certificate(bytes, "qDocMagi", 0, 1);
    for (uint32_t held = 0; held < sizeof bytes; held++)
        assert_false(sse_dnscrypt_read_certificate(&c, bytes, held));
    bytes[3] = 'X';
    assert_false(sse_dnscrypt_read_certificate(&c, bytes, sizeof bytes));
}

static void certificate_is_valid_within_its_dates(void **state)
{
    sse_dnscrypt_certificate c = certificate("qDocMagi", 1000, 2000);

    (void)state;
    assert_false(sse_dnscrypt_is_valid(&c, 999));
    assert_true(sse_dnscrypt_is_valid(&c, 1000));
    assert_true(sse_dnscrypt_is_valid(&c, 2000));
    assert_false(sse_dnscrypt_is_valid(&c, 2001));
    /* Dates go to 2106, frames' times may be anything. */
    c.end = UINT32_MAX;
    assert_true(sse_dnscrypt_is_valid(&c, UINT32_MAX));
    assert_false(sse_dnscrypt_is_valid(&c, INT64_C(1) << 32));
    assert_false(sse_dnscrypt_is_valid(&c, -1));
}

static void provider_names(void **state)
{
    static const struct { const char *wire; uint32_t length; bool is; } rows[] = {
        { "\0012\015dnscrypt-cert\007opendns\003com", 29, true },
        { "\0012\015DNSCrypt-Cert\003lab", 21, true },
        { "\0012\015dnscrypt-cert", 17, false },
        { "\0012\015dnscrypt-cert", 16, false },
        { "\0011\015dnscrypt-cert\003lab", 21, false },
        { "\0012\015dnscrypt-cerx\003lab", 21, false },
        { "", 1, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_row("row %zu", i);
        assert_int_equal(sse_dnscrypt_is_provider((const uint8_t *)rows[i].wire, rows[i].length), rows[i].is);
    }
}

static void magics_of_opendns(void **state)
{
    static const struct { const char *magic; bool is; } rows[] = {
        /* seen in the field */
        { "q1VwDW0n", true }, { "qDwdYM3w", true }, { "qwDPeEcZ", true }, { "qtseJaIp", true }, { "qe47QHHw", true },
        { "qjzmmHjS", true },
        { "Q1VwDW0n", false }, { "q1VwDW0\n", false }, { "q1VwDW0-", false }, { "q\xc3\xa4wDW0n", false }, { "r6fnvWj8", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_row("%s", rows[i].magic);
        assert_int_equal(sse_dnscrypt_is_opendns_magic((const uint8_t *)rows[i].magic), rows[i].is);
    }
}

static void magic_of_a_debug_string(void **state)
{
    static const struct { const char *text, *magic; } rows[] = {
        { "enabled (716A7A6D6D486A53)", "qjzmmHjS" }, { "enabled (716a7a6d6d486a53)", "qjzmmHjS" },
        { "enabled", NULL }, { "enabled (1234)", NULL }, { "enabled (716A7A6D6D486A5)", NULL },
        { "enabled (716A7A6D6D486A53", NULL }, { "enabled (716A7A6D6D486A5311)", NULL }, { "", NULL }, { "(", NULL },
        { "enabled (716A7A6D6D486AG3)", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t magic[SSE_DNSCRYPT_MAGIC];
        bool found = sse_dnscrypt_magic_of_text(rows[i].text, magic);

        feed_row("%s", rows[i].text);
        assert_int_equal(found, rows[i].magic != NULL);
        if (found)
            assert_memory_equal(magic, rows[i].magic, 8);
    }
}

static void a_magic_is_known_of_its_server_alone(void **state)
{
    sse_dnscrypt_magics *magics = sse_dnscrypt_magics_new();
    sse_dnscrypt_certificate c = certificate("\1\2\3\4\5\6\7\10", 0, 1);
    sse_addr r1 = feed_addr(R1), r2 = feed_addr(R2), nat64 = feed_addr("64:ff9b::208.67.222.222");

    (void)state;
    assert_null(sse_dnscrypt_find(magics, &r1, NULL));
    sse_dnscrypt_learn(magics, &r1, &c, 7);
    sse_dnscrypt_learn(magics, &r1, &c, 9);
    assert_int_equal(magics->len, 1);
    assert_int_equal(sse_dnscrypt_find(magics, &r1, c.client_magic)->frame, 7);
    assert_non_null(sse_dnscrypt_find(magics, &r1, NULL));
    assert_non_null(sse_dnscrypt_find(magics, &nat64, c.client_magic));
    assert_null(sse_dnscrypt_find(magics, &r2, c.client_magic));
    assert_null(sse_dnscrypt_find(magics, &r2, NULL));
    assert_null(sse_dnscrypt_find(magics, &r1, (const uint8_t *)"qDocMagi"));
    for (unsigned i = 0; i < 2 * SSE_DNSCRYPT_MAGICS; i++) {
        c.client_magic[0] = (uint8_t)i;
        c.client_magic[1] = (uint8_t)(i >> 8);
        sse_dnscrypt_learn(magics, &r1, &c, 10);
    }
    assert_int_equal(magics->len, SSE_DNSCRYPT_MAGICS);
    sse_dnscrypt_magics_free(magics);
    sse_dnscrypt_magics_free(NULL);
}

static void what_is_taken(void **state)
{
    /* 68 and 48 bytes are what stands around an empty message. */
    static const struct { const char *what, *head; uint32_t reported; bool to_server; sse_dnscrypt_kind kind; } rows[] = {
        { "query of 256 bytes", "q1VwDW0n", 68 + 256, true, SSE_DNSCRYPT_QUERY },
        { "query of one block", "q1VwDW0n", 68 + 64, true, SSE_DNSCRYPT_QUERY },
        { "query of nothing", "q1VwDW0n", 68, true, SSE_DNSCRYPT_NONE },
        { "query not padded", "q1VwDW0n", 68 + 255, true, SSE_DNSCRYPT_NONE },
        { "query by the server", "q1VwDW0n", 68 + 256, false, SSE_DNSCRYPT_NONE },
        { "unknown magic", "\1\2\3\4\5\6\7\7", 68 + 256, true, SSE_DNSCRYPT_NONE },
        { "announced magic", "\1\2\3\4\5\6\7\10", 68 + 256, true, SSE_DNSCRYPT_QUERY },
        { "announced magic, not padded", "\1\2\3\4\5\6\7\10", 69, true, SSE_DNSCRYPT_QUERY },
        { "announced magic, too short", "\1\2\3\4\5\6\7\10", 68, true, SSE_DNSCRYPT_NONE },
        { "reply", "r6fnvWj8", 48 + 64, false, SSE_DNSCRYPT_REPLY },
        { "reply not padded", "r6fnvWj8", 48 + 1, false, SSE_DNSCRYPT_REPLY },
        { "reply too short", "r6fnvWj8", 47, false, SSE_DNSCRYPT_NONE },
        { "reply by the client", "r6fnvWj8", 48 + 64, true, SSE_DNSCRYPT_NONE },
        { "QUIC long header", "\xc3\0\0\0\1\x8q1", 1200, true, SSE_DNSCRYPT_NONE },
        { "QUIC short header that starts like it", "q\x9dVwDW0n", 68 + 64, true, SSE_DNSCRYPT_NONE },
        { "DTLS handshake", "\x16\xfe\xfd\0\0\0\0\0", 68 + 64, true, SSE_DNSCRYPT_NONE },
        { "DNS query", "\x12\x34\1\0\0\1\0\0", 68 + 64, true, SSE_DNSCRYPT_NONE },
    };
    sse_dnscrypt_magics *magics = sse_dnscrypt_magics_new();
    sse_dnscrypt_certificate c = certificate("\1\2\3\4\5\6\7\10", 0, 1);
    sse_addr server = feed_addr(R1);
    uint8_t bytes[1200] = { 0 };

    (void)state;
    sse_dnscrypt_learn(magics, &server, &c, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_row("%s", rows[i].what);
        memcpy(bytes, rows[i].head, 8);
        assert_int_equal(sse_dnscrypt_classify(bytes, rows[i].reported, rows[i].reported, rows[i].to_server, magics, &server),
                         rows[i].kind);
        /* Cut by the snap length it is the same as far as its magic is there. */
        assert_int_equal(sse_dnscrypt_classify(bytes, 8, rows[i].reported, rows[i].to_server, magics, &server), rows[i].kind);
        assert_int_equal(sse_dnscrypt_classify(bytes, 7, rows[i].reported, rows[i].to_server, magics, &server),
                         SSE_DNSCRYPT_NONE);
    }
    sse_dnscrypt_magics_free(magics);
}

static void query_and_reply_share_a_nonce(void **state)
{
    uint8_t bytes[64];

    (void)state;
    for (uint8_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    assert_ptr_equal(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_QUERY, bytes, sizeof bytes), bytes + 40);
    assert_ptr_equal(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_QUERY, bytes, 52), bytes + 40);
    assert_null(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_QUERY, bytes, 51));
    assert_ptr_equal(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_REPLY, bytes, 20), bytes + 8);
    assert_null(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_REPLY, bytes, 19));
    assert_null(sse_dnscrypt_client_nonce(SSE_DNSCRYPT_NONE, bytes, sizeof bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_is_read), cmocka_unit_test(certificate_must_be_whole_and_named),
        cmocka_unit_test(certificate_is_valid_within_its_dates), cmocka_unit_test(provider_names),
        cmocka_unit_test(magics_of_opendns), cmocka_unit_test(magic_of_a_debug_string),
        cmocka_unit_test(a_magic_is_known_of_its_server_alone), cmocka_unit_test(what_is_taken),
        cmocka_unit_test(query_and_reply_share_a_nonce),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
