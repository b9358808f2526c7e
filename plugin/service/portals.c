/* portals.c
 * The connectivity tests of operating systems and browsers.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "portals.h"

#include <glib.h>
#include <string.h>

/* What an open network answers: a body that holds this text, or begins with it. */
typedef struct portal_body {
    const char *text;
    bool        begins;      /**< so short that any page may hold it */
} portal_body;

static const portal_body portal_bodies[] = {
    { "Microsoft Connect Test", false }, { "Microsoft NCSI", false }, { "Success", false }, { "success", true },
    { "support.mozilla.org/kb/captive-portal", false }, { "NetworkManager is online", false },
};

/* Host, path (NULL: any), and which body answers it (NO_BODY: 204 without any).
 * Microsoft's /redirect is not one of them: it is a page that always redirects,
 * opened once a portal was found. */
typedef struct portal_test {
    const char *host, *path;
    uint8_t     body;
} portal_test;

#define NO_BODY G_N_ELEMENTS(portal_bodies)

static const portal_test portal_tests[] = {
    { "www.msftconnecttest.com", "/connecttest.txt", 0 },
    { "ipv6.msftconnecttest.com", "/connecttest.txt", 0 },
    { "www.msftncsi.com", "/ncsi.txt", 1 },
    { "ipv6.msftncsi.com", "/ncsi.txt", 1 },
    { "captive.apple.com", NULL, 2 },
    { "detectportal.firefox.com", "/success.txt", 3 },
    { "detectportal.firefox.com", "/canonical.html", 4 },
    { "connectivitycheck.gstatic.com", "/generate_204", NO_BODY },
    { "clients3.google.com", "/generate_204", NO_BODY },
    { "www.google.com", "/generate_204", NO_BODY },
    { "nmcheck.gnome.org", NULL, 5 },
};

uint8_t sse_portal_test_of(const char *host, const uint8_t *path, size_t length)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(portal_tests); i++) {
        const portal_test *test = &portal_tests[i];
        size_t part;

        if (strcmp(host, test->host) != 0)
            continue;
        part = test->path != NULL ? strlen(test->path) : 0;
        if (part == 0 || (length > part && memcmp(path, test->path, part) == 0 && (path[part] == ' ' || path[part] == '?')))
            return (uint8_t)(test->body + 1);
    }
    return 0;
}

static bool holds(const uint8_t *bytes, size_t length, const char *text, bool begins)
{
    const size_t part = strlen(text);

    for (size_t i = 0; i + part <= length && (i == 0 || !begins); i++) {
        const uint8_t *start = (const uint8_t *)memchr(bytes + i, text[0], length - i - part + 1);

        if (start == NULL)
            return false;
        i = (size_t)(start - bytes);
        if (memcmp(start, text, part) == 0)
            return i == 0 || !begins;
    }
    return false;
}

uint8_t sse_portal_bodies_in(const uint8_t *body, size_t length)
{
    uint8_t found = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(portal_bodies); i++)
        if (holds(body, length, portal_bodies[i].text, portal_bodies[i].begins))
            found |= (uint8_t)(1u << i);
    return found;
}

sse_portal_answer sse_portal_judge(uint8_t test, uint16_t status, bool has_body, uint8_t bodies)
{
    const unsigned body = test - 1u;

    if ((status >= 300 && status < 400 && status != 304) || status == 511)
        return SSE_PORTAL_FALSE;
    if (status < 200 || status >= 300)
        return SSE_PORTAL_SAYS_NOTHING;
    if (body == NO_BODY ? status == 204 : (bodies >> body & 1) != 0)
        return SSE_PORTAL_KNOWN;
    return has_body ? SSE_PORTAL_FALSE : SSE_PORTAL_SAYS_NOTHING;
}
