/* test_address.c
 * Addresses: text, classes, ranges, and lists with errors that name the entry.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "addresses.h"
#include "bit_set.h"
#include "key_table.h"
#include "string_set.h"

static void parse_reads_what_text_writes(void **state)
{
    static const char *const texts[] = { "0.0.0.0", "208.67.222.222", "255.255.255.255", "::", "::1", "2620:119:35::35" };
    char buffer[SSE_ADDR_TEXT];
    sse_addr addr;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_true(sse_addr_parse(texts[i], &addr));
        assert_string_equal(sse_addr_text(&addr, buffer), texts[i]);
    }
}

static void parse_refuses_what_is_no_address(void **state)
{
    static const char *const texts[] = { "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/24", "example.com", ":::", "1::2::3", "12345::" };
    sse_addr addr;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (sse_addr_parse(texts[i], &addr))
            fail_msg("\"%s\" was read as an address", texts[i]);
}

/* What inet_pton() and inet_ntop() of glibc make of it: text, and as it is
 * written again; NULL where it is none. */
static void odd_forms(void **state)
{
    static const struct {
        const char *text, *again;
    } rows[] = {
        { "0:0:0:0:0:0:0:0", "::" }, { "0:0:0:0:0:0:0:1", "::1" }, { "1::", "1::" }, { "1:0:0:0:0:0:0:0", "1::" },
        { "2001:DB8::A", "2001:db8::a" }, { "2001:0db8:0000:0000:0000:0000:0000:000a", "2001:db8::a" },
        /* one word of zero stays; of two runs the longer one goes, of equal ones the first */
        { "1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8" }, { "1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8" },
        { "1:0:0:4:0:0:0:8", "1:0:0:4::8" }, { "1:0:0:4:5:0:0:8", "1::4:5:0:0:8" }, { "0:0:3:4:5:6:0:0", "::3:4:5:6:0:0" },
        { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" }, { "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
        /* IPv4 at the end */
        { "::ffff:1.2.3.4", "::ffff:1.2.3.4" }, { "::ffff:102:304", "::ffff:1.2.3.4" }, { "::1.2.3.4", "::1.2.3.4" },
        { "::102:304", "::1.2.3.4" }, { "::1:0", "::0.1.0.0" }, { "::0.0.0.1", "::1" }, { "::0.0.1.0", "::100" },
        { "::ffff:0:1.2.3.4", "::ffff:0:102:304" }, { "64:ff9b::1.2.3.4", "64:ff9b::102:304" }, { "::1:1.2.3.4", "::1:102:304" },
        /* ISATAP, which Windows writes with the IPv4 address in it */
        { "fe80::5efe:10.0.0.1", "fe80::5efe:a00:1" }, { "fe80::200:5efe:10.0.0.1", "fe80::200:5efe:a00:1" },
        { "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" }, { "::ffff:0.0.0.0", "::ffff:0.0.0.0" },
        { "1:2:3:4:5:6:7:1.2.3.4", NULL }, { "1:2:3:4:5:1.2.3.4", NULL }, { "1:2:3:4:5:6::1.2.3.4", NULL },
        { "::1.2.3", NULL }, { "::1.2.3.4.5", NULL }, { "::01.2.3.4", NULL }, { "::1.2.3.256", NULL }, { "::1.2.3.4:5", NULL },
        { "::f.2.3.4", NULL }, { "1.2.3.4::", NULL }, { "::.1.2.3", NULL },
        /* colons */
        { ":", NULL }, { ":1::", NULL }, { "1:", NULL }, { "::1:", NULL }, { "1:2:3:4:5:6:7:", NULL }, { ":1:2:3:4:5:6:7", NULL },
        { "1:2:3:4:5:6:7", NULL }, { "1:2:3:4:5:6:7:8:9", NULL }, { "1:2:3:4:5:6:7:8::", NULL }, { "::1:2:3:4:5:6:7:8", NULL },
        { "1:2:3:4::5:6:7:8", NULL }, { "::1::", NULL }, { "1:::2", NULL }, { "::::", NULL },
        /* words */
        { "00001::", NULL }, { "g::", NULL }, { "-1::", NULL }, { "0x1::", NULL }, { " ::1", NULL }, { "::1 ", NULL },
        { "[::1]", NULL }, { "fe80::1%eth0", NULL }, { "::1/128", NULL },
        /* IPv4 */
        { "0.0.0.0", "0.0.0.0" }, { "1.10.100.255", "1.10.100.255" },
        { "01.2.3.4", NULL }, { "00.0.0.0", NULL }, { "1.2.3.04", NULL }, { "1.2.3.", NULL }, { ".1.2.3", NULL }, { "1..2.3", NULL },
        { "1.2.3.4.", NULL }, { "1.2.3.-4", NULL }, { "1.2.3.+4", NULL }, { "1.2.3.0x4", NULL }, { "1.2.3.1000", NULL },
        { "1.2.3.256", NULL }, { "16909060", NULL }, { "1.2", NULL }, { "1.2.3.4 ", NULL },
    };
    char buffer[SSE_ADDR_TEXT];
    sse_addr addr;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is = sse_addr_parse(rows[i].text, &addr);

        if (is != (rows[i].again != NULL))
            fail_msg("\"%s\" was %s", rows[i].text, is ? "read as an address" : "refused");
        if (is && strcmp(sse_addr_text(&addr, buffer), rows[i].again) != 0)
            fail_msg("\"%s\" was written as \"%s\"", rows[i].text, buffer);
    }
}

static void equal_addresses_have_equal_memory_and_hash(void **state)
{
    static const uint8_t bytes[4] = { 208, 67, 222, 222 };
    sse_addr a = sse_addr_v4(bytes), b = feed_addr("208.67.222.222");

    (void)state;
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(sse_addr_equal(&a, &b));
    assert_true(sse_addr_hash_equal(&a, &b));
    assert_int_equal(sse_addr_hash(&a), sse_addr_hash(&b));
}

/* Addresses that fall into one place of a table whose hash is the sum of their
 * words, each times a constant: nobody shall be able to choose such ones. */
static void addresses_do_not_choose_their_hash(void **state)
{
    GHashTable *hashes = g_hash_table_new(NULL, NULL);

    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        sse_addr a = feed_addr("2001:db8::");
        const uint32_t words[2] = { (UINT32_C(1) ^ i * UINT32_C(0x27D4EB2F)) * UINT32_C(0xA89ED915), i };

        memcpy(a.bytes + 8, words, sizeof words);
        g_hash_table_add(hashes, GUINT_TO_POINTER(sse_addr_hash(&a)));
    }
    assert_true(g_hash_table_size(hashes) > 9990);
    g_hash_table_destroy(hashes);
}

static void ipv4_and_ipv6_with_the_same_bytes_differ(void **state)
{
    static const uint8_t bytes[16] = { 10, 0, 0, 5 };
    sse_addr a = sse_addr_v4(bytes), b = sse_addr_v6(bytes);

    (void)state;
    assert_false(sse_addr_equal(&a, &b));
    assert_false(sse_addr_hash_equal(&a, &b));
}

static void order_is_ipv4_first_then_by_bytes(void **state)
{
    static const char *const ordered[] = { "1.0.0.2", "1.0.0.10", "9.0.0.0", "192.0.2.1", "::1", "2001:db8::1", "fe80::1" };

    (void)state;
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(ordered); i++) {
        sse_addr a = feed_addr(ordered[i]), b = feed_addr(ordered[i + 1]);

        if (sse_addr_compare(&a, &b) >= 0 || sse_addr_compare(&b, &a) <= 0)
            fail_msg("%s is not before %s", ordered[i], ordered[i + 1]);
    }
}

static void nat64_unmaps_to_its_ipv4_address(void **state)
{
    sse_addr mapped = feed_addr("64:ff9b::208.67.222.222"), inner = sse_addr_unmap(&mapped), expected = feed_addr("208.67.222.222");
    sse_addr other = feed_addr("64:ff9b:1::1"), same = sse_addr_unmap(&other);

    (void)state;
    assert_true(sse_addr_equal(&inner, &expected));
    assert_true(sse_addr_equal(&same, &other));
}

static void prefixes_of_nat64(void **state)
{
    /* The forms of RFC 6052 section 2.4, with ipv4only.arpa's addresses in them. */
    static const struct { const char *answer; unsigned bits; const char *resolver; } rows[] = {
        { "2001:db8:c000:aa::", 32, "2001:db8:d043:dede::" },
        { "2001:db8:1c0:0:aa::", 40, "2001:db8:1d0:43de:de::" },
        { "2001:db8:122:c000:0:aa00::", 48, "2001:db8:122:d043:de:de00::" },
        { "2001:db8:122:3c0:0:aa::", 56, "2001:db8:122:3d0:43:dede::" },
        { "2001:db8:122:344:c0:0:ab00:0", 64, "2001:db8:122:344:d0:43de:de00:0" },
        { "2607:7700:0:28::c000:aa", 96, "2607:7700:0:28::d043:dede" },
        { "64:ff9b::c000:ab", 96, "64:ff9b::d043:dede" },
        { "2607:7700:0:28::c000:ac", 0, NULL },
        { "2001:db8::1", 0, NULL },
        { "192.0.0.170", 0, NULL },
    };
    const sse_addr v4 = feed_addr("208.67.222.222");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const sse_addr answer = feed_addr(rows[i].answer);
        const unsigned bits = sse_nat64_prefix(&answer);

        if (bits != rows[i].bits)
            fail_msg("%s: %u bits", rows[i].answer, bits);
        if (bits != 0) {
            const sse_addr expected = feed_addr(rows[i].resolver);
            sse_addr made = sse_nat64_embed(&answer, bits, &v4);
            char text[SSE_ADDR_TEXT];

            sse_addr inner;

            if (!sse_addr_equal(&made, &expected))
                fail_msg("%s: %s", rows[i].answer, sse_addr_text(&made, text));
            if (!sse_nat64_extract(&answer, bits, &made, &inner) || !sse_addr_equal(&inner, &v4))
                fail_msg("%s: not the way back", rows[i].answer);
            made.bytes[0] ^= 1;
            assert_false(sse_nat64_extract(&answer, bits, &made, &inner));
        }
    }
}

typedef struct class_row { const char *address; bool yes; } class_row;

static void check(const class_row *rows, size_t count, bool (*is)(const sse_addr *), const char *what)
{
    for (size_t i = 0; i < count; i++) {
        sse_addr addr = feed_addr(rows[i].address);

        if (is(&addr) != rows[i].yes)
            fail_msg("%s is %s%s", rows[i].address, rows[i].yes ? "not " : "", what);
    }
}

static void loopback(void **state)
{
    static const class_row rows[] = {
        { "127.0.0.1", true }, { "127.255.255.255", true }, { "126.255.255.255", false }, { "128.0.0.0", false },
        { "::1", true }, { "::", false }, { "::2", false }, { "7f00::1", false },
    };

    (void)state;
    check(rows, G_N_ELEMENTS(rows), sse_addr_is_loopback, "loopback");
}

static void multicast(void **state)
{
    static const class_row rows[] = {
        { "224.0.0.251", true }, { "239.255.255.255", true }, { "223.255.255.255", false }, { "240.0.0.0", false },
        { "ff02::fb", true }, { "fe80::1", false }, { "e000::1", false },
    };

    (void)state;
    check(rows, G_N_ELEMENTS(rows), sse_addr_is_multicast, "multicast");
}

static void public_is_what_no_special_purpose_registry_lists(void **state)
{
    static const class_row rows[] = {
        { "0.0.0.1", false }, { "1.0.0.0", true },
        { "9.255.255.255", true }, { "10.0.0.0", false }, { "10.255.255.255", false }, { "11.0.0.0", true },
        { "100.63.255.255", true }, { "100.64.0.0", false }, { "100.127.255.255", false }, { "100.128.0.0", true },
        { "127.0.0.1", false }, { "169.253.255.255", true }, { "169.254.1.1", false }, { "169.255.0.0", true },
        { "172.15.255.255", true }, { "172.16.0.0", false }, { "172.31.255.255", false }, { "172.32.0.0", true },
        { "192.0.0.8", false }, { "192.0.2.1", false }, { "192.0.3.0", true }, { "192.168.0.1", false }, { "192.169.0.0", true },
        { "198.17.255.255", true }, { "198.18.0.0", false }, { "198.19.255.255", false }, { "198.20.0.0", true },
        { "198.51.100.1", false }, { "203.0.113.255", false }, { "223.255.255.255", true },
        { "224.0.0.1", false }, { "240.0.0.1", false }, { "255.255.255.255", false },
        { "208.67.222.222", true }, { "18.135.112.200", true },
        { "::", false }, { "::1", false }, { "fe80::1", false }, { "fc00::1", false }, { "fdff::1", false }, { "ff02::1", false },
        { "2001:db8::1", false }, { "2001::1", false }, { "2002::1", false }, { "100::1", false },
        { "2620:119:35::35", true }, { "2a00:1450::1", true }, { "2001:4860:4860::8888", true },
        { "64:ff9b::8.8.8.8", true }, { "64:ff9b:1::1", false },
    };

    (void)state;
    check(rows, G_N_ELEMENTS(rows), sse_addr_is_public, "public");
}

static void ipv4_mapped_ipv6_is_not_public(void **state)
{
    sse_addr addr = feed_addr("::ffff:8.8.8.8");

    (void)state;
    assert_false(sse_addr_is_public(&addr));
}

static void no_address_is_in_no_class(void **state)
{
    sse_addr none = { 0 };
    char buffer[SSE_ADDR_TEXT] = "x";

    (void)state;
    assert_false(sse_addr_is_loopback(&none));
    assert_false(sse_addr_is_public(&none));
    assert_false(sse_addr_is_block_page(&none));
    assert_false(sse_addr_is_service(&none));
    assert_string_equal(sse_addr_text(&none, buffer), "");
}

/* docs/domain.md, "Names and addresses": block answers. */
static void block_pages(void **state)
{
    static const class_row rows[] = {
        { "146.112.61.103", false }, { "146.112.61.104", true }, { "146.112.61.106", true }, { "146.112.61.110", true },
        { "146.112.61.113", true }, { "146.112.61.114", true }, { "146.112.61.115", true }, { "146.112.61.116", true },
        { "146.112.61.117", true }, { "146.112.61.119", true }, { "146.112.61.120", false },
        { "146.112.198.255", false }, { "146.112.199.0", true }, { "146.112.199.255", true }, { "146.112.200.0", false },
        { "2620:119:18::113", true }, { "2620:119:18::119", true }, { "2620:119:19::1", true }, { "2620:119:35::35", false },
        { "18.135.112.200", false }, { "146.112.255.50", false },
    };

    (void)state;
    check(rows, G_N_ELEMENTS(rows), sse_addr_is_block_page, "a block page");
}

/* docs/domain.md, "Names and addresses": Cisco's own space, first and last address of each range and its neighbours. */
static void the_services_own_ranges(void **state)
{
    static const class_row rows[] = {
        { "67.215.63.255", false }, { "67.215.64.0", true }, { "67.215.95.255", true }, { "67.215.96.0", false },
        { "146.111.255.255", false }, { "146.112.0.0", true }, { "146.112.255.255", true }, { "146.113.0.0", false },
        { "151.186.0.0", true }, { "151.187.0.0", false }, { "155.190.255.255", true }, { "155.191.0.0", false },
        { "185.60.83.255", false }, { "185.60.84.0", true }, { "185.60.87.255", true }, { "185.60.88.0", false },
        { "204.194.231.255", false }, { "204.194.232.0", true }, { "204.194.239.255", true }, { "204.194.240.0", false },
        { "208.67.215.255", false }, { "208.67.216.0", true }, { "208.67.223.255", true }, { "208.67.224.0", false },
        { "208.69.31.255", false }, { "208.69.32.0", true }, { "208.69.39.255", true }, { "208.69.40.0", false },
        { "64:ff9b::208.67.222.222", true }, { "64:ff9b::8.8.8.8", false }, { "2620:119:35::35", true },
        { "18.135.112.200", false },
    };

    (void)state;
    check(rows, G_N_ELEMENTS(rows), sse_addr_is_service, "the service's");
}

static void range_contains(void **state)
{
    static const struct { const char *base; uint8_t bits; const char *address; bool in; } rows[] = {
        { "10.0.0.0", 8, "10.255.255.255", true }, { "10.0.0.0", 8, "11.0.0.0", false },
        { "10.1.2.4", 30, "10.1.2.7", true }, { "10.1.2.4", 30, "10.1.2.8", false }, { "10.1.2.4", 30, "10.1.2.3", false },
        { "10.1.2.4", 32, "10.1.2.4", true }, { "10.1.2.4", 32, "10.1.2.5", false },
        { "0.0.0.0", 0, "255.1.2.3", true }, { "0.0.0.0", 0, "::1", false },
        { "2001:db8::", 33, "2001:db8:7fff::1", true }, { "2001:db8::", 33, "2001:db8:8000::1", false },
        { "2001:db8::1", 128, "2001:db8::1", true }, { "2001:db8::1", 128, "2001:db8::2", false },
        { "::", 0, "ffff::", true }, { "::", 0, "1.2.3.4", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        sse_range range = { .base = feed_addr(rows[i].base), .bits = rows[i].bits };
        sse_addr addr = feed_addr(rows[i].address);

        if (sse_range_contains(&range, &addr) != rows[i].in)
            fail_msg("%s in %s/%u is not %d", rows[i].address, rows[i].base, rows[i].bits, rows[i].in);
    }
}

static void lists_take_commas_semicolons_and_white_space(void **state)
{
    char *error = NULL;
    GArray *ranges = sse_ranges_parse("  10.0.0.1,2001:db8::/32 ;192.0.2.0/24\t198.51.100.7\n,", true, &error);
    sse_addr in = feed_addr("192.0.2.200"), in6 = feed_addr("2001:db8:ffff::1"), out = feed_addr("192.0.3.0");

    (void)state;
    assert_non_null(ranges);
    assert_int_equal(ranges->len, 4);
    assert_true(sse_ranges_contain(ranges, &in));
    assert_true(sse_ranges_contain(ranges, &in6));
    assert_false(sse_ranges_contain(ranges, &out));
    g_array_free(ranges, TRUE);
}

static void an_empty_list_is_an_empty_array(void **state)
{
    static const char *const texts[] = { "", "  ", " , ;" };
    sse_addr any = feed_addr("10.0.0.1");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *error = NULL;
        GArray *ranges = sse_ranges_parse(texts[i], true, &error);

        assert_non_null(ranges);
        assert_int_equal(ranges->len, 0);
        assert_false(sse_ranges_contain(ranges, &any));
        g_array_free(ranges, TRUE);
    }
}

static void an_error_names_the_bad_entry(void **state)
{
    static const struct { const char *list; bool ranges; const char *named; } rows[] = {
        { "10.0.0.1, gateway.example", true, "gateway.example" }, { "10.0.0.1;10.0.0.300", true, "10.0.0.300" },
        { "10.0.0.0/33", true, "10.0.0.0/33" }, { "10.0.0.0/-1", true, "10.0.0.0/-1" }, { "10.0.0.0/", true, "10.0.0.0/" },
        { "10.0.0.0/8x", true, "10.0.0.0/8x" }, { "/8", true, "/8" }, { "2001:db8::/129", true, "2001:db8::/129" },
        { "10.0.0.0/8/8", true, "10.0.0.0/8/8" }, { "208.67.222.222 10.0.0.0/8", false, "10.0.0.0/8" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *error = NULL;
        GArray *ranges = sse_ranges_parse(rows[i].list, rows[i].ranges, &error);

        if (ranges != NULL)
            fail_msg("\"%s\" was taken", rows[i].list);
        assert_non_null(error);
        if (strstr(error, rows[i].named) == NULL)
            fail_msg("\"%s\" does not name %s", error, rows[i].named);
        g_free(error);
    }
}

static void a_very_long_entry_is_an_error(void **state)
{
    char *text = g_strnfill(5000, '1'), *error = NULL;

    (void)state;
    assert_null(sse_ranges_parse(text, true, &error));
    assert_non_null(error);
    g_free(error);
    g_free(text);
}

/* One copy for equal texts, others for others, as long as the set lives. */
static void texts_are_kept_once(void **state)
{
    sse_string_set *set = sse_string_set_new();
    char text[] = "10.0.0.5";
    const char *first = sse_string_set_keep(set, text), *empty = sse_string_set_keep(set, "");

    (void)state;
    text[7] = '6';
    assert_string_equal(first, "10.0.0.5");
    assert_ptr_equal(sse_string_set_keep(set, "10.0.0.5"), first);
    assert_ptr_not_equal(sse_string_set_keep(set, text), first);
    assert_ptr_equal(sse_string_set_keep(set, ""), empty);
    sse_string_set_free(set);
    sse_string_set_free(NULL);
}

/* Before and after it turns from a table into bits. */
static void a_bit_set_holds_what_was_added(void **state)
{
    const uint32_t step = 7919;
    sse_bit_set set = { 0 };

    (void)state;
    assert_false(sse_bit_set_has(&set, 0));
    for (uint32_t i = 0; i < 3 * SSE_BIT_SET_FEW; i++) {
        const uint32_t hash = i * step % (UINT32_C(1) << 18);

        assert_false(sse_bit_set_has(&set, hash));
        assert_true(sse_bit_set_add(&set, 18, hash));
        assert_false(sse_bit_set_add(&set, 18, hash));
        for (uint32_t k = 0; k <= i; k++)
            assert_true(sse_bit_set_has(&set, k * step % (UINT32_C(1) << 18)));
        assert_false(sse_bit_set_has(&set, hash + 1));
        assert_int_equal(set.bits != NULL, i >= SSE_BIT_SET_FEW);
    }
    /* All on one place of the table. */
    sse_bit_set_clear(&set);
    assert_false(sse_bit_set_has(&set, step));
    for (uint32_t i = 0; i < SSE_BIT_SET_FEW; i++)
        assert_true(sse_bit_set_add(&set, 18, i * 256));
    for (uint32_t i = 0; i < SSE_BIT_SET_FEW; i++)
        assert_true(sse_bit_set_has(&set, i * 256));
    assert_false(sse_bit_set_has(&set, SSE_BIT_SET_FEW * 256));
    sse_bit_set_clear(&set);
}

/* Through all sizes that it grows to; keys that want one place among them. */
static void a_key_table_holds_what_was_put_in(void **state)
{
    enum { KEYS = 5000 };
    sse_key_table table = { .entries = NULL };

    (void)state;
    assert_int_equal(sse_key_table_get(&table, 1), SSE_NO_NUMBER);
    assert_int_equal(sse_key_table_exchange(&table, 1, SSE_NO_NUMBER), SSE_NO_NUMBER);
    assert_int_equal(table.used, 0);
    for (uint64_t i = 0; i < KEYS; i++) {
        const uint64_t key = i % 3 == 0 ? i << 40 : i * UINT64_C(0x9e3779b97f4a7c15);

        assert_int_equal(sse_key_table_exchange(&table, key, (uint32_t)i), SSE_NO_NUMBER);
        assert_int_equal(sse_key_table_exchange(&table, key, (uint32_t)i + 7), i);
    }
    assert_int_equal(table.used, KEYS);
    assert_true(table.used <= table.mask);
    for (uint64_t i = 0; i < KEYS; i++) {
        const uint64_t key = i % 3 == 0 ? i << 40 : i * UINT64_C(0x9e3779b97f4a7c15);

        assert_int_equal(sse_key_table_get(&table, key), i + 7);
        /* What was taken away is not in the way of others. */
        if (i % 2 == 0)
            assert_int_equal(sse_key_table_exchange(&table, key, SSE_NO_NUMBER), i + 7);
    }
    for (uint64_t i = 0; i < KEYS; i++)
        assert_int_equal(sse_key_table_get(&table, i % 3 == 0 ? i << 40 : i * UINT64_C(0x9e3779b97f4a7c15)),
                         i % 2 == 0 ? SSE_NO_NUMBER : i + 7);
    sse_key_table_empty(&table);
    assert_int_equal(sse_key_table_get(&table, UINT64_C(0x9e3779b97f4a7c15)), SSE_NO_NUMBER);
    assert_int_equal(sse_key_table_exchange(&table, 5, 0), SSE_NO_NUMBER);
    assert_int_equal(sse_key_table_get(&table, 5), 0);
    sse_key_table_clear(&table);
    assert_int_equal(sse_key_table_get(&table, 5), SSE_NO_NUMBER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_kept_once),
        cmocka_unit_test(a_key_table_holds_what_was_put_in),
        cmocka_unit_test(parse_reads_what_text_writes),
        cmocka_unit_test(parse_refuses_what_is_no_address),
        cmocka_unit_test(odd_forms),
        cmocka_unit_test(equal_addresses_have_equal_memory_and_hash),
        cmocka_unit_test(addresses_do_not_choose_their_hash),
        cmocka_unit_test(ipv4_and_ipv6_with_the_same_bytes_differ),
        cmocka_unit_test(order_is_ipv4_first_then_by_bytes),
        cmocka_unit_test(nat64_unmaps_to_its_ipv4_address),
        cmocka_unit_test(prefixes_of_nat64),
        cmocka_unit_test(loopback),
        cmocka_unit_test(multicast),
        cmocka_unit_test(public_is_what_no_special_purpose_registry_lists),
        cmocka_unit_test(ipv4_mapped_ipv6_is_not_public),
        cmocka_unit_test(no_address_is_in_no_class),
        cmocka_unit_test(block_pages),
        cmocka_unit_test(the_services_own_ranges),
        cmocka_unit_test(range_contains),
        cmocka_unit_test(lists_take_commas_semicolons_and_white_space),
        cmocka_unit_test(an_empty_list_is_an_empty_array),
        cmocka_unit_test(an_error_names_the_bad_entry),
        cmocka_unit_test(a_very_long_entry_is_an_error),
        cmocka_unit_test(a_bit_set_holds_what_was_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
