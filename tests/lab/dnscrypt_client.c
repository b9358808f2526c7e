/* dnscrypt_client.c
 * Asks a DNSCrypt resolver, over UDP or TCP, well or with a fault; for the
 * recordings that record_dnscrypt.sh makes.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <arpa/inet.h>
#include <netdb.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_MESSAGE 4096
#define CERTIFICATE 124
#define QUERY_HEAD  52
#define REPLY_HEAD  32
#define TYPE_A      1
#define TYPE_TXT    16

static const char usage[] =
    "usage: dnscrypt_client [OPTION...] ADDRESS PORT PROVIDER\n"
    "Gets the certificate of PROVIDER (\"2.dnscrypt-cert.example.com\"), then sends encrypted queries.\n"
    "  -n COUNT    so many queries (default 1)\n"
    "  -i MS       so long from one to the next (default 500)\n"
    "  -w MS       wait so long for a response (default 2000)\n"
    "  -q NAME     ask for this name (default debug.opendns.com)\n"
    "  -A          for an address, not for text\n"
    "  -t          over TCP\n"
    "  -T          over TCP where the response over UDP is truncated\n"
    "  -p BYTES    pad to at least so many (default 256), and to a multiple of 64\n"
    "  -P          more padding with each query\n"
    "  -m          with a client magic that no certificate has\n"
    "  -c          only the certificate\n"
    "  -C          the certificate over TCP\n";

typedef struct resolver {
    const char *address, *port;
    uint8_t  version;                 /* of the encryption system */
    uint8_t  magic[8], key[32];
} resolver;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static size_t make_query(uint8_t *out, const char *name, uint16_t type)
{
    static const uint8_t tail[] = { 0, 1, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0 };
    size_t length = 12;

    randombytes_buf(out, 2);
    memcpy(out + 2, "\1\0\0\1\0\0\0\0\0\1", 10);
    while (*name != '\0') {
        size_t label = strcspn(name, ".");

        out[length++] = (uint8_t)label;
        memcpy(out + length, name, label);
        length += label;
        name += label + (name[label] == '.');
    }
    out[length++] = 0;
    out[length++] = (uint8_t)(type >> 8);
    out[length++] = (uint8_t)type;
    /* Class, and an OPT record that allows 1,232 bytes. */
    memcpy(out + length, tail, sizeof tail);
    return length + sizeof tail;
}

static int open_socket(const resolver *r, bool tcp, long wait)
{
    struct addrinfo hints = { .ai_socktype = tcp ? SOCK_STREAM : SOCK_DGRAM, .ai_flags = AI_NUMERICHOST }, *found;
    struct timeval timeout = { .tv_sec = wait / 1000, .tv_usec = wait % 1000 * 1000 };
    int s;

    if (getaddrinfo(r->address, r->port, &hints, &found) != 0) {
        fprintf(stderr, "%s port %s is no address\n", r->address, r->port);
        exit(1);
    }
    s = socket(found->ai_family, found->ai_socktype, 0);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0 ||
        connect(s, found->ai_addr, found->ai_addrlen) != 0)
        fail(r->address);
    freeaddrinfo(found);
    return s;
}

static bool receive_all(int s, uint8_t *out, size_t length)
{
    while (length > 0) {
        ssize_t got = recv(s, out, length, 0);

        if (got <= 0)
            return false;
        out += got;
        length -= (size_t)got;
    }
    return true;
}

/* Sends a message and waits for what comes back. @return its length, 0 none. */
static size_t exchange(const resolver *r, bool tcp, long wait, const uint8_t *message, size_t length, uint8_t *reply)
{
    int s = open_socket(r, tcp, wait);
    uint8_t framed[MAX_MESSAGE + 2];
    size_t got = 0;

    if (!tcp) {
        ssize_t size;

        if (send(s, message, length, 0) < 0)
            fail("send");
        size = recv(s, reply, MAX_MESSAGE, 0);
        got = size > 0 ? (size_t)size : 0;
    } else {
        framed[0] = (uint8_t)(length >> 8);
        framed[1] = (uint8_t)length;
        memcpy(framed + 2, message, length);
        if (send(s, framed, length + 2, 0) < 0)
            fail("send");
        if (receive_all(s, framed, 2) && get16(framed) <= MAX_MESSAGE && receive_all(s, reply, get16(framed)))
            got = get16(framed);
    }
    close(s);
    return got;
}

/* The certificate of the highest serial number, whatever its dates: the client
 * is here to try them. */
static bool get_certificate(resolver *r, const char *provider, bool tcp, long wait)
{
    uint8_t message[MAX_MESSAGE], reply[MAX_MESSAGE];
    size_t length = make_query(message, provider, TYPE_TXT);
    uint32_t best = 0;
    bool found = false;

    length = exchange(r, tcp, wait, message, length, reply);
    for (size_t i = 0; i + CERTIFICATE <= length; i++) {
        uint32_t serial;

        if (memcmp(reply + i, "DNSC", 4) != 0 || get16(reply + i + 4) < 1 || get16(reply + i + 4) > 2)
            continue;
        serial = (uint32_t)get16(reply + i + 112) << 16 | get16(reply + i + 114);
        if (found && serial < best)
            continue;
        best = serial;
        found = true;
        r->version = (uint8_t)get16(reply + i + 4);
        memcpy(r->key, reply + i + 72, sizeof r->key);
        memcpy(r->magic, reply + i + 104, sizeof r->magic);
    }
    return found;
}

static int seal(const resolver *r, uint8_t *out, const uint8_t *in, size_t length, const uint8_t *nonce, const uint8_t *secret)
{
    return r->version == 2 ? crypto_box_curve25519xchacha20poly1305_easy(out, in, length, nonce, r->key, secret)
                           : crypto_box_easy(out, in, length, nonce, r->key, secret);
}

static int unseal(const resolver *r, uint8_t *out, const uint8_t *in, size_t length, const uint8_t *nonce, const uint8_t *secret)
{
    return r->version == 2 ? crypto_box_curve25519xchacha20poly1305_open_easy(out, in, length, nonce, r->key, secret)
                           : crypto_box_open_easy(out, in, length, nonce, r->key, secret);
}

/* One encrypted query. @return whether its response was truncated. */
static bool ask(const resolver *r, const char *name, uint16_t type, bool tcp, long wait, size_t pad)
{
    uint8_t public_key[32], secret[32], nonce[24] = { 0 };
    uint8_t message[MAX_MESSAGE], query[MAX_MESSAGE], reply[MAX_MESSAGE], plain[MAX_MESSAGE];
    size_t length = make_query(message, name, type), padded = length + 1, got;

    crypto_box_keypair(public_key, secret);
    randombytes_buf(nonce, 12);
    padded = padded < pad ? pad : padded;
    padded = (padded + 63) / 64 * 64;
    memset(message + length, 0, padded - length);
    message[length] = 0x80;
    memcpy(query, r->magic, 8);
    memcpy(query + 8, public_key, 32);
    memcpy(query + 40, nonce, 12);
    if (seal(r, query + QUERY_HEAD, message, padded, nonce, secret) != 0)
        fail("seal");
    got = exchange(r, tcp, wait, query, QUERY_HEAD + 16 + padded, reply);
    if (got == 0) {
        printf("no response\n");
        return false;
    }
    if (got < REPLY_HEAD + 16 + 12 || memcmp(reply, "r6fnvWj8", 8) != 0 || memcmp(reply + 8, nonce, 12) != 0) {
        printf("%zu bytes that are no response\n", got);
        return false;
    }
    if (unseal(r, plain, reply + REPLY_HEAD, got - REPLY_HEAD, reply + 8, secret) != 0) {
        printf("a response that cannot be opened\n");
        return false;
    }
    printf("response of %zu bytes, code %d, %d answers%s\n", got, plain[3] & 15, get16(plain + 6),
           (plain[2] & 2) != 0 ? ", truncated" : "");
    return (plain[2] & 2) != 0;
}

int main(int argc, char **argv)
{
    const char *name = "debug.opendns.com";
    long count = 1, interval = 500, wait = 2000;
    bool tcp = false, again = false, wrong = false, only_certificate = false, certificate_tcp = false, more = false;
    uint16_t type = TYPE_TXT;
    size_t pad = 256;
    resolver r;
    int option;

    if (sodium_init() < 0)
        fail("libsodium");
    while ((option = getopt(argc, argv, "n:i:w:q:AtTp:PmcC")) != -1) {
        switch (option) {
        case 'n': count = strtol(optarg, NULL, 10); break;
        case 'i': interval = strtol(optarg, NULL, 10); break;
        case 'w': wait = strtol(optarg, NULL, 10); break;
        case 'q': name = optarg; break;
        case 'A': type = TYPE_A; break;
        case 't': tcp = true; break;
        case 'T': again = true; break;
        case 'p': pad = (size_t)strtoul(optarg, NULL, 10); break;
        case 'P': more = true; break;
        case 'm': wrong = true; break;
        case 'c': only_certificate = true; break;
        case 'C': certificate_tcp = true; break;
        default: fputs(usage, stderr); return 2;
        }
    }
    if (argc - optind != 3 || strlen(name) > 200 || pad > 1024) {
        fputs(usage, stderr);
        return 2;
    }
    r = (resolver){ .address = argv[optind], .port = argv[optind + 1] };
    if (!get_certificate(&r, argv[optind + 2], certificate_tcp, wait)) {
        fprintf(stderr, "%s gave no certificate\n", r.address);
        return 1;
    }
    /* Of the form that OpenDNS's have, so that it is known for what it is. */
    if (wrong)
        memcpy(r.magic, "qNotHere", sizeof r.magic);
    for (long i = 0; !only_certificate && i < count; i++) {
        struct timespec pause = { .tv_sec = interval / 1000, .tv_nsec = interval % 1000 * 1000000 };

        nanosleep(&pause, NULL);
        if (ask(&r, name, type, tcp, wait, pad + (more ? (size_t)i * 64 : 0)) && again)
            ask(&r, name, type, true, wait, pad);
    }
    return 0;
}
